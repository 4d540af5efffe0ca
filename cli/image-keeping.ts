import path from 'node:path';
import type { CodeTarget, Target } from '../loops/target/load-target.ts';
import type { ImageKeeping } from '../sandboxes/engine/engine.ts';
import { limits } from '../sandboxes/limits.ts';
import { machineFolder } from './setup/machine-folder.ts';

/** Where all targets of the machine note which image they used when. */
export function usageFolder(env: NodeJS.ProcessEnv): string {
  return path.join(machineFolder(env), 'image-use');
}

/** How long the images of a target stay, or those of set-up where there is none. */
export function imageKeeping(
  env: NodeJS.ProcessEnv,
  target: Pick<Target | CodeTarget, 'config'> | undefined,
  needed: readonly string[] = [],
): ImageKeeping {
  const budgetBytes = target?.config.images.budgetBytes ?? limits.keeping.budgetBytes;
  return { usageFolder: usageFolder(env), budgetBytes, needed };
}
