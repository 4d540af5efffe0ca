import { type Duplex, PassThrough } from 'node:stream';
import type { FailingTest } from '../../../datasets/cases/code-case.ts';
import type { Sandbox } from '../../../sandboxes/containers/sandbox.ts';
import { watchDisk } from '../../../sandboxes/containers/watch-disk.ts';
import { SEPARATE_CONFIG, SEPARATE_FOLDER } from '../../target/tests-image.ts';
import type { CodeContext } from '../../workflows/code-context.ts';
import { codeCommand, testCommand } from '../separate/commands.ts';
import { relay, relayLimits } from '../separate/relay.ts';
import { readSigns, signsOfContainer } from './code-signs.ts';
import { isCodesDoing, openSuiteSandbox } from './open-suite-sandbox.ts';
import { readReportFile, readSuiteReport } from './report-file.ts';
import type { SuiteRequest } from './run-suite.ts';
import type { SuiteRun } from './suite-run.ts';
import { atAnotherTime, surroundings, timeLimitMs, type Variation } from './variation.ts';

const REPORT = '/tmp/report.json';
const TURNED = '/tmp/twin-turned';
const SIGNS = '/tmp/signs.jsonl';

export interface SeparateRequest extends SuiteRequest {
  /** Image of the tests' container. */
  tests: string;
  /** A test whose first expectation is turned into its opposite; only its file is run. */
  twin?: FailingTest;
}

/**
 * The tests run in a container of the base, the code in one of the arm, and this process carries what they say to each
 * other: no code can reach the test that judges it, nor its report. `turned`: the matcher that a twin turned.
 */
export async function runSuiteSeparately(
  context: CodeContext,
  { tests: image, code, purpose, variation = {}, files = [], named = [], twin }: SeparateRequest,
): Promise<{ run: SuiteRun; turned: string | undefined }> {
  const { target, signal } = context;
  const { timeoutMs } = target.config.tests;
  const started = performance.now();
  const open = (image: string, side: string) =>
    openSuiteSandbox(context, { image, purpose: `${purpose}: ${side}`, variation });
  await using testSide = await open(image, 'tests');
  await using codeSide = await open(code, 'code');
  using disk = watchDisk(codeSide);
  const start = (sandbox: Sandbox, command: readonly string[], env: Record<string, string> = {}) =>
    sandbox.pipe(atAnotherTime(command, variation), {
      cwd: '/target',
      env: { ...surroundings(variation), ...env },
    });
  const startCode = async (): Promise<Duplex> => {
    try {
      return await start(codeSide, codeCommand(`${SEPARATE_FOLDER}/code-server.mjs`, '/target'));
    } catch (error) {
      if (await isCodesDoing(context, { code, sandbox: codeSide }, error)) return new PassThrough().end();
      throw error;
    }
  };
  const turning = twin && { WHETSTONE_TWIN: JSON.stringify(twin.path) };
  const words = vitest(variation, twin ? [twin.file] : files, named);
  const tests = await start(testSide, testCommand(words), { WHETSTONE_SIGNS: SIGNS, ...turning });
  const relayed = await relay({
    tests,
    openCode: startCode,
    limits: { ...relayLimits, totalMs: timeLimitMs(timeoutMs, variation) },
    signal: AbortSignal.any([signal, disk.signal]),
  }).catch((error: unknown) => {
    if (disk.signal.aborted && !signal.aborted) return undefined;
    throw error;
  });
  const wallMs = performance.now() - started;
  if (!relayed)
    return { run: { ended: 'cut', detail: disk.signal.reason.message, wallMs }, turned: undefined };
  const { outcome, detail } = relayed;
  const turned = twin && (await readReportFile(testSide, TURNED));
  if (outcome === 'timed-out') return { run: { ended: 'cut', detail, wallMs }, turned };
  const text = await readReportFile(testSide, REPORT);
  if (text === undefined) {
    const said = detail || tests.stderrTail().slice(-500);
    return { run: { ended: 'no-report', detail: `${outcome}: ${said}`, wallMs }, turned };
  }
  const report = readSuiteReport(text, 'vitest-jest-json');
  const signs = [
    ...(outcome === 'tests-ended' ? [] : [`${outcome}: ${detail}`]),
    ...readSigns((await readReportFile(testSide, SIGNS)) ?? ''),
    ...(await signsOfContainer(codeSide)),
  ];
  return { run: { ended: 'reported', report, text, signs, wallMs }, turned };
}

function vitest({ shuffle }: Variation, files: readonly string[], named: readonly string[]): string[] {
  const order = shuffle === undefined ? [] : ['--sequence.shuffle.tests', `--sequence.seed=${shuffle}`];
  const only = named.map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|');
  return [
    'node',
    '/node_modules/vitest/vitest.mjs',
    'run',
    `--config=${SEPARATE_CONFIG}`,
    '--reporter=json',
    `--outputFile=${REPORT}`,
    ...order,
    ...(only === '' ? [] : [`--testNamePattern=^(${only})$`]),
    ...files,
  ];
}
