import { watchDisk } from '../../../sandboxes/containers/watch-disk.ts';
import type { CodeContext } from '../../workflows/code-context.ts';
import { isCodesDoing, openSuiteSandbox } from './open-suite-sandbox.ts';
import { REPORT_BYTES, readReportFile, readSuiteReport } from './report-file.ts';
import type { SuiteRequest } from './run-suite.ts';
import type { SuiteRun } from './suite-run.ts';
import { atAnotherTime, surroundings, timeLimitMs } from './variation.ts';

/** Tests and code share a process here: the report is the code's word. */
export async function runSuiteTogether(
  context: CodeContext,
  { code, purpose, variation = {} }: SuiteRequest,
): Promise<SuiteRun> {
  const { target, signal } = context;
  const { command, report, timeoutMs } = target.config.tests;
  const started = performance.now();
  const cut = (detail: string): SuiteRun => ({ ended: 'cut', detail, wallMs: performance.now() - started });
  await using sandbox = await openSuiteSandbox(context, { image: code, purpose, variation });
  using disk = watchDisk(sandbox);
  try {
    const done = await sandbox.exec(atAnotherTime(command, variation), {
      cwd: '/target',
      env: surroundings(variation),
      timeoutMs: timeLimitMs(timeoutMs, variation),
      maxOutputBytes: REPORT_BYTES,
      signal: AbortSignal.any([signal, disk.signal]),
    });
    const { wallMs } = done;
    if (done.outcome !== 'completed') return { ended: 'cut', detail: done.outcome, wallMs };
    const text =
      report.file === undefined ? done.stdout : await readReportFile(sandbox, `/target/${report.file}`);
    if (text === undefined) {
      const said = (done.stderr.trim() || done.stdout.trim()).slice(-500);
      const detail = `exit code ${done.exitCode} and no ${report.file}: ${said}`;
      return { ended: 'no-report', detail, wallMs };
    }
    return {
      ended: 'reported',
      report: readSuiteReport(text, report.format),
      text,
      signs: [],
      wallMs,
    };
  } catch (error) {
    if (disk.signal.aborted && !signal.aborted) return cut(String(disk.signal.reason.message));
    if (await isCodesDoing(context, { code, sandbox }, error))
      return cut(`its sandbox cannot be used any more: ${error instanceof Error ? error.message : error}`);
    throw error;
  }
}
