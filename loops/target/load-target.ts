import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';
import type { z } from 'zod';
import { Fault } from '../../datasets/fault.ts';
import { CodeConfig } from './code-config.ts';
import { type Placement, TargetConfig } from './config.ts';

/** Where a target and all that belongs to it lies: absolute paths. */
export interface Located {
  configPath: string;
  name: string;
  /** The git repository. */
  path: string;
  remote: string;
  datasets: string;
}

/** A target of the domain slow queries. */
export interface Target extends Located {
  config: TargetConfig;
}

/** A target whose cases are its own failing tests. */
export interface CodeTarget extends Located {
  config: CodeConfig;
}

const packageIndex = fileURLToPath(new URL('../../index.ts', import.meta.url));
const transformCache = fileURLToPath(new URL('../../node_modules/.cache/jiti', import.meta.url));

/**
 * The target of a configuration, whatever its domain: `isCodeTarget` tells. It is the user's own code and runs on the
 * host, so it is always read from the path the user named, never from a patch.
 *
 * @throws Fault `no-config`, `bad-config`, `datasets-in-target`, `no-repository`
 */
export async function loadAnyTarget(configPath: string): Promise<Target | CodeTarget> {
  if (!existsSync(configPath)) {
    throw new Fault('no-config', `there is no configuration at ${configPath}`, {
      hint: 'write one with `whetstone init`, or name it with --config FILE',
    });
  }
  // A real path: repositories and datasets below a symlink must not look as if they lay elsewhere.
  const file = realpathSync(configPath);
  const exported = await readConfig(file);
  if (isOfCode(exported)) {
    const config = parseConfig(CodeConfig, exported, file);
    return { config, ...locate(config, file) };
  }
  const config = parseConfig(TargetConfig, exported, file);
  return { config, ...locate(config, file) };
}

/** A target of the domain slow queries; Fault `wrong-domain` for another. */
export async function loadTarget(configPath: string): Promise<Target> {
  const target = await loadAnyTarget(configPath);
  if (!isCodeTarget(target)) return target;
  throw new Fault('wrong-domain', `${target.configPath}: domain: this command is about slow queries`, {
    hint: 'for code, `whetstone mine --source tests`, `gate` and `dataset` are there',
  });
}

export const isCodeTarget = (target: Target | CodeTarget): target is CodeTarget =>
  target.config.domain === 'code';

const isOfCode = (exported: unknown): boolean =>
  typeof exported === 'object' && exported !== null && 'domain' in exported && exported.domain === 'code';

async function readConfig(file: string): Promise<unknown> {
  const jiti = createJiti(import.meta.url, {
    alias: { whetstone: packageIndex },
    moduleCache: false,
    // By content, in a folder of our own: the compiler takes a quarter of a second to load.
    fsCache: transformCache,
  });
  try {
    return await jiti.import(file, { default: true });
  } catch (cause) {
    throw new Fault(
      'bad-config',
      `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        hint: 'mend the file; it must export default defineConfig({ … })',
        cause,
      },
    );
  }
}

function parseConfig<T extends z.ZodType>(schema: T, exported: unknown, file: string): z.output<T> {
  const parsed = schema.safeParse(exported);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .map(nearestIssue)
    .map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`);
  throw new Fault('bad-config', `${file}: ${problems.join('; ')}`, {
    hint: 'correct these fields; docs/configuration.md lists all of them',
  });
}

/** Of a value that fits none of several forms, what is wrong with the form that it comes nearest to: the deepest field. */
function nearestIssue(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors
    .flatMap((form) => form.slice(0, 1))
    .map(nearestIssue)
    .toSorted((a, b) => b.path.length - a.path.length)[0];
  return inner === undefined ? issue : { ...inner, path: [...issue.path, ...inner.path] };
}

function locate(
  config: Pick<TargetConfig, 'name' | 'datasets'> & { target: Pick<Placement, 'path' | 'remote'> },
  configPath: string,
): Located {
  const from = path.dirname(configPath);
  const root = path.resolve(from, config.target.path);
  const datasets = config.datasets
    ? path.resolve(from, config.datasets)
    : path.join(path.dirname(root), `${config.name}-datasets`);
  if (!path.relative(root, datasets).startsWith('..')) {
    throw new Fault('datasets-in-target', `${configPath}: datasets: ${datasets} lies inside the target`, {
      hint: 'a fixer would see the hidden variants there; choose a folder outside the target',
    });
  }
  if (!existsSync(path.join(root, '.git'))) {
    throw new Fault('no-repository', `${configPath}: target.path: ${root} is not a git repository`, {
      hint: `run \`git init\` and commit there, or correct target.path`,
    });
  }
  const remote = /^[a-z+]+:\/\/|^[^/]+@[^/]+:/.test(config.target.remote)
    ? config.target.remote
    : path.resolve(from, config.target.remote);
  return { configPath, name: config.name, path: root, remote, datasets };
}
