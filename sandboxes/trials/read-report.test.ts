import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReportReader } from './read-report.ts';

const nonce = '5b0f6a52-6a5e-4f0e-9f58-3f1f6d1f5d11';

function frame(stream: 1 | 2, bytes: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

function report(result?: Buffer): Buffer {
  const head = Buffer.from(`\n${nonce} 0 7 late 1000000 4000000 8192 1\n`);
  const file = result === undefined ? Buffer.alloc(0) : Buffer.concat([Buffer.from('file\n'), result]);
  return Buffer.concat([head, file, Buffer.from(`\n${nonce} end\n`)]);
}

/** Cuts at any places, and reads the pieces one after another. */
function readInPieces(reader: ReportReader, bytes: Buffer, cuts: readonly number[]): void {
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), 0, bytes.length].sort((a, b) => a - b);
  places.slice(1).forEach((to, at) => {
    reader.take(bytes.subarray(places[at], to));
  });
}

const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array));
// Bytes like those of the marks, so that beginnings of a mark are often there.
const nearly = fc
  .array(fc.constantFrom('\n', nonce.slice(0, 9), `\n${nonce}`, ' ', 'end\n', 'x'), { maxLength: 20 })
  .map((parts) => Buffer.from(parts.join('')))
  .filter((all) => !all.includes(`\n${nonce} `));
const content = fc.oneof(bytes, nearly).filter(
  (all) =>
    !Buffer.concat([all, report()])
      .subarray(0, all.length + 10)
      .includes(`\n${nonce} `),
);

test('what a job wrote and its report are told apart, however they are cut', () => {
  fc.assert(
    fc.property(
      content,
      content,
      fc.option(content, { nil: undefined }),
      fc.array(fc.nat(), { maxLength: 30 }),
      fc.boolean(),
      (stdout, stderr, result, cuts, errorFirst) => {
        const out = frame(1, Buffer.concat([stdout, report(result)]));
        const error = frame(2, Buffer.concat([stderr, Buffer.from(`\n${nonce} end\n`)]));
        const reader = new ReportReader({ nonce, maxOutputBytes: 10_000, maxResultBytes: 10_000 });
        readInPieces(reader, Buffer.concat(errorFirst ? [error, out] : [out, error]), cuts);
        expect(reader.said().stdout.equals(stdout)).toBe(true);
        expect(reader.said().stderr.equals(stderr)).toBe(true);
        expect(reader.report).toMatchObject({
          exitCode: 7,
          late: true,
          cpuMs: 3,
          peakMemoryBytes: 8192,
          oomKills: 1,
        });
        expect(reader.report?.result?.toString('hex')).toBe(result?.toString('hex'));
      },
    ),
  );
});

test('output is bounded, cut as one piece would be, and said to be cut', () => {
  fc.assert(
    fc.property(content, fc.nat({ max: 500 }), fc.array(fc.nat(), { maxLength: 30 }), (stdout, max, cuts) => {
      const reader = new ReportReader({ nonce, maxOutputBytes: max, maxResultBytes: 10 });
      readInPieces(reader, frame(1, Buffer.concat([stdout, report()])), cuts);
      expect(reader.said().stdout.equals(stdout.subarray(0, max))).toBe(true);
      expect(reader.said().truncated.stdout).toBe(stdout.length > max);
      // Stderr has not come to its end.
      expect(reader.report).toBeUndefined();
    }),
  );
});

test('figures that the runtime does not tell are not made up', () => {
  const reader = new ReportReader({ nonce, maxOutputBytes: 10, maxResultBytes: 10 });
  reader.take(frame(1, Buffer.from(`\n${nonce} 0 0 1.00 1.20 - - - 0\n\n${nonce} end\n`)));
  reader.take(frame(2, Buffer.from(`\n${nonce} end\n`)));
  expect(reader.report).toMatchObject({ cpuMs: undefined, peakMemoryBytes: undefined, result: undefined });
});
