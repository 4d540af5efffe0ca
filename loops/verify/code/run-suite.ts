import { readReport } from '../../../datasets/reports/read-report.ts';
import type { Engine } from '../../../sandboxes/engine.ts';
import { SandboxFault } from '../../../sandboxes/fault.ts';
import { openSandbox } from '../../../sandboxes/open-sandbox.ts';
import type { Sandbox } from '../../../sandboxes/sandbox.ts';
import type { CodeConfig } from '../../target/code-config.ts';
import type { SuiteRun } from './suite-run.ts';
import type { Variation } from './variation.ts';

/** From the runner's own time limit to the end of its container. */
const GRACE_MS = 60_000;

const REPORT_BYTES = 32 * 2 ** 20;

export interface SuiteRequest {
  engine: Engine;
  config: CodeConfig;
  /** Image of the arm. */
  image: string;
  purpose: string;
  variation?: Variation;
  signal: AbortSignal;
}

/** Runs all tests in one fresh container, where they share a process with the code: the report is the code's word. */
export async function runSuiteTogether(request: SuiteRequest): Promise<SuiteRun> {
  const { config, signal, variation = {} } = request;
  const { command, report, timeoutMs } = config.tests;
  await using sandbox = await openSandbox(request.engine, {
    image: request.image,
    profile: 'service',
    ttlMs: timeoutMs + GRACE_MS,
    purpose: request.purpose,
    cpus: variation.cpus ?? 1,
    signal,
  });
  const done = await sandbox.exec(varied(command, variation), {
    cwd: '/target',
    env: variation.timeZone === undefined ? {} : { TZ: variation.timeZone },
    timeoutMs,
    maxOutputBytes: REPORT_BYTES,
    signal,
  });
  const { wallMs } = done;
  if (done.outcome !== 'completed') return { ended: 'cut', detail: done.outcome, wallMs };
  const text = report.file === undefined ? done.stdout : await readReportFile(sandbox, report.file);
  if (text === undefined) {
    const said = (done.stderr.trim() || done.stdout.trim()).slice(-500);
    return {
      ended: 'no-report',
      detail: `exit code ${done.exitCode} and no ${report.file}: ${said}`,
      wallMs,
    };
  }
  return {
    ended: 'reported',
    report: readReport(text, { format: report.format, root: '/target' }),
    wallMs,
  };
}

/** The clock moves for the runner and all that it starts; preloaded, so that there is no process more. */
function varied(command: readonly string[], { days }: Variation): string[] {
  return days === undefined ? [...command] : ['faketime', '-f', `${days < 0 ? '' : '+'}${days}d`, ...command];
}

async function readReportFile(sandbox: Sandbox, file: string): Promise<string | undefined> {
  try {
    return (await sandbox.readFile(`/target/${file}`, { maxBytes: REPORT_BYTES })).toString('utf8');
  } catch (error) {
    if (error instanceof SandboxFault && ['no-such-file', 'file-too-large'].includes(error.code))
      return undefined;
    throw error;
  }
}
