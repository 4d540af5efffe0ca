import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { limits } from '../limits.ts';
import type { Dialler } from './dial.ts';
import { explainRefusal, formatAnswer } from './explain-refusal.ts';
import { forwardRequest } from './forward-request.ts';
import type { NetworkLog } from './network-log.ts';
import { openTunnel } from './open-tunnel.ts';
import type { Destination } from './parse-host.ts';

export interface ProxyParts {
  dialler: Dialler;
  log: NetworkLog;
  budget: Budget;
  /** A mistake of ours, which must end this proxy and not the process. */
  onFault(error: unknown): void;
}

/** What is counted against a sandbox's limits; whoever gives it ends the proxy when one is reached. */
export interface Budget {
  takeRequest(): void;
  takeDown(bytes: number): void;
}

/** An HTTP proxy that listens nowhere: each connection is given to it by `emit('connection', duplex)`. */
export function createFilteringProxy(parts: ProxyParts): Server {
  /** Tunnels in which plain HTTP is spoken, and where they lead. */
  const tunnels = new WeakMap<Duplex, Destination>();
  const server = createServer({ maxHeaderSize: limits.network.headerBytes, insecureHTTPParser: false });
  server.setTimeout(limits.network.idleMs);
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    parts.budget.takeRequest();
    // Of the parser's own listeners none is left.
    client.on('error', () => client.destroy());
    const authority = request.url ?? '';
    const onPlain = (destination: Destination) => {
      tunnels.set(client, destination);
      server.emit('connection', client);
      // A parser does not wake what was paused on purpose.
      client.resume();
    };
    // In a tunnel there is no way to a second one.
    const inTunnel = tunnels.has(client);
    openTunnel(client, inTunnel ? '' : authority, head, parts, onPlain).catch(parts.onFault);
  });
  server.on('request', (request, response) => {
    parts.budget.takeRequest();
    forwardRequest(request, response, parts, tunnels.get(request.socket)).catch(parts.onFault);
  });
  server.on('clientError', (error: Error & { code?: string }, client) => {
    if (error.code?.startsWith('HPE_') && client.writable) {
      parts.budget.takeRequest();
      parts.log.add({ kind: 'refused', protocol: 'http', host: '', reason: 'malformed' });
      client.end(formatAnswer('400 Bad Request', explainRefusal('that', 'malformed'), 'malformed'));
    } else client.destroy();
  });
  return server;
}
