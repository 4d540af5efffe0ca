import type { CodeCase } from '../../../datasets/cases/code-case.ts';
import { describePreview, previewConfirm } from '../protocol/preview.ts';
import type { ProtocolPolicy } from '../protocol/protocol-policy.ts';
import { evidenceTests } from './code-evidence.ts';
import { ownRows } from './judge-code.ts';

/** What attempt `attempt` at a case of code can show, for people, before it spends anything. */
export function describeCodePreview(codeCase: CodeCase, attempt: number, policy: ProtocolPolicy): string {
  const { id, pattern } = codeCase;
  const rows = ownRows({ case: id, pattern, tests: evidenceTests(codeCase) });
  // Admission saw each of them fail in every trial.
  const preview = previewConfirm(
    rows.map((row) => ({ ...row, basePassRate: 0 })),
    attempt - 1,
    policy,
  );
  return describePreview(preview, policy);
}
