import { existsSync } from 'node:fs';
import path from 'node:path';
import type { CommandContext } from './define-command.ts';

const NAME = 'whetstone.config.ts';

/** The file that `--config` names, else the nearest whetstone.config.ts here or above; here where there is none. */
export function configPath({ cwd, config }: Pick<CommandContext, 'cwd' | 'config'>): string {
  if (config !== undefined) return path.resolve(cwd, config);
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    const file = path.join(folder, NAME);
    if (existsSync(file)) return file;
    if (folder === path.dirname(folder)) return path.join(cwd, NAME);
  }
}
