import type { TapPoint } from './tap-tree.ts';

export type TapLine =
  | { kind: 'point'; ok: boolean; description: string }
  | { kind: 'plan'; count: number }
  | { kind: 'end' }
  | { kind: 'subtest'; name: string }
  | { kind: 'total'; key: string; count: number }
  | { kind: 'bail-out'; reason: string }
  | { kind: 'yaml' };

/** What a line says without its indentation; undefined: nothing to TAP. */
export function readTapLine(line: string): TapLine | undefined {
  const point = /^(not )?ok(?:\s+\d+)?(?:\s+-)?(?:\s+(.*))?$/s.exec(line);
  if (point !== null) return { kind: 'point', ok: point[1] === undefined, description: point[2] ?? '' };
  const plan = /^1\.\.(\d{1,9})\s*(?:#.*)?$/s.exec(line);
  if (plan !== null) return { kind: 'plan', count: Number(plan[1]) };
  if (line === '}') return { kind: 'end' };
  if (line === '---') return { kind: 'yaml' };
  const subtest = /^# Subtest: ?(.*)$/s.exec(line);
  if (subtest !== null) return { kind: 'subtest', name: readDescription(subtest[1] ?? '').name };
  const total = /^# (tests|pass|fail|cancelled|skipped|todo|duration_ms) +(\d{1,9})(?:\.\d*)?$/.exec(line);
  if (total !== null) return { kind: 'total', key: total[1] ?? '', count: Number(total[2]) };
  const bail = /^Bail out!(.*)$/s.exec(line);
  return bail === null ? undefined : { kind: 'bail-out', reason: bail[1] ?? '' };
}

type Description = Pick<TapPoint, 'name' | 'directive' | 'reason' | 'durationMs'>;

/** A name and what an unescaped `#` after it says. */
export function readDescription(text: string): Description {
  const hash = directiveStart(text);
  const name = unescapeTap(hash < 0 ? text : text.slice(0, hash)).trim();
  const plain: Description = { name, directive: null, reason: '', durationMs: null };
  if (hash < 0) return plain;
  const directive = text.slice(hash + 1).trim();
  const [, word, reason = ''] = /^(skip|todo)\b\S*\s*(.*)$/is.exec(directive) ?? [];
  if (word !== undefined)
    return {
      ...plain,
      directive: word.toLowerCase() === 'skip' ? 'skip' : 'todo',
      reason: unescapeTap(reason),
    };
  const time = /^time=(\d+(?:\.\d+)?)ms$/.exec(directive);
  return time === null ? { ...plain, directive: 'unknown' } : { ...plain, durationMs: Number(time[1]) };
}

function directiveStart(text: string): number {
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '#' && (at === 0 || /\s/.test(text[at - 1] ?? ''))) return at;
  }
  return -1;
}

function unescapeTap(text: string): string {
  return text.replace(/\\([\\#])/g, '$1');
}
