import { readPatch } from '../../gate/patch/read-patch.ts';

/** A line that an oracle brings, by its number in the new text, from 1. */
export type AddedLines = ReadonlyMap<number, string>;

/** A right solution that somebody gave: a patch of the code under test and what it makes of it. */
export interface Oracle {
  name: string;
  patch: string;
  /** The code under test with the patch in it, by path. */
  sources: ReadonlyMap<string, string>;
  /** Of each file that it touches. */
  added: ReadonlyMap<string, AddedLines>;
}

/** New texts and added lines from a git patch whose hunks show all of each file. A file that is removed has neither. */
export function readWholeFiles(patch: string): {
  texts: Map<string, string>;
  added: Map<string, AddedLines>;
} {
  const read = readPatch(patch);
  if ('problem' in read) throw new Error(`git wrote a patch that cannot be read: ${read.problem}`);
  const texts = new Map<string, string>();
  const added = new Map<string, AddedLines>();
  for (const { newPath, hunks } of read.files) {
    if (newPath === null) continue;
    const lines = hunks.flat().filter(({ kind }) => kind !== '-');
    texts.set(newPath, `${lines.map(({ text }) => text).join('\n')}\n`);
    added.set(
      newPath,
      new Map(lines.flatMap(({ kind, text }, at) => (kind === '+' ? [[at + 1, text] as const] : []))),
    );
  }
  return { texts, added };
}

/** The part of an oracle's lines that lies in some files: what it does for a case that reaches these. */
export function partOf({ added }: Oracle, files: ReadonlySet<string>): Map<string, AddedLines> {
  return new Map([...added].filter(([file]) => files.has(file)));
}

/** Added lines that stand below each other, as texts. */
export function addedRuns(part: ReadonlyMap<string, AddedLines>): string[] {
  const runs: string[] = [];
  for (const lines of part.values()) {
    let last = Number.NaN;
    for (const [number, text] of lines) {
      if (number === last + 1) runs.push(`${runs.pop() ?? ''}\n${text}`);
      else runs.push(text);
      last = number;
    }
  }
  return runs;
}
