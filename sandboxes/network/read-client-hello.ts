/** What the first bytes of a TLS connection tell. `more` asks for more bytes than these. */
export type ClientHello =
  | { state: 'more' }
  | { state: 'not-tls' }
  | { state: 'read'; serverName: string | undefined; encrypted: boolean };

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const ENCRYPTED_CLIENT_HELLO = 0xfe0d;
const MAX_HELLO_BYTES = 2 ** 16;

const NOT_TLS = { state: 'not-tls' } as const;
const MORE = { state: 'more' } as const;

/**
 * Reads the server name out of a ClientHello (RFC 8446 §4.1.2, RFC 6066 §3), also where it is spread over records.
 * `encrypted` says that there is an inner one (ECH) that nobody but the server can read. Any bytes may be given.
 */
export function readClientHello(bytes: Buffer): ClientHello {
  const { message, isOver } = joinRecords(bytes);
  const incomplete = isOver ? NOT_TLS : MORE;
  if (message.length > 0 && message[0] !== CLIENT_HELLO) return NOT_TLS;
  if (message.length < 4) return incomplete;
  const length = message.readUIntBE(1, 3);
  if (length > MAX_HELLO_BYTES) return NOT_TLS;
  if (message.length < 4 + length) return incomplete;
  try {
    return readBody(new Cursor(message.subarray(4, 4 + length)));
  } catch (error) {
    if (error instanceof RangeError) return NOT_TLS;
    throw error;
  }
}

/** What the handshake records hold so far; `isOver` where something else follows them, as early data does. */
function joinRecords(bytes: Buffer): { message: Buffer; isOver: boolean } {
  const parts: Buffer[] = [];
  let isOver = false;
  for (let at = 0; at < bytes.length && !isOver; ) {
    const length = at + 5 > bytes.length ? undefined : bytes.readUInt16BE(at + 3);
    isOver = bytes[at] !== HANDSHAKE_RECORD || (bytes[at + 1] ?? 3) !== 3 || length === 0;
    if (isOver || length === undefined) break;
    parts.push(bytes.subarray(at + 5, at + 5 + length));
    at += 5 + length;
  }
  return { message: Buffer.concat(parts), isOver };
}

function readBody(body: Cursor): ClientHello {
  body.take(2 + 32);
  body.takeVector(1);
  body.takeVector(2);
  body.takeVector(1);
  let serverName: string | undefined;
  let encrypted = false;
  const extensions = body.isAtEnd() ? new Cursor(Buffer.alloc(0)) : new Cursor(body.takeVector(2));
  if (!body.isAtEnd()) return NOT_TLS;
  while (!extensions.isAtEnd()) {
    const kind = extensions.takeNumber(2);
    const value = extensions.takeVector(2);
    if (kind === ENCRYPTED_CLIENT_HELLO) encrypted = true;
    if (kind !== SERVER_NAME) continue;
    // Two of them could be read as one by us and as the other by the server.
    if (serverName !== undefined) return NOT_TLS;
    const list = new Cursor(value);
    const names = new Cursor(list.takeVector(2));
    if (names.takeNumber(1) !== 0) return NOT_TLS;
    serverName = names.takeVector(2).toString('latin1');
    if (!names.isAtEnd() || !list.isAtEnd()) return NOT_TLS;
  }
  return { state: 'read', serverName, encrypted };
}

/** Throws a RangeError where bytes are missing. */
class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new RangeError('The message is too short.');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  takeNumber(bytes: 1 | 2): number {
    return this.take(bytes).readUIntBE(0, bytes);
  }

  takeVector(lengthBytes: 1 | 2): Buffer {
    return this.take(this.takeNumber(lengthBytes));
  }
}
