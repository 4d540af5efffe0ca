import { z } from 'zod';
import { Fault } from '../../datasets/fault.ts';
import { collectPatterns } from '../../datasets/patterns/collect-patterns.ts';
import { Pattern } from '../../datasets/patterns/pattern.ts';
import { LOG_FORMATS } from '../../datasets/sources/detect.ts';
import { requireLogFile } from '../../datasets/sources/open-log.ts';
import { type ReadLog, readLog, refuseTornLog } from '../../datasets/sources/read-log.ts';
import { defineCommand } from '../define-command.ts';
import { renderPatterns } from '../render-patterns.ts';

const PatternsDocument = z.strictObject({
  lines: z.strictObject({ read: z.int(), matched: z.int(), unparsed: z.int() }),
  /** The first lines of each log that could not be parsed. */
  unparsedSamples: z.array(z.strictObject({ log: z.string(), line: z.int(), text: z.string() })),
  bytes: z.int(),
  patternCount: z.int(),
  totalMs: z.number(),
  patterns: z.array(Pattern),
});
export type PatternsDocument = z.infer<typeof PatternsDocument>;

export const patternsCommand = defineCommand({
  name: 'patterns',
  summary:
    'Ranks the queries of slow-query logs by the time they took. Needs no Docker, database or configuration.',
  examples: [
    'whetstone patterns /var/log/postgresql/postgresql-15-main.log',
    'whetstone patterns --top 0 --json postgresql.csv postgresql.csv.1.gz',
    'ssh db cat /var/log/postgresql/postgresql.json | whetstone patterns -',
  ],
  args: [{ notation: '<log...>', describe: 'log files, plain or gzip, or - for standard input' }],
  options: [
    { notation: '--format <format>', describe: `${LOG_FORMATS.join(', ')}; detected by default` },
    { notation: '--top <n>', describe: 'how many patterns to show, 20 by default; 0 shows all' },
  ],
  input: z.object({
    log: z.array(z.string()).min(1),
    format: z.enum(LOG_FORMATS).optional(),
    top: z.coerce.number().int().min(0).default(20),
  }),
  output: PatternsDocument,
  async run({ log: paths, format, top }, { signal, progress }) {
    // All are looked for before the first is read; each is opened when its turn comes.
    for (const path of paths) await requireLogFile(path);
    const logs: ReadLog[] = [];
    const patterns = await collectPatterns(
      paths.map(async function* (path) {
        const log = await readLog(path, { format });
        logs.push(log);
        progress(`reading ${log.name} (${log.format})`);
        yield* log.signals;
      }),
      { signal },
    );
    for (const log of logs) refuseTornLog(log);
    if (patterns.length === 0) throw noCalls(logs);
    const lines = { read: 0, matched: 0, unparsed: 0 };
    let bytes = 0;
    for (const { counts } of logs) {
      bytes += counts.bytes;
      for (const key of ['read', 'matched', 'unparsed'] as const) lines[key] += counts[key];
    }
    const document: PatternsDocument = {
      lines,
      unparsedSamples: logs.flatMap(({ name, counts }) =>
        counts.unparsedSamples.map((sample) => ({ log: name, ...sample })),
      ),
      bytes,
      patternCount: patterns.length,
      // To the nanosecond: what is beyond comes from adding binary fractions.
      totalMs: Math.round(patterns.reduce((total, { totalMs }) => total + totalMs, 0) * 1e6) / 1e6,
      patterns: top === 0 ? patterns : patterns.slice(0, top),
    };
    return { document, text: renderPatterns(document, process.stdout.columns ?? 120), exitCode: 0 };
  },
});

function noCalls(logs: readonly ReadLog[]): Fault {
  const lines = logs.reduce((total, { counts }) => total + counts.matched, 0);
  return new Fault(
    'no-calls',
    `${logs.map(({ name }) => name).join(', ')}: ${lines} lines are PostgreSQL's, but none gives a statement with its duration.`,
    {
      hint: 'Let the server log them: ALTER SYSTEM SET log_min_duration_statement = 0; SELECT pg_reload_conf(); or 100 for those of 100 ms and more.',
    },
  );
}
