import { Duplex } from 'node:stream';
import { type ConnectionOptions, connect } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readClientHello } from './read-client-hello.ts';

/** What Node's own TLS says first. */
function realHello(options: ConnectionOptions): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, callback) {
        resolve(chunk);
        callback();
      },
    });
    connect({ socket, ...options }).on('error', () => {});
  });
}

/** The same message in records of so many bytes. */
function inRecordsOf(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(5);
  const records = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 0xff]), part);
  }
  return Buffer.concat(records);
}

/** A ClientHello with these extensions, by hand. */
function helloWith(extensions: [kind: number, value: Buffer][]): Buffer {
  const vector = (bytes: Buffer, lengthBytes: number) => {
    const length = Buffer.alloc(lengthBytes);
    length.writeUIntBE(bytes.length, 0, lengthBytes);
    return Buffer.concat([length, bytes]);
  };
  const all = extensions.map(([kind, value]) =>
    Buffer.concat([Buffer.from([kind >> 8, kind & 0xff]), vector(value, 2)]),
  );
  const body = Buffer.concat([
    Buffer.alloc(34, 3),
    Buffer.from([0, 0, 2, 0x13, 1, 1, 0]),
    vector(Buffer.concat(all), 2),
  ]);
  return Buffer.concat([
    Buffer.from([22, 3, 1]),
    vector(Buffer.concat([Buffer.from([1]), vector(body, 3)]), 2),
  ]);
}

function serverName(...names: string[]): [number, Buffer] {
  const list = names.map((name) => Buffer.concat([Buffer.from([0, 0, name.length]), Buffer.from(name)]));
  const length = list.reduce((sum, { length }) => sum + length, 0);
  return [0, Buffer.concat([Buffer.from([0, length]), ...list])];
}

const read = (name: string | undefined, encrypted = false) => ({
  state: 'read',
  serverName: name,
  encrypted,
});

describe('a ClientHello', () => {
  test('of a real client tells its server name, in TLS 1.2 and 1.3, or that there is none', async () => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const)
      expect(readClientHello(await realHello({ servername: 'registry.npmjs.org', maxVersion }))).toEqual(
        read('registry.npmjs.org'),
      );
    expect(readClientHello(await realHello({ servername: '' }))).toEqual(read(undefined));
  });

  test('is read the same however it is cut, and asks for more until it is whole', async () => {
    const hello = await realHello({ servername: 'registry.npmjs.org' });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: hello.length }), fc.nat(), (size, seed) => {
        const cut = inRecordsOf(hello, size);
        const early = Buffer.concat([cut, Buffer.from([20, 3, 3, 0, 1, 1])]);
        expect(readClientHello(cut)).toEqual(read('registry.npmjs.org'));
        expect(readClientHello(early)).toEqual(read('registry.npmjs.org'));
        expect(readClientHello(cut.subarray(0, seed % cut.length))).toEqual({ state: 'more' });
      }),
    );
  });

  test('with two server names, with one of a kind that nobody knows, or cut by another record is refused', () => {
    expect(readClientHello(helloWith([serverName('a.org')]))).toEqual(read('a.org'));
    const odd: Buffer[] = [
      helloWith([serverName('a.org'), serverName('b.org')]),
      helloWith([serverName('a.org', 'b.org')]),
      helloWith([[0, Buffer.from([0, 4, 1, 0, 1, 97])]]),
      helloWith([[0, Buffer.from([0, 0])]]),
      Buffer.concat([inRecordsOf(helloWith([]), 10).subarray(0, 15), Buffer.from([23, 3, 3, 0, 1, 0])]),
    ];
    for (const bytes of odd)
      expect(readClientHello(bytes), bytes.toString('hex')).toEqual({ state: 'not-tls' });
  });

  test('that has an encrypted one inside says so', () => {
    const ech: [number, Buffer] = [0xfe0d, Buffer.alloc(10)];
    expect(readClientHello(helloWith([ech, serverName('a.org')]))).toEqual(read('a.org', true));
  });

  test('is not what other protocols say', () => {
    for (const text of [
      'GET / HTTP/1.1\r\n',
      'SSH-2.0-x\r\n',
      'CONNECT a:1',
      '\x80\x2e\x01\0\x02',
      '\x16\x02',
      '\x16\x03\x01\0\0',
      '\x16\x03\x01\0\x04\x02\0\0\0',
      '\x15\x03\x01\0\x02\x02\x31',
    ])
      expect(readClientHello(Buffer.from(text, 'latin1')), text).toEqual({ state: 'not-tls' });
  });

  test('any bytes, and a real one with any byte changed, are read without a throw', async () => {
    const hello = await realHello({ servername: 'registry.npmjs.org' });
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(hello.length - 1),
        fc.nat(255),
        (any, at, byte) => {
          const changed = Buffer.from(hello);
          changed[at] = byte;
          for (const bytes of [
            Buffer.from(any),
            Buffer.concat([Buffer.from([22, 3, 1, 0, any.length, 1, 0]), any]),
            changed,
          ])
            expect(['more', 'not-tls', 'read']).toContain(readClientHello(bytes).state);
        },
      ),
      { numRuns: 300 },
    );
  });
});
