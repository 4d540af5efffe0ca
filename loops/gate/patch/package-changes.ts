import type { PatchFile } from './read-patch.ts';

const sections = /^"(dependencies|devDependencies|optionalDependencies)": \{$/;

/**
 * Why a change of `package.json` or `package-lock.json` is more than adding the given packages at exactly their
 * versions; null where it is not. Between the unchanged lines each run of changes must give its removed lines back in
 * place (commas aside), with nothing new but entries of the packages, their blocks in the lockfile, or a dependency
 * section of such entries.
 */
export function packageProblem(file: PatchFile, packages: Readonly<Record<string, string>>): string | null {
  if (file.oldPath === null || file.newPath === null) return 'is added or deleted as a whole';
  for (const { removed, added } of runsOf(file)) {
    const rest = withoutPackages(added, packages);
    if (typeof rest === 'string') return rest;
    const fillsEmpty =
      added.length > 0 && removed.length === 1 && /^"\w*[dD]ependencies": \{\}$/.test(removed[0] ?? '');
    if (rest.join('\n') !== removed.join('\n') && !(fillsEmpty && rest.length === 0)) {
      const line =
        rest.find((one) => !removed.includes(one)) ??
        removed.find((one) => !rest.includes(one)) ??
        removed[0];
      return `may only gain the allowed packages, but this line changes: ${line?.slice(0, 100)}`;
    }
  }
  return null;
}

interface Run {
  removed: string[];
  added: string[];
}

function runsOf(file: PatchFile): Run[] {
  const runs: Run[] = [];
  for (const hunk of file.hunks) {
    let run: Run = { removed: [], added: [] };
    for (const { kind, text } of [...hunk, { kind: ' ', text: '' } as const]) {
      const bare = text.trim().replace(/,$/, '');
      if (kind === '-') run.removed.push(bare);
      else if (kind === '+') run.added.push(bare);
      else if (run.removed.length + run.added.length > 0) {
        runs.push(slide(run, bare));
        run = { removed: [], added: [] };
      }
    }
  }
  return runs;
}

/** An added block that git shows from the closing brace before it, as the same change that starts at the block. */
function slide(run: Run, next: string): Run {
  if (run.removed.length > 0 || run.added[0] !== '}' || next !== '}') return run;
  return { removed: [], added: [...run.added.slice(1), '}'] };
}

/** The added lines that are no package's, or why one of those packages is refused. */
function withoutPackages(
  added: readonly string[],
  packages: Readonly<Record<string, string>>,
): string[] | string {
  const rest: string[] = [];
  for (let at = 0; at < added.length; at++) {
    const line = added[at] ?? '';
    const entry = /^"([^"\\]+)": "([^"\\]*)"$/.exec(line);
    const block = /^"node_modules\/([^"\\]+)": \{$/.exec(line);
    if (block) {
      const end = blockEnd(added, at);
      const problem = lockProblem(block[1] ?? '', added.slice(at + 1, end), packages);
      if (problem !== null) return problem;
      at = end;
    } else if (sections.test(line)) {
      const end = blockEnd(added, at);
      const inside = withoutPackages(added.slice(at + 1, end), packages);
      if (typeof inside === 'string') return inside;
      // Without its closing brace, or with anything else inside, it is the file's own structure that moves.
      if (end < added.length && inside.length === 0) at = end;
      else rest.push(line);
    } else if (!(entry && Object.hasOwn(packages, entry[1] ?? '') && packages[entry[1] ?? ''] === entry[2]))
      rest.push(line);
  }
  return rest;
}

function lockProblem(
  name: string,
  lines: readonly string[],
  packages: Readonly<Record<string, string>>,
): string | null {
  const value = (key: string) =>
    lines
      .map((line) => new RegExp(`^"${key}": "(.*)"$`).exec(line)?.[1])
      .find((found) => found !== undefined);
  if (!Object.hasOwn(packages, name)) return `locks ${name}, which environment.packages does not name`;
  if (value('version') !== packages[name])
    return `locks ${name} at ${value('version')}, not at ${packages[name]}`;
  const resolved = value('resolved');
  if (resolved !== undefined && !resolved.startsWith(`https://registry.npmjs.org/${name}/-/`))
    return `takes ${name} from ${resolved.slice(0, 100)}`;
  return lines.some((line) => /^"(link|inBundle)": true$/.test(line)) ? `links ${name}` : null;
}

/** Index of the line that closes the block opened at `start`; the list's length where none does. */
function blockEnd(lines: readonly string[], start: number): number {
  let depth = 0;
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (/[{[]$/.test(line)) depth++;
    if (/^[}\]]/.test(line)) depth--;
    if (depth === 0) return at;
  }
  return lines.length;
}
