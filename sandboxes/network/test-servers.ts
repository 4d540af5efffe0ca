import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { Readable } from 'node:stream';
import type { Sandbox } from '../containers/sandbox.ts';

export interface Certificate {
  key: string;
  cert: string;
}

/** Self-signed, for `allowed.test`, `other.test` and all below `allowed.test`. */
export async function makeCertificate(sandbox: Sandbox): Promise<Certificate> {
  const names = 'subjectAltName=DNS:allowed.test,DNS:*.allowed.test,DNS:other.test';
  const made = await sandbox.exec(
    [
      'sh',
      '-c',
      `openssl req -x509 -newkey rsa:2048 -nodes -keyout /tmp/key -out /tmp/ca.pem -days 2 -subj /CN=test -addext ${names} && cat /tmp/key`,
    ],
    { timeoutMs: 30_000 },
  );
  return { key: made.stdout, cert: (await sandbox.readFile('/tmp/ca.pem')).toString() };
}

export interface TestServer extends AsyncDisposable {
  port: number;
  /** How many connections it was given. */
  connections(): number;
}

/** On the loopback: HTTPS where it is given a certificate. */
export async function startServer(certificate?: Certificate): Promise<TestServer> {
  const onRequest = (request: IncomingMessage, response: ServerResponse) =>
    // A client may hang up at any time.
    answer(request, response).catch(() => response.destroy());
  return await listen(certificate ? createHttpsServer(certificate, onRequest) : createHttpServer(onRequest));
}

export async function listen(server: Server): Promise<TestServer> {
  let connections = 0;
  const open = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => {
    connections += 1;
    open.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/**
 * The most processor time that this process took in one turn of its event loop while the work went on: how long it did
 * nothing else, on a machine where others run as well.
 */
export async function longestTurnMs(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = process.cpuUsage();
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(last);
    longest = Math.max(longest, (user + system) / 1_000);
    last = process.cpuUsage();
  }, 5);
  await work();
  clearInterval(timer);
  return longest;
}

/** So many bytes, the same for one seed. */
export function* bytesOf(seed: number, length: number): Generator<Buffer> {
  for (let left = length, at = 0; left > 0; at += 1) {
    const block = Buffer.alloc(Math.min(64 * 1024, left), `${seed}/${at};`);
    left -= block.length;
    yield block;
  }
}

export function hashOf(blocks: Iterable<Buffer>): string {
  const hash = createHash('sha256');
  for (const block of blocks) hash.update(block);
  return hash.digest('hex');
}

/** What is answered for a path and its query, besides the rest. */
export const served: Record<string, string | Buffer> = {};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://here');
  const to = url.searchParams.get('to');
  const length = Number(url.searchParams.get('bytes'));
  const fixed = served[request.url ?? ''];
  if (fixed !== undefined) response.end(fixed);
  else if (url.pathname === '/redirect') response.writeHead(302, { location: to ?? '' }).end();
  else if (url.pathname === '/bytes') {
    response.writeHead(200, { 'content-length': length });
    Readable.from(bytesOf(Number(url.searchParams.get('seed')), length)).pipe(response);
  } else if (url.pathname === '/hash') {
    const hash = createHash('sha256');
    for await (const bytes of request) hash.update(bytes);
    response.end(hash.digest('hex'));
  } else response.end(`hello from ${request.headers.host} to ${request.method} ${request.url}`);
}
