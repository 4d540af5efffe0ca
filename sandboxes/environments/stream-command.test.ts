import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitFields } from './stream-command.ts';

test('finds the fields however the stream is cut, and bounds each', () => {
  const field = fc
    .uint8Array({ maxLength: 20 })
    .map((bytes) => bytes.filter((byte) => byte !== 0 && byte !== 10));
  const pairs = fc.array(fc.tuple(field, field), { maxLength: 10 });
  fc.assert(
    fc.property(
      pairs,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 12 }),
      (records, size, max) => {
        const stream = Buffer.concat(records.flatMap(([a, b]) => [a, Buffer.of(0), b, Buffer.of(10)]));
        const seen: number[][] = [];
        const take = splitFields([0, 10], max, (bytes) => seen.push([...bytes]) > 0);
        for (let at = 0; at < stream.length; at += size) take(stream.subarray(at, at + size));
        expect(seen).toEqual(records.flat().map((bytes) => [...bytes.subarray(0, max)]));
      },
    ),
  );
});

test('stops where the receiver has enough', () => {
  const seen: string[] = [];
  const take = splitFields([0], 100, (bytes) => seen.push(bytes.toString()) < 2);
  expect(take(Buffer.from('a\0b\0c\0'))).toBe(false);
  expect(seen).toEqual(['a', 'b']);
});
