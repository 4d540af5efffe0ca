import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '../../../sandboxes/containers/sandbox.ts';

/** How long the processes of a run may take to be gone after its end. */
const LEAVE_MS = 3_000;
const LOOK_MS = 100;
const MOST = 5;

/** Where the loader of TypeScript keeps what it compiled, and the folders on the way there. */
const LOADERS = /^\/tmp(\/(tsx|node-compile-cache)[^/]*(\/.*)?)?$/;

/** What code has left in its container, as the engine sees it: processes that go on, files that it wrote. */
export async function signsOfContainer(sandbox: Sandbox): Promise<string[]> {
  return [...(await leftProcesses(sandbox)), ...writtenFiles(await sandbox.changedPaths())];
}

async function leftProcesses(sandbox: Sandbox): Promise<string[]> {
  const deadline = performance.now() + LEAVE_MS;
  for (;;) {
    const left = await sandbox.processes();
    if (left.length === 0) return [];
    if (performance.now() > deadline)
      return [`left ${left.length} processes behind: ${left.slice(0, MOST).join(', ').slice(0, 200)}`];
    await sleep(LOOK_MS);
  }
}

/** One sign for all of them: their names may be other ones in each run. */
function writtenFiles(paths: readonly string[]): string[] {
  const written = paths.filter((path) => !LOADERS.test(path));
  return written.length === 0 ? [] : ['wrote files'];
}

/** Lines of JSON strings as the tests' side wrote them; what is no such line says nothing. */
export function readSigns(text: string): string[] {
  const signs = text.split('\n').flatMap((line) => {
    try {
      const sign: unknown = JSON.parse(line);
      return typeof sign === 'string' ? [sign] : [];
    } catch {
      return [];
    }
  });
  return [...new Set(signs)];
}
