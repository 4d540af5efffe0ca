import { unquotePath } from './unquote-path.ts';

interface PatchLine {
  kind: '+' | '-' | ' ';
  text: string;
}

/** One file of a git diff. Paths are null for the side on which the file does not exist. */
export interface PatchFile {
  oldPath: string | null;
  newPath: string | null;
  /** Git's octal modes, where the diff names them. */
  oldMode: string | null;
  newMode: string | null;
  binary: boolean;
  hunks: PatchLine[][];
}

export type ReadPatch = { files: PatchFile[] } | { problem: string };

/**
 * Reads a unified git diff strictly: what git might read in another way (text between files, other prefixes, paths
 * that disagree, lines beyond a hunk's count) is a problem and not a guess, because what is checked here must be what is
 * applied. Never throws; linear in the patch's length.
 */
export function readPatch(diff: string): ReadPatch {
  const lines = diff.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const files: PatchFile[] = [];
  let at = 0;
  while (at < lines.length) {
    const reader = new FileReader(lines, at);
    const problem = reader.read();
    if (problem !== null) return { problem: `line ${reader.at + 1}: ${problem}` };
    files.push(reader.file);
    at = reader.at;
  }
  return { files };
}

class FileReader {
  at: number;
  readonly file: PatchFile = {
    oldPath: null,
    newPath: null,
    oldMode: null,
    newMode: null,
    binary: false,
    hunks: [],
  };
  readonly #lines: readonly string[];
  #isNew = false;
  #isDeleted = false;
  #renamedFrom: string | null = null;
  #renamedTo: string | null = null;

  constructor(lines: readonly string[], at: number) {
    this.#lines = lines;
    this.at = at;
  }

  /** The first problem, or null. */
  read(): string | null {
    const header = this.#take('diff --git ');
    if (header === null) return 'expected "diff --git a/… b/…"';
    const path = samePath(header);
    const extended = this.#readExtended();
    if (extended !== null) return extended;
    const isMoved = this.#renamedFrom !== null || this.#renamedTo !== null;
    if (
      isMoved &&
      (this.#renamedFrom === null || this.#renamedTo === null || this.#isNew || this.#isDeleted)
    ) {
      return 'a move that is not one';
    }
    if (this.#isNew && this.#isDeleted) return 'a file both new and deleted';
    if (path === null && !isMoved) return 'the header names no single path';
    const [oldPath, newPath] = [this.#renamedFrom ?? path, this.#renamedTo ?? path];
    this.file.oldPath = this.#isNew ? null : oldPath;
    this.file.newPath = this.#isDeleted ? null : newPath;
    return this.#readBinary() ?? this.#readHunks();
  }

  #readExtended(): string | null {
    for (; this.at < this.#lines.length; this.at++) {
      const line = this.#lines[this.at] ?? '';
      const mode = /^(old mode|new mode|new file mode|deleted file mode) (\d{6})$/.exec(line);
      const index = /^index [0-9a-f]+\.\.[0-9a-f]+(?: (\d{6}))?$/.exec(line);
      const moved = /^(rename|copy) (from|to) (.+)$/.exec(line);
      if (mode) this.#readMode(mode[1] ?? '', mode[2] ?? '');
      else if (index) this.#readIndex(index[1]);
      else if (moved) {
        const path = unquotePath(moved[3] ?? '');
        if (path === null) return 'a path with broken quotes';
        if (moved[2] === 'from') this.#renamedFrom = path;
        else this.#renamedTo = path;
      } else if (!/^(dis)?similarity index \d+%$/.test(line)) return null;
    }
    return null;
  }

  #readMode(what: string, mode: string): void {
    if (what === 'old mode' || what === 'deleted file mode') this.file.oldMode = mode;
    else this.file.newMode = mode;
    this.#isNew ||= what === 'new file mode';
    this.#isDeleted ||= what === 'deleted file mode';
  }

  /** The index line carries the mode of a file whose mode stays. */
  #readIndex(mode: string | undefined): void {
    if (mode === undefined) return;
    this.file.oldMode ??= mode;
    this.file.newMode ??= mode;
  }

  #readBinary(): string | null {
    const line = this.#lines[this.at] ?? '';
    if (line !== 'GIT binary patch' && !/^Binary files .* differ$/.test(line)) return null;
    this.file.binary = true;
    while (this.at < this.#lines.length && !this.#lines[this.at]?.startsWith('diff --git ')) this.at++;
    return null;
  }

  #readHunks(): string | null {
    if (this.file.binary) return null;
    const old = this.#take('--- ');
    if (old === null)
      return this.at < this.#lines.length && !this.#next('diff --git ') ? 'an unknown header' : null;
    const fresh = this.#take('+++ ');
    if (fresh === null) return 'expected "+++"';
    if (!matches(old, 'a/', this.file.oldPath) || !matches(fresh, 'b/', this.file.newPath)) {
      return 'the paths of "---" and "+++" are not those of the header';
    }
    while (this.#next('@@ ')) {
      const problem = this.#readHunk();
      if (problem !== null) return problem;
    }
    if (this.file.hunks.length === 0) return 'expected "@@"';
    return this.at < this.#lines.length && !this.#next('diff --git ') ? 'a line beyond its hunk' : null;
  }

  #readHunk(): string | null {
    const header = /^@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@/.exec(this.#lines[this.at] ?? '');
    if (!header) return 'a broken hunk header';
    this.at++;
    let olds = Number(header[1] ?? 1);
    let news = Number(header[2] ?? 1);
    const hunk: PatchLine[] = [];
    while (olds > 0 || news > 0 || this.#next('\\ ')) {
      const line = this.#lines[this.at];
      if (line === undefined) return 'the patch ends inside a hunk';
      this.at++;
      if (line.startsWith('\\ ')) continue;
      const kind = line === '' ? ' ' : line[0];
      if (kind !== ' ' && kind !== '+' && kind !== '-') return 'a line that is neither context nor change';
      if (kind !== '+') olds--;
      if (kind !== '-') news--;
      if (olds < 0 || news < 0) return 'more lines than the hunk header says';
      hunk.push({ kind, text: line.slice(1) });
    }
    this.file.hunks.push(hunk);
    return null;
  }

  #next(prefix: string): boolean {
    return this.#lines[this.at]?.startsWith(prefix) ?? false;
  }

  #take(prefix: string): string | null {
    if (!this.#next(prefix)) return null;
    const rest = this.#lines[this.at]?.slice(prefix.length) ?? '';
    this.at++;
    return rest;
  }
}

/** The path of `a/PATH b/PATH`, where both are the same. */
function samePath(header: string): string | null {
  const middle = (header.length - 1) / 2;
  const [first, second] = [unquotePath(header.slice(0, middle)), unquotePath(header.slice(middle + 1))];
  if (header[middle] !== ' ' || !first?.startsWith('a/') || !second?.startsWith('b/')) return null;
  return first.slice(2) === second.slice(2) ? first.slice(2) : null;
}

function matches(text: string, prefix: string, path: string | null): boolean {
  const bare = text.replace(/\t$/, '');
  return path === null ? bare === '/dev/null' : unquotePath(bare) === prefix + path;
}
