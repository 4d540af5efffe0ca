import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fault } from '../fault.ts';
import { newLogCounts } from './log-counts.ts';
import { inferLogLinePrefix } from './log-line-prefix.ts';
import { readPostgresStderr } from './postgres-stderr.ts';
import { type ReadLog, readLog, refuseTornLog } from './read-log.ts';
import type { Signal } from './signal.ts';
import { textBlocks } from './text-blocks.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whetstone-read-log-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(text: string | Buffer): Promise<ReadLog & { calls: Signal[] }> {
  const log = await readLog('-', { stdin: Readable.from([Buffer.from(text)]) });
  const calls: Signal[] = [];
  for await (const signal of log.signals) calls.push(signal);
  return { ...log, calls };
}

const prefix = (pid: number) => `2026-01-31 12:00:00.123 UTC [${pid}] `;
const record = (pid: number, text: string) => `${prefix(pid)}${text.replaceAll('\n', '\n\t')}\n`;

describe('stderr', () => {
  test('statements of several lines, parameters and companions', async () => {
    const { calls, counts, format } = await read(
      [
        record(1, 'LOG:  duration: 1.500 ms  statement: SELECT a\n\tFROM t'),
        record(1, 'LOG:  duration: 0.100 ms  parse <unnamed>: SELECT $1'),
        record(1, 'LOG:  duration: 0.200 ms  execute <unnamed>: SELECT $1'),
        record(1, "DETAIL:  parameters: $1 = 'x\ny'"),
        record(1, 'CONTEXT:  somewhere'),
        record(2, 'ERROR:  syntax error'),
        record(2, "DETAIL:  parameters: $1 = 'no call'"),
      ].join(''),
    );
    expect(format).toBe('postgres-stderr');
    expect(calls.map(({ sql, params, durationMs }) => ({ sql, params, durationMs }))).toEqual([
      { sql: 'SELECT a\n\tFROM t', params: undefined, durationMs: 1.5 },
      { sql: 'SELECT $1', params: ['x\ny'], durationMs: 0.2 },
    ]);
    expect(counts).toMatchObject({ read: 9, matched: 9, unparsed: 0 });
  });

  test('a statement and its duration in two records, sessions interleaved', async () => {
    const { calls } = await read(
      [
        record(1, 'LOG:  statement: SELECT 1'),
        record(2, 'LOG:  execute <unnamed>: SELECT $1'),
        record(2, "DETAIL:  parameters: $1 = '2'"),
        record(1, 'LOG:  duration: 1.000 ms'),
        record(2, 'LOG:  duration: 2.000 ms'),
        record(2, 'LOG:  duration: 3.000 ms'),
      ].join(''),
    );
    expect(calls.map(({ sql, params, durationMs }) => [sql, params, durationMs])).toEqual([
      ['SELECT 1', undefined, 1],
      ['SELECT $1', ['2'], 2],
    ]);
  });

  test('a foreign line is counted and sampled, and the next one read', async () => {
    const { calls, counts } = await read(
      `${record(1, 'LOG:  duration: 1 ms  statement: A')}Segmentation fault\n${record(1, 'LOG:  duration: 1 ms  statement: B')}`,
    );
    expect(calls.map(({ sql }) => sql)).toEqual(['A', 'B']);
    expect(counts).toMatchObject({
      read: 3,
      matched: 2,
      unparsed: 1,
      unparsedSamples: [{ line: 2, text: 'Segmentation fault' }],
    });
  });

  test('line ends of Windows', async () => {
    const { calls, counts } = await read(
      record(1, 'LOG:  duration: 1 ms  statement: SELECT\n1').replaceAll('\n', '\r\n'),
    );
    expect(calls[0]?.sql).toBe('SELECT\n1');
    expect(counts.unparsed).toBe(0);
  });

  test.each([
    ['a line', 'LOG:  duration: 1 ms  statement: SEL', 1],
    ['a continuation', 'LOG:  duration: 1 ms  statement: SELECT\n\tFRO', 2],
  ])('an end inside %s is told, and what came before is read', async (_, cut, lines) => {
    const log = await read(`${record(1, 'LOG:  duration: 1 ms  statement: A')}${prefix(1)}${cut}`);
    expect(log.calls.map(({ sql }) => sql)).toEqual(['A']);
    expect(log.counts).toMatchObject({
      read: 1 + lines,
      matched: 1,
      unparsed: lines,
      torn: { line: 1 + lines },
    });
    expect(() => refuseTornLog(log)).toThrow(/standard input, line \d: the log ends inside a record/);
  });

  test('wherever the stream is cut into chunks, the calls are the same', async () => {
    const text = Array.from(
      { length: 5 },
      (_, index) =>
        record(index, `LOG:  duration: ${index}.5 ms  execute x: SELECT 'ß€'\n, ${index}`) +
        record(index, `DETAIL:  parameters: $1 = '${index}'`),
    ).join('');
    const whole = await read(text);
    const bytes = Buffer.from(text);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: bytes.length }), { maxLength: 6 }), async (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
        const counts = newLogCounts();
        const inferred = inferLogLinePrefix(text);
        if (inferred === undefined) throw new Error('no prefix');
        const calls: Signal[] = [];
        for await (const call of readPostgresStderr(
          textBlocks(Readable.from(chunks), counts, 'x'),
          inferred,
          counts,
        ))
          calls.push(call);
        expect(calls).toEqual(whole.calls);
        expect(counts).toEqual(whole.counts);
      }),
      { numRuns: 50 },
    );
  });
});

