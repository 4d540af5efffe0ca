import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { engineOwner } from '../../cli/engine-owner.ts';
import { destroyState } from '../../loops/state/destroy-state.ts';
import { connectEngine } from '../../sandboxes/engine/engine.ts';
import { reap } from '../../sandboxes/reap.ts';
import { removeOwnImages } from '../../sandboxes/test-engine.ts';
import { RUN_FOLDER } from './flights-loop.ts';

/** Makes the folder that the tests of one run share, whichever project asks first, and takes back all that they made in it. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[RUN_FOLDER] !== undefined) return undefined;
  const folder = await mkdtemp('/tmp/whetstone-tests-');
  // The embedded database runs as a user of its own.
  await chmod(folder, 0o755);
  process.env[RUN_FOLDER] = folder;
  return async () => {
    for (const name of await readdir(folder)) {
      const state = path.join(folder, name);
      const owner = engineOwner(state);
      const engine = await connectEngine({ owner });
      await reap(engine, { owner, all: true });
      await removeOwnImages(engine);
      await destroyState(state).catch(() => false);
    }
    await rm(folder, { recursive: true, force: true });
  };
}
