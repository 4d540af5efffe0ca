import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { finished, pipeline } from 'node:stream';
import { limits } from '../limits.ts';
import { explainFailure, explainRefusal, refusedHeader } from './explain-refusal.ts';
import type { ProxyParts } from './filtering-proxy.ts';
import type { RefusalReason } from './judge-destination.ts';
import { type Destination, formatAuthority, parseAuthority } from './parse-host.ts';

const HTTP_PORT = 80;

/** Of one connection (RFC 9110 §7.6.1), and what this proxy says anew: it frames bodies by what it read itself. */
const OWN_HEADERS = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Forwards a plain HTTP request to where its URL says, or through a tunnel to the tunnel's end. The request is written
 * anew from what was parsed, so that no other server can read it as two.
 */
export async function forwardRequest(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  parts: ProxyParts,
  tunnel: Destination | undefined,
): Promise<void> {
  const target = readTarget(incoming, tunnel);
  const named = incoming.url ?? '';
  const told = {
    protocol: 'http',
    host: typeof target === 'string' ? named : target.destination.host.text,
    ...(typeof target === 'string' ? {} : { port: target.destination.port }),
  } as const;
  const refuse = (reason: RefusalReason) => {
    parts.log.add({ ...told, kind: 'refused', reason });
    answer(incoming, outgoing, reason === 'malformed' ? 400 : 403, explainRefusal(named, reason), reason);
  };
  const fail = (code: string) => {
    parts.log.add({ ...told, kind: 'failed', reason: code });
    answer(incoming, outgoing, 502, explainFailure(named, code), code);
  };

  if (typeof target === 'string') return refuse(target);
  const dialled = await parts.dialler.dial(target.destination, 'http');
  if (dialled.outcome === 'refused') return refuse(dialled.reason);
  if (dialled.outcome === 'failed') return fail(dialled.code);
  const { socket } = dialled;
  parts.log.add({ ...told, kind: 'allowed' });
  finished(socket, () =>
    parts.log.add({ ...told, kind: 'closed', bytesUp: socket.bytesWritten, bytesDown: socket.bytesRead }),
  );
  // An answer that waits behind an earlier one is not told of its connection's end.
  const client = incoming.socket.setMaxListeners(0);
  const onClose = () => socket.destroy();
  client.once('close', onClose);
  socket.once('close', () => client.off('close', onClose));
  if (client.destroyed) onClose();
  const framing = bodyFraming(incoming);
  try {
    const asking = request({
      createConnection: () => socket,
      method: incoming.method,
      path: target.path,
      headers: ['Host', formatAuthority(target.destination, HTTP_PORT), 'Connection', 'close']
        .concat(endToEnd(incoming))
        .concat(framing),
      maxHeaderSize: limits.network.headerBytes,
    });
    let code = 'ECONNRESET';
    asking.once('error', (error: Error & { code?: string }) => {
      code = error.code ?? code;
    });
    // An answer that switches protocols closes without an error.
    asking.once('close', () => {
      socket.destroy();
      if (!outgoing.headersSent && !client.destroyed) fail(code);
    });
    asking.once('response', (response) => giveBack(response, outgoing, parts, fail));
    if (framing.length === 0) asking.end();
    else pipeline(incoming, asking, () => {});
  } catch (error) {
    // What the parser took and the writer does not: no header or path that a server would understand.
    socket.destroy();
    fail(error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN');
  }
}

function readTarget(
  { url = '', rawHeaders, headers }: IncomingMessage,
  tunnel: Destination | undefined,
): { destination: Destination; path: string } | RefusalReason {
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length > 1 || !/^[\x21-\x7e]*$/.test(url)) return 'malformed';
  if (tunnel !== undefined) {
    const host = parseAuthority(headers.host ?? '', HTTP_PORT);
    if (!url.startsWith('/') || host === undefined) return 'malformed';
    return formatAuthority(host) === formatAuthority(tunnel)
      ? { destination: tunnel, path: url }
      : 'other-server-name';
  }
  const [, authority, path = ''] = /^http:\/\/([^/?#]*)([/?][^#]*)?$/i.exec(url) ?? [];
  const destination = authority === undefined ? undefined : parseAuthority(authority, HTTP_PORT);
  if (destination === undefined) return 'malformed';
  return { destination, path: path.startsWith('/') ? path : `/${path}` };
}

function giveBack(
  response: IncomingMessage,
  outgoing: ServerResponse,
  { budget }: ProxyParts,
  fail: (code: string) => void,
): void {
  try {
    outgoing.writeHead(response.statusCode ?? 502, endToEnd(response).concat(bodyFraming(response, false)));
  } catch (error) {
    response.destroy();
    if (!outgoing.headersSent)
      fail(error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN');
    else outgoing.destroy();
    return;
  }
  response.on('data', (bytes: Buffer) => budget.takeDown(bytes.length));
  pipeline(response, outgoing, () => {});
}

/** Names and values by turns. */
function endToEnd({ rawHeaders, headers }: IncomingMessage): string[] {
  const listed = new Set((headers.connection ?? '').toLowerCase().split(/\s*,\s*/));
  return rawHeaders.filter((_text, at) => {
    const name = (rawHeaders[at - (at % 2)] ?? '').toLowerCase();
    return !OWN_HEADERS.has(name) && !listed.has(name);
  });
}

/** How the body ends, as the parser read it; nothing where there is none, or (an answer) where the connection ends it. */
function bodyFraming({ headers }: IncomingMessage, chunked = true): string[] {
  if (headers['transfer-encoding'] !== undefined) return chunked ? ['Transfer-Encoding', 'chunked'] : [];
  return headers['content-length'] === undefined ? [] : ['Content-Length', headers['content-length']];
}

function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  status: number,
  body: string,
  reason: string,
): void {
  if (outgoing.headersSent || outgoing.destroyed) return;
  // A body that nobody reads would be taken for the next request.
  incoming.resume();
  outgoing.writeHead(status, {
    'Content-Type': 'text/plain',
    'Content-Length': Buffer.byteLength(body),
    [refusedHeader]: reason,
    Connection: 'close',
  });
  outgoing.end(body);
}
