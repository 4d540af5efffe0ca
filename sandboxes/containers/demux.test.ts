import fc from 'fast-check';
import { expect, test } from 'vitest';
import { demultiplexer } from './demux.ts';

function frame(stream: number, bytes: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

test('however the frames are cut into chunks, each stream gets its bytes in order', () => {
  const frames = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 40 })), {
    maxLength: 12,
  });
  const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(frames, cuts, (sent, sizes) => {
      const wire = Buffer.concat(sent.map(([stream, bytes]) => frame(stream, Buffer.from(bytes))));
      const got = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
      const take = demultiplexer((stream, bytes) => got[stream].push(Buffer.from(bytes)));
      for (let at = 0, turn = 0; at < wire.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1;
        take(wire.subarray(at, at + size));
        at += size;
      }
      for (const [name, number] of [
        ['stdout', 1],
        ['stderr', 2],
      ] as const) {
        const wanted = Buffer.concat(
          sent.filter(([stream]) => stream === number).map(([, bytes]) => Buffer.from(bytes)),
        );
        expect(Buffer.concat(got[name]).equals(wanted)).toBe(true);
      }
    }),
  );
});
