import { type Duplex, finished, pipeline } from 'node:stream';
import { limits } from '../limits.ts';
import { explainFailure, explainRefusal, formatAnswer } from './explain-refusal.ts';
import type { ProxyParts } from './filtering-proxy.ts';
import type { RefusalReason } from './judge-destination.ts';
import { type Destination, parseAuthority, parseHost } from './parse-host.ts';
import { type ClientHello, readClientHello } from './read-client-hello.ts';

/** TLS's fatal alert `access_denied`, which clients show by that name. */
const ACCESS_DENIED = Buffer.from([21, 3, 1, 0, 2, 2, 49]);
const HTTPS_PORT = 443;

/**
 * Answers CONNECT. What comes through must be TLS for the very host that was named; on another port than 443 it may be
 * plain HTTP for it as well, which goes to `onPlain`.
 */
export async function openTunnel(
  client: Duplex,
  authority: string,
  head: Buffer,
  parts: ProxyParts,
  onPlain: (destination: Destination) => void,
): Promise<void> {
  const destination = parseAuthority(authority);
  const told = {
    protocol: 'https',
    host: destination?.host.text ?? authority,
    port: destination?.port,
  } as const;
  const refuse = (reason: RefusalReason) => parts.log.add({ ...told, kind: 'refused', reason });
  const answer = (status: Parameters<typeof formatAnswer>[0], body: string, reason: string) =>
    client.end(formatAnswer(status, body, reason));

  if (destination === undefined) {
    refuse('malformed');
    answer('400 Bad Request', explainRefusal(authority, 'malformed'), 'malformed');
    return;
  }
  const dialled = await parts.dialler.dial(destination, 'https');
  if (dialled.outcome === 'refused') {
    refuse(dialled.reason);
    answer('403 Forbidden', explainRefusal(authority, dialled.reason), dialled.reason);
    return;
  }
  if (dialled.outcome === 'failed') {
    parts.log.add({ ...told, kind: 'failed', reason: dialled.code });
    answer('502 Bad Gateway', explainFailure(authority, dialled.code), dialled.code);
    return;
  }
  const remote = dialled.socket;
  client.write('HTTP/1.1 200 Connection established\r\n\r\n');
  if (head.length > 0) client.unshift(head);
  const { hello, bytes } = await peekHello(client);
  if (hello.state === 'read' && isFor(hello, destination)) {
    if (!client.destroyed) client.unshift(bytes);
    join(client, remote, told, parts);
    return;
  }
  remote.destroy();
  // Where nothing came nothing was tried.
  if (bytes.length === 0) client.destroy();
  else if (hello.state === 'not-tls' && destination.port !== HTTPS_PORT && !client.destroyed) {
    client.unshift(bytes);
    onPlain(destination);
  } else {
    refuse(hello.state === 'read' ? 'other-server-name' : 'not-tls');
    client.end(ACCESS_DENIED);
  }
}

/** Reads until it is known what comes, and no further than it must; `more` where that never gets known. */
function peekHello(client: Duplex): Promise<{ hello: ClientHello; bytes: Buffer }> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    let hello: ClientHello = { state: 'more' };
    const settle = () => {
      client.pause();
      client.off('data', onData).off('end', settle).off('close', settle);
      clearTimeout(timer);
      resolve({ hello, bytes });
    };
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      hello = readClientHello(bytes);
      if (hello.state !== 'more' || bytes.length > limits.network.helloBytes) settle();
    };
    const timer = setTimeout(settle, limits.network.helloMs);
    if (client.destroyed) settle();
    else client.on('data', onData).on('end', settle).on('close', settle);
  });
}

/** Addresses have no server name; a name has itself, and no second one that only the server can read. */
function isFor(hello: ClientHello & { state: 'read' }, { host }: Destination): boolean {
  if (hello.encrypted) return false;
  if (host.kind === 'address') return hello.serverName === undefined;
  return hello.serverName !== undefined && parseHost(hello.serverName)?.text === host.text;
}

function join(
  client: Duplex,
  remote: Duplex & { bytesRead: number; bytesWritten: number },
  told: { protocol: 'https'; host: string; port: number | undefined },
  { log, budget }: ProxyParts,
): void {
  log.add({ ...told, kind: 'allowed' });
  remote.on('data', (bytes: Buffer) => budget.takeDown(bytes.length));
  pipeline(client, remote, client, () => {
    remote.destroy();
    client.destroy();
  });
  finished(remote, () =>
    log.add({ ...told, kind: 'closed', bytesUp: remote.bytesWritten, bytesDown: remote.bytesRead }),
  );
}
