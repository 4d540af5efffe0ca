import type { RefusalReason } from './judge-destination.ts';
import { escapeName } from './network-log.ts';

const WHY: Record<RefusalReason, string> = {
  malformed: 'this is no request that a proxy takes',
  'not-listed': 'the list of allowed hosts does not name it',
  'port-not-listed': 'the list of allowed hosts names it, with other ports',
  'address-not-listed': 'it is an address, and the list of allowed hosts does not name it; use names',
  'private-address': 'its name leads to a machine that is not on the internet',
  'not-tls': 'what came is not TLS',
  'other-server-name': 'the request inside is for another host than the connection',
  'no-dns': 'there is no name service; the proxy resolves names',
  'too-many': 'too many connections are open at once; close some, and try again',
};

/** For the program in the sandbox, and whoever reads its output. */
export function explainRefusal(host: string, reason: RefusalReason): string {
  return `The sandbox may not reach ${escapeName(host)}: ${WHY[reason]} (${reason}). Whoever runs the sandbox decides by that list what it may reach: go on without this host, or say that it is needed.\n`;
}

/** For the program in the sandbox: an allowed host that does not answer. */
export function explainFailure(host: string, code: string): string {
  return `The sandbox may reach ${escapeName(host)}, but it cannot be reached now (${code}). Try again later.\n`;
}

/** A whole HTTP/1.1 answer, after which the connection ends. */
export function formatAnswer(
  status: '400 Bad Request' | '403 Forbidden' | '502 Bad Gateway',
  body: string,
  reason: string,
): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${refusedHeader}: ${reason}\r\nConnection: close\r\n\r\n${body}`;
}

export const refusedHeader = 'x-sandbox-network';
