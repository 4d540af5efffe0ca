import picomatch from 'picomatch';
import { z } from 'zod';
import type { PolicyFinding } from './evidence.ts';
import { packageProblem } from './patch/package-changes.ts';
import { type PatchFile, readPatch } from './patch/read-patch.ts';
import { sniffs } from './patch/sniffing.ts';

/** What a patch to one target may do. Globs are picomatch's, and match dot files. */
export const PatchRules = z.strictObject({
  allowed: z.array(z.string()),
  protected: z.array(z.string()),
  /** npm packages, with the exact versions, that a patch may add to package.json and the lockfile. */
  packages: z.record(z.string(), z.string()),
  maxBytes: z.int().positive().optional(),
  maxFiles: z.int().positive().optional(),
});
export type PatchRules = z.infer<typeof PatchRules>;

const tests = ['test/**', 'tests/**', '**/__tests__/**', '**/__snapshots__/**', '**/*.{test,spec}.*'];

/** Whatever a target's own rules say: what chooses the code that runs, or the evaluation itself. */
const always = [
  'whetstone.config.*',
  'whetstone/**',
  '**/node_modules/**',
  '**/.gitmodules',
  '**/.gitattributes',
  '**/.npmrc',
  '**/.env*',
  '**/{vitest,vite,jest}.config.*',
  '**/{vitest,jest}.{setup,workspace}.*',
  '**/.mocharc*',
  '**/{conftest,sitecustomize,usercustomize}.py',
];

const packageFiles = /(^|\/)(package|package-lock)\.json$/;
const otherLockfiles = ['**/{npm-shrinkwrap.json,yarn.lock,pnpm-lock.yaml,bun.lockb,bun.lock}'];
const documents = /\.(md|txt|rst)$/i;

/**
 * The static policy on a unified git diff, which is hostile input. Nothing found means that the patch may be built.
 * It judges the text alone: pass exactly the text that is then applied.
 */
export function checkPatch(diff: string, rules: PatchRules): PolicyFinding[] {
  const whole = (code: PolicyFinding['code'], rule: string): PolicyFinding[] => [{ code, path: null, rule }];
  const maxBytes = rules.maxBytes ?? 2 ** 20;
  const maxFiles = rules.maxFiles ?? 200;
  if (Buffer.byteLength(diff) > maxBytes)
    return whole('policy-size', `the patch has more than ${maxBytes} bytes`);
  if (diff.trim() === '') return whole('empty-patch', 'the patch changes nothing');
  const patch = readPatch(diff);
  if ('problem' in patch)
    return whole('does-not-apply', `not a git diff that can be read in one way only: ${patch.problem}`);
  if (patch.files.length > maxFiles)
    return whole('policy-size', `the patch changes more than ${maxFiles} files`);
  const paths = patch.files.flatMap(({ oldPath, newPath }) => [...new Set([oldPath, newPath])]);
  const named = paths.filter((path) => path !== null);
  const twice = named.find((path, i) => named.indexOf(path) !== i);
  if (twice !== undefined)
    return [{ code: 'does-not-apply', path: twice, rule: 'the patch names it more than once' }];
  const globs = matchers(rules);
  return patch.files.flatMap((file) => checkFile(file, globs, rules));
}

type Matchers = Record<'allowed' | 'protected' | 'always' | 'tests' | 'lockfiles', (path: string) => boolean>;

function matchers(rules: PatchRules): Matchers {
  const glob = (patterns: readonly string[]) => picomatch([...patterns], { dot: true });
  return {
    allowed: glob(rules.allowed),
    protected: glob(rules.protected),
    always: glob(always),
    tests: glob(tests),
    lockfiles: glob(otherLockfiles),
  };
}

function checkFile(file: PatchFile, globs: Matchers, rules: PatchRules): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const path = file.newPath ?? file.oldPath ?? '';
  const find = (code: PolicyFinding['code'], rule: string, at = path) =>
    findings.push({ code, path: at, rule });
  for (const one of new Set([file.oldPath, file.newPath])) {
    if (one === null) continue;
    const unsafe = unsafePath(one);
    if (unsafe !== null) find('policy-path', unsafe, one.slice(0, 200));
    else checkPlace(one, file, globs, find);
  }
  const mode = modeProblem(file);
  if (mode !== null) find('policy-mode', mode);
  if (packageFiles.test(path)) {
    const problem = packageProblem(file, rules.packages);
    if (problem !== null) find('policy-package', problem);
  } else if (!documents.test(path)) {
    const added = file.hunks.flat().filter(({ kind }) => kind === '+');
    const sniffed = added.map(({ text }) => sniffs(text)).find((what) => what !== null);
    if (sniffed) find('environment-sniffed', sniffed);
  }
  return findings;
}

function checkPlace(
  path: string,
  file: PatchFile,
  globs: Matchers,
  find: (code: PolicyFinding['code'], rule: string, at: string) => void,
): void {
  const isNew = file.oldPath === null && file.newPath === path;
  if (globs.always(path)) find('policy-path', 'no patch may touch it', path);
  else if (globs.lockfiles(path))
    find('policy-package', 'only package-lock.json may change, by the allowed packages', path);
  else if (globs.tests(path)) {
    if (!isNew) find('tests-changed', 'a patch may add test files, never change, move or delete one', path);
  } else if (globs.protected(path)) find('policy-path', 'the configuration protects it', path);
  if (!globs.allowed(path)) find('policy-path', 'it is outside the allowed paths', path);
}

function unsafePath(path: string): string | null {
  const segments = path.split('/');
  if (path.startsWith('/') || path.includes('\\')) return 'an absolute path or a backslash';
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
    return 'a path with empty, "." or ".." parts';
  if (segments.some((segment) => /^\.git$/i.test(segment))) return "git's own folder";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return /[\u0000-\u001f\u007f\ufffd]/.test(path) || path.length > 500
    ? 'control characters or too long a path'
    : null;
}

function modeProblem({ oldPath, oldMode, newMode, binary }: PatchFile): string | null {
  const modes = [oldMode, newMode];
  if (modes.includes('120000')) return 'a symbolic link';
  if (modes.includes('160000')) return 'a submodule';
  if (binary) return 'a binary file';
  if (oldPath === null)
    return newMode === '100644' ? null : `a new file with mode ${newMode}, expected 100644`;
  return oldMode !== null && newMode !== null && oldMode !== newMode
    ? `its mode changes from ${oldMode} to ${newMode}`
    : null;
}
