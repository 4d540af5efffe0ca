import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OutputRing } from './output-ring.ts';

test('holds the last bytes of whatever came, at their places', () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 40 });
  fc.assert(
    fc.property(
      chunks,
      fc.integer({ min: 1, max: 500 }),
      fc.nat(4_000),
      fc.nat(600),
      (parts, capacity, from, max) => {
        const ring = new OutputRing(capacity);
        for (const part of parts) ring.append(Buffer.from(part));
        const whole = Buffer.concat(parts);
        const start = Math.min(Math.max(from, whole.length - capacity, 0), whole.length);
        expect(ring.total).toBe(whole.length);
        expect(ring.dropped).toBe(Math.max(0, whole.length - capacity));
        expect(ring.read(from, max)).toEqual({ from: start, bytes: whole.subarray(start, start + max) });
      },
    ),
  );
});

test('grows as it fills, up to its capacity', () => {
  const ring = new OutputRing(100_000);
  const whole = Buffer.alloc(250_000, 'abcdefg');
  for (let at = 0; at < whole.length; at += 999) ring.append(whole.subarray(at, at + 999));
  expect(ring.read().bytes.equals(whole.subarray(150_000))).toBe(true);
  expect(ring.read().from).toBe(150_000);
});
