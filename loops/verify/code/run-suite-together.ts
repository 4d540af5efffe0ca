import { readReport } from '../../../datasets/reports/read-report.ts';
import { openSandbox } from '../../../sandboxes/open-sandbox.ts';
import type { CodeContext } from '../../workflows/code-context.ts';
import { GRACE_MS, REPORT_BYTES, readReportFile } from './report-file.ts';
import type { SuiteRequest } from './run-suite.ts';
import type { SuiteRun } from './suite-run.ts';
import { atAnotherTime, surroundings } from './variation.ts';

/** Tests and code share a process here: the report is the code's word. */
export async function runSuiteTogether(
  { engine, target, signal }: CodeContext,
  { code, purpose, variation = {} }: SuiteRequest,
): Promise<SuiteRun> {
  const { command, report, timeoutMs } = target.config.tests;
  await using sandbox = await openSandbox(engine, {
    image: code,
    profile: 'service',
    ttlMs: timeoutMs + GRACE_MS,
    purpose,
    cpus: variation.cpus ?? 1,
    signal,
  });
  const done = await sandbox.exec(atAnotherTime(command, variation), {
    cwd: '/target',
    env: surroundings(variation),
    timeoutMs,
    maxOutputBytes: REPORT_BYTES,
    signal,
  });
  const { wallMs } = done;
  if (done.outcome !== 'completed') return { ended: 'cut', detail: done.outcome, wallMs };
  const text =
    report.file === undefined ? done.stdout : await readReportFile(sandbox, `/target/${report.file}`);
  if (text === undefined) {
    const said = (done.stderr.trim() || done.stdout.trim()).slice(-500);
    return {
      ended: 'no-report',
      detail: `exit code ${done.exitCode} and no ${report.file}: ${said}`,
      wallMs,
    };
  }
  return { ended: 'reported', report: readReport(text, { format: report.format, root: '/target' }), wallMs };
}
