import { once } from 'node:events';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import { type Destination, formatAuthority, parseAuthority, parseHost } from './parse-host.ts';

/** The proxy that this machine itself must use; by default its variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */
export type HostEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a destination; undefined where it is reached directly. SandboxFault `bad-upstream-proxy`.
 * HTTP_PROXY stands in for a missing HTTPS_PROXY, as in npm. NO_PROXY is read as curl reads it: names with all that is
 * below them, addresses, `*`; a port may follow.
 */
export function chooseUpstream(
  destination: Destination,
  protocol: 'http' | 'https',
  env: HostEnvironment,
): URL | undefined {
  const read = (name: string) => env[name.toLowerCase()] || env[name] || undefined;
  const proxy = (protocol === 'https' && read('HTTPS_PROXY')) || read('HTTP_PROXY') || read('ALL_PROXY');
  if (proxy === undefined || isExempt(destination, read('NO_PROXY') ?? '')) return undefined;
  const text = proxy.includes('://') ? proxy : `http://${proxy}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new SandboxFault(
    'bad-upstream-proxy',
    'The proxy that this machine names for itself is no HTTP proxy.',
    {
      hint: 'Set HTTPS_PROXY to `http://host:port`, or unset it where this machine needs no proxy.',
    },
  );
}

/** A tunnel through the proxy to the destination, which the proxy resolves. Fails as sockets do. */
export async function connectThrough(
  proxy: URL,
  destination: Destination,
  signal: AbortSignal,
): Promise<Socket> {
  const authority = formatAuthority(destination);
  const credentials = [proxy.username, proxy.password].map(decodeURIComponent).join(':');
  const isTls = proxy.protocol === 'https:';
  const asking = (isTls ? requestHttps : requestHttp)({
    method: 'CONNECT',
    host: proxy.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: proxy.port || (isTls ? 443 : 80),
    path: authority,
    headers: {
      host: authority,
      ...(proxy.username === ''
        ? {}
        : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }),
    },
    agent: false,
    maxHeaderSize: limits.network.headerBytes,
    signal,
  }).end();
  const [answer, socket, head] = (await once(asking, 'connect', { signal })) as [
    { statusCode: number },
    Socket,
    Buffer,
  ];
  socket.on('error', () => {});
  if (answer.statusCode !== 200) {
    socket.destroy();
    throw Object.assign(new Error('The upstream proxy refused.'), { code: `UPSTREAM_${answer.statusCode}` });
  }
  if (head.length > 0) socket.unshift(head);
  return socket;
}

function isExempt({ host, port }: Destination, list: string): boolean {
  if (
    host.text === 'localhost' ||
    host.text === '::1' ||
    (isIP(host.text) === 4 && host.text.startsWith('127.'))
  )
    return true;
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true;
    const text = entry.replace(/^(\*?\.)/, '');
    const exempt = parseAuthority(text, port) ?? { host: parseHost(text), port };
    if (exempt.host?.kind !== host.kind || exempt.port !== port) return false;
    const { text: name } = exempt.host;
    return host.text === name || (host.kind === 'name' && host.text.endsWith(`.${name}`));
  });
}
