import type { Sandbox } from '../containers/sandbox.ts';
import { limits } from '../limits.ts';
import { splitFields, streamCommand } from './stream-command.ts';

export interface SearchOptions {
  /** A file or folder; by default all of the working directory. */
  path?: string | undefined;
  /** Plain text, or an extended regular expression of grep. */
  syntax?: 'fixed' | 'regex' | undefined;
  ignoreCase?: boolean | undefined;
  maxMatches?: number | undefined;
  /** Lines before and after each match. */
  context?: number | undefined;
  /** Names of files and folders to leave out, as globs; `.git` is always. */
  exclude?: readonly string[] | undefined;
}

export interface SearchResult {
  /** `max_matches` and `timed_out` say that there may be more. */
  outcome: 'completed' | 'max_matches' | 'timed_out' | 'bad_pattern';
  lines: SearchLine[];
  /** What grep says of a bad pattern. */
  message?: string;
}

export interface SearchLine {
  path: string;
  line: number;
  /** Its beginning, where it is long. */
  text: string;
  /** False for what stands around a match. */
  match: boolean;
}

/** Lines of text files below `workdir` that match; binary files, devices and links are passed over. */
export async function searchFiles(
  sandbox: Sandbox,
  workdir: string,
  pattern: string,
  options: SearchOptions,
): Promise<SearchResult> {
  const most = Math.min(
    options.maxMatches ?? limits.environment.searchMatches,
    limits.environment.maxSearchMatches,
  );
  const lines: SearchLine[] = [];
  let matches = 0;
  let path = '';
  const take = splitFields([0, 10], limits.environment.searchLineBytes, (field, index) => {
    if (index === 0) {
      path = field.toString('utf8').replace(/^\.\//, '');
      return true;
    }
    const [, number, mark, text = ''] = /^(\d+)([:-])(.*)$/s.exec(field.toString('utf8')) ?? [];
    if (mark === ':' && ++matches > most) return false;
    lines.push({ path, line: Number(number), text, match: mark === ':' });
    return true;
  });
  const command = [
    ...['grep', '-r', '-n', '-Z', '-I', '-s', '-D', 'skip', '--color=never', '--no-group-separator'],
    ...[
      options.syntax === 'regex' ? '-E' : '-F',
      '-C',
      String(Math.max(0, Math.trunc(options.context ?? 0))),
    ],
    ...(options.ignoreCase ? ['-i'] : []),
    '--exclude-dir=.git',
    ...(options.exclude ?? []).flatMap((glob) => [`--exclude=${glob}`, `--exclude-dir=${glob}`]),
    ...['-e', pattern, '--', options.path ?? '.'],
  ];
  const where = { cwd: workdir, timeoutMs: limits.environment.searchMs };
  const { outcome, exitCode, stderr } = await streamCommand(sandbox, command, where, take);
  if (outcome === 'stopped') return { outcome: 'max_matches', lines };
  if (outcome === 'timed_out') return { outcome, lines };
  // Files that cannot be read count as errors as well, of which -s says nothing.
  const message = stderr.trim();
  return exitCode === 2 && message !== '' ? { outcome: 'bad_pattern', lines, message } : { outcome, lines };
}
