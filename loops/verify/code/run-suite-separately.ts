import { readReport } from '../../../datasets/reports/read-report.ts';
import { openSandbox } from '../../../sandboxes/open-sandbox.ts';
import type { Sandbox } from '../../../sandboxes/sandbox.ts';
import { SEPARATE_CONFIG, SEPARATE_FOLDER } from '../../target/tests-image.ts';
import type { CodeContext } from '../../workflows/code-context.ts';
import { codeCommand, testCommand } from '../separate/commands.ts';
import { relay, relayLimits } from '../separate/relay.ts';
import { GRACE_MS, readReportFile } from './report-file.ts';
import type { SuiteRequest } from './run-suite.ts';
import type { SuiteRun } from './suite-run.ts';
import { atAnotherTime, surroundings, type Variation } from './variation.ts';

const REPORT = '/tmp/report.json';

/**
 * The tests run in a container of the base, the code in one of the arm, and this process carries what they say to each
 * other: no code can reach the test that judges it, nor its report.
 */
export async function runSuiteSeparately(
  { engine, target, signal }: CodeContext,
  { tests: image, code, purpose, variation = {} }: SuiteRequest & { tests: string },
): Promise<SuiteRun> {
  const { timeoutMs } = target.config.tests;
  const started = performance.now();
  const open = (image: string, side: string) =>
    openSandbox(engine, {
      image,
      profile: 'service',
      ttlMs: timeoutMs + GRACE_MS,
      purpose: `${purpose}: ${side}`,
      cpus: variation.cpus ?? 1,
      signal,
    });
  await using testSide = await open(image, 'tests');
  await using codeSide = await open(code, 'code');
  const start = (sandbox: Sandbox, command: readonly string[]) =>
    sandbox.pipe(atAnotherTime(command, variation), { cwd: '/target', env: surroundings(variation) });
  const tests = await start(testSide, testCommand(vitest(variation)));
  const { outcome, detail } = await relay({
    tests,
    openCode: () => start(codeSide, codeCommand(`${SEPARATE_FOLDER}/code-server.mjs`, '/target')),
    limits: { ...relayLimits, totalMs: timeoutMs },
    signal,
  });
  const wallMs = performance.now() - started;
  if (outcome === 'timed-out') return { ended: 'cut', detail, wallMs };
  const text = await readReportFile(testSide, REPORT);
  if (text === undefined) {
    const said = detail || tests.stderrTail().slice(-500);
    return { ended: 'no-report', detail: `${outcome}: ${said}`, wallMs };
  }
  const report = readReport(text, { format: 'vitest-jest-json', root: '/target' });
  return { ended: 'reported', report, wallMs };
}

function vitest({ shuffle }: Variation): string[] {
  const order = shuffle === undefined ? [] : ['--sequence.shuffle.tests', `--sequence.seed=${shuffle}`];
  return [
    'node',
    '/node_modules/vitest/vitest.mjs',
    'run',
    `--config=${SEPARATE_CONFIG}`,
    '--reporter=json',
    `--outputFile=${REPORT}`,
    ...order,
  ];
}
