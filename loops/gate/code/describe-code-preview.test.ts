import { expect, test } from 'vitest';
import type { CodeCase } from '../../../datasets/cases/code-case.ts';
import { ProtocolPolicy } from '../protocol/protocol-policy.ts';
import { describeCodePreview } from './describe-code-preview.ts';

const failing = (id: string) => ({ id, file: 'a.test.ts', path: [id], message: '' });
const caseOf = (hidden: string[]): CodeCase => ({
  id: 'c',
  pattern: 'p',
  title: 'it fails',
  visible: [failing('shown')],
  hidden: hidden.map(failing),
  guards: [],
  besideGuards: [],
  decisive: {},
  oracle: null,
});
const policy = ProtocolPolicy.parse({});

test('the smallest p and the smallest effect are said before anything is spent', () => {
  expect(describeCodePreview(caseOf(['a', 'b', 'c']), 1, policy)).toMatch(
    /^attempt 1 asks for p ≤ 0\.013 and can reach 6\.2e-8; a fix that passes \d\d % of its trials is accepted 80 times in 100; \d+ trials at most$/,
  );
});

test('or that nothing can be accepted any more', () => {
  const late = describeCodePreview(caseOf(['a']), 200, { ...policy, maxTrials: 6, maxFlakyTrials: 6 });
  expect(late).toMatch(
    /^nothing can be accepted: 6 trials an arm reach p = 0\.0011 at best; attempt 200 asks/,
  );
});
