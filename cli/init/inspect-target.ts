import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { simpleGit } from 'simple-git';
import { z } from 'zod';
import { Fault } from '../../datasets/fault.ts';
import { chooseLayout, type Layout } from './choose-layout.ts';

/** What `init` found out about a repository. */
export interface TargetFacts {
  root: string;
  name: string;
  /** The remote's default branch where it is here too, else the one that is checked out, else `main`. */
  base: string;
  hasCommit: boolean;
  /** Where `origin` points, without user name and password; undefined where there is none. */
  remote: string | undefined;
  /** Undefined where no folder of SQL queries was found. */
  layout: Layout | undefined;
  hasMigrations: boolean;
  /** A file that looks as if it fills the database, from the root. */
  dataFile: string | undefined;
  /** Dependencies of package.json at the versions of its lockfile. */
  packages: Record<string, string>;
  testScript: string | undefined;
}

const PackageJson = z.object({
  name: z.string().optional(),
  scripts: z.record(z.string(), z.string()).default({}),
  dependencies: z.record(z.string(), z.string()).default({}),
});
const Lockfile = z.object({
  packages: z.record(z.string(), z.object({ version: z.string().optional(), link: z.boolean().optional() })),
});

/** @throws Fault `no-target`, `no-repository`, `broken-package-json` */
export async function inspectTarget(folder: string): Promise<TargetFacts> {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new Fault('no-target', `${folder} is not a folder`, {
      hint: 'name the root of the repository that is to be improved: whetstone init PATH',
    });
  }
  const git = simpleGit(folder);
  if (!existsSync(path.join(folder, '.git'))) {
    const above = (await git.raw(['rev-parse', '--show-toplevel']).catch(() => '')).trim();
    throw new Fault('no-repository', `${folder} is not the root of a git repository`, {
      hint: above
        ? `its root is ${above}: whetstone init ${above}`
        : `make it one: git -C ${folder} init && git -C ${folder} add -A && git -C ${folder} commit -m 'First commit'`,
    });
  }
  const ask = async (...words: string[]) => (await git.raw(words).catch(() => '')).trim();
  const listing = await ask('ls-files', '-z', '--cached', '--others', '--exclude-standard');
  const files = listing.split('\0').filter((file) => file !== '' && !file.startsWith('whetstone/'));
  const layout = chooseLayout(files);
  const origin = await ask('remote', 'get-url', 'origin');
  const { name, scripts, packages } = await readPackage(folder);
  return {
    root: folder,
    name: targetName(name ?? path.basename(folder)),
    base: await baseBranch(ask),
    hasCommit: (await ask('rev-parse', '--verify', '--quiet', 'HEAD')) !== '',
    remote: origin === '' ? undefined : withoutCredentials(origin),
    layout,
    hasMigrations:
      layout !== undefined &&
      files.some((file) => path.dirname(file) === layout.migrations && file.endsWith('.sql')),
    dataFile: files
      .filter((file) => /(^|\/)(seeds?|load|data|dump|fixtures)\.sql$/i.test(file))
      .sort((a, b) => a.length - b.length)[0],
    packages,
    testScript: scripts['test'],
  };
}

async function baseBranch(ask: (...words: string[]) => Promise<string>): Promise<string> {
  const head = (await ask('symbolic-ref', '--short', 'refs/remotes/origin/HEAD')).replace(/^origin\//, '');
  if (head !== '' && (await ask('rev-parse', '--verify', '--quiet', `refs/heads/${head}`)) !== '')
    return head;
  return (await ask('symbolic-ref', '--short', 'HEAD')) || 'main';
}

/** A name that configurations take, made from any other. */
export function targetName(from: string): string {
  const name = from
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return name || 'target';
}

/** The configuration is committed; a token in a remote's URL must not be. */
export function withoutCredentials(remote: string): string {
  return remote.replace(/^(https?:\/\/)[^/@]*@/, '$1');
}

async function readPackage(folder: string) {
  const text = await readFile(path.join(folder, 'package.json'), 'utf8').catch(() => '{}');
  let found: z.infer<typeof PackageJson>;
  try {
    found = PackageJson.parse(JSON.parse(text));
  } catch (cause) {
    throw new Fault('broken-package-json', `${path.join(folder, 'package.json')} cannot be read`, {
      hint: 'mend the file (npm itself cannot read it either), then run the same command again',
      cause,
    });
  }
  const locked = await readFile(path.join(folder, 'package-lock.json'), 'utf8').catch(() => '{}');
  const lockfile = Lockfile.safeParse(parseJson(locked));
  const packages: Record<string, string> = {};
  for (const [name, range] of Object.entries(found.dependencies)) {
    const entry = lockfile.success ? lockfile.data.packages[`node_modules/${name}`] : undefined;
    const version = entry?.link ? undefined : (entry?.version ?? range);
    if (version !== undefined && /^\d+\.\d+\.\d+/.test(version)) packages[name] = version;
  }
  return { name: found.name, scripts: found.scripts, packages };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