const csvField = (text: string) => (text === '' ? '' : `"${text.replaceAll('"', '""')}"`);
function csvRecord(message: string, detail = '', columns = 26): string {
  const fields = Array.from({ length: columns }, () => '');
  fields.splice(
    0,
    6,
    '2026-01-31 12:00:00.123 UTC',
    csvField('alice'),
    csvField('shop'),
    '7',
    csvField('[local]'),
    '697df840.7b',
  );
  fields[11] = 'LOG';
  fields[13] = csvField(message);
  fields[14] = csvField(detail);
  if (columns > 25) fields[25] = '-5';
  return `${fields.join(',')}\n`;
}

describe('csvlog', () => {
  test('any statement and parameter comes back, in all versions of the format', async () => {
    const text = fc.string({ unit: fc.constantFrom(...`a"',\n\\; $`, 'ß'), minLength: 1 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(text, text), { minLength: 1 }),
        fc.constantFrom(23, 24, 26),
        async (pairs, columns) => {
          const log = pairs.map(([sql, param]) =>
            csvRecord(
              `duration: 1.5 ms  execute x: ${sql}`,
              `parameters: $1 = '${param.replaceAll("'", "''")}'`,
              columns,
            ),
          );
          const { calls, counts } = await read(log.join(''));
          expect(calls.map(({ sql, params }) => [sql, params?.[0]])).toEqual(pairs);
          expect(calls[0]).toMatchObject({
            user: 'alice',
            database: 'shop',
            queryId: columns > 25 ? '-5' : undefined,
            session: '697df840.7b',
          });
          expect(counts.unparsed).toBe(0);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('damage costs its lines alone', async () => {
    const good = csvRecord('duration: 1 ms  statement: A');
    const { calls, counts } = await read(`${good}half a line, "and\n${good}`);
    expect(calls).toHaveLength(2);
    expect(counts).toMatchObject({ read: 3, matched: 2, unparsed: 1 });
  });

  test('an end inside a quoted field is told', async () => {
    const { calls, counts } = await read(
      csvRecord('duration: 1 ms  statement: A') + csvRecord('duration: 1 ms  statement: B\nC').slice(0, -16),
    );
    expect(calls).toHaveLength(1);
    expect(counts.torn?.line).toBe(3);
  });
});

test('jsonlog: a query id keeps its 64 bits, a cut line is told', async () => {
  const line = (message: string) =>
    `{"timestamp":"2026-01-31 12:00:00.123 UTC","user":"u","dbname":"d","session_id":"a.b","error_severity":"LOG","message":${JSON.stringify(message)},"query_id":7379841337508844547}`;
  const { format, calls, counts } = await read(
    `${line('duration: 1 ms  statement: SELECT \'"query_id":1\'')}\nnot json\n${line('x').slice(0, 50)}`,
  );
  expect(format).toBe('postgres-json');
  expect(calls).toMatchObject([
    {
      queryId: '7379841337508844547',
      durationMs: 1,
      session: 'a.b',
      at: Date.UTC(2026, 0, 31, 12, 0, 0, 123),
    },
  ]);
  expect(counts).toMatchObject({ read: 3, matched: 1, unparsed: 2, torn: { line: 3 } });
});

test('gzip', async () => {
  const { calls } = await read(gzipSync(record(1, 'LOG:  duration: 1 ms  statement: A')));
  expect(calls).toHaveLength(1);
});

describe('a log that cannot be read is a Fault that says what to do', () => {
  const whole = gzipSync(
    Array.from({ length: 20_000 }, (_, index) =>
      record(index, `LOG:  duration: ${index} ms  statement: A`),
    ).join(''),
  );
  test.each<[string, string | Buffer, string]>([
    ['empty', '', 'empty-log'],
    ['binary', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]), 'binary-log'],
    ['unknown', '# User@Host: root[root]\nSELECT 1;\n', 'unknown-log'],
    ['half of a gzip file', whole.subarray(0, whole.length / 2), 'damaged-gzip'],
  ])('%s', async (name, content, code) => {
    const path = join(folder, name);
    await writeFile(path, content);
    const failure = await readAll(path);
    expect(failure).toMatchObject({ code, kind: 'input' });
    expect(failure.message).toContain(path);
    expect(failure.hint).not.toBe('');
  });

  test('missing, a directory, the wrong format', async () => {
    expect(await readAll(join(folder, 'nowhere'))).toMatchObject({ code: 'missing-log' });
    expect(await readAll(folder)).toMatchObject({ code: 'log-is-directory' });
    const path = join(folder, 'stderr.log');
    await writeFile(path, record(1, 'LOG:  duration: 1 ms  statement: A'));
    await chmod(path, 0o600);
    await expect(readLog(path, { format: 'postgres-json' })).rejects.toMatchObject({ code: 'unknown-log' });
  });

  async function readAll(path: string): Promise<Fault> {
    try {
      const { signals } = await readLog(path);
      for await (const _ of signals);
    } catch (error) {
      if (error instanceof Fault) return error;
      throw error;
    }
    throw new Error(`${path} was read`);
  }
});
