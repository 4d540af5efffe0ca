import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { LoopSummary } from '../../loops/workflows/summarise.ts';

export interface FlightsLoop {
  stateDirectory: string;
  configPath: string;
  summary: LoopSummary;
  /** Of `npm start`, milliseconds. */
  wallMs: number;
}

/** The folder of one vitest run, made and removed by flights-loop-setup.ts. */
export const RUN_FOLDER = 'WHETSTONE_TEST_RUN';

/** How long the loop may take before whoever waits for it gives up. */
const LOOP_MS = 15 * 60_000;

/**
 * The one loop on the flights example that tests share: `npm start` through the bootstrap, on a state of its own. The
 * first test file that asks runs it, and another that asks meanwhile waits for it.
 */
export async function flightsLoop(): Promise<FlightsLoop> {
  const folder = process.env[RUN_FOLDER];
  if (folder === undefined)
    throw new Error(`${RUN_FOLDER} is not set: run the tests through vitest's configuration`);
  const stateDirectory = path.join(folder, 'flights');
  const file = path.join(folder, 'flights.json');
  if (await isFirst(`${file}.first`)) await runLoop(stateDirectory, file);
  for (const deadline = Date.now() + LOOP_MS; !existsSync(file); await sleep(500)) {
    if (existsSync(`${file}.failed`) || Date.now() > deadline)
      throw new Error(`${file} did not come: the test file that ran the loop says why`);
  }
  const { document, wallMs } = JSON.parse(await readFile(file, 'utf8')) as {
    document: Record<string, unknown>;
    wallMs: number;
  };
  const { schemaVersion: _, ...summary } = document;
  return {
    stateDirectory,
    configPath: path.join(stateDirectory, 'targets', 'flights', 'whetstone.config.ts'),
    summary: LoopSummary.parse(summary),
    wallMs,
  };
}

async function runLoop(stateDirectory: string, file: string): Promise<void> {
  await mkdir(stateDirectory, { recursive: true, mode: 0o755 });
  const started = performance.now();
  try {
    const { stdout } = await execa('npm', ['start', '--silent', '--', '--json', '--state', stateDirectory], {
      stderr: 'inherit',
    });
    const wallMs = performance.now() - started;
    await writeFile(`${file}.draft`, JSON.stringify({ document: JSON.parse(stdout), wallMs }));
    await rename(`${file}.draft`, file);
  } catch (error) {
    await writeFile(`${file}.failed`, '');
    throw error;
  }
}

async function isFirst(mark: string): Promise<boolean> {
  try {
    await writeFile(mark, '', { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
