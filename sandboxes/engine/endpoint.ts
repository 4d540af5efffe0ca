import { SandboxFault } from '../fault.ts';

/** Where an engine is reached. Ports and hosts are checked; `user` and `host` never begin with a dash. */
export type Endpoint =
  | { kind: 'unix'; path: string }
  | { kind: 'tcp'; host: string; port: number }
  | { kind: 'tls'; host: string; port: number }
  | { kind: 'ssh'; host: string; port: number | undefined; user: string | undefined };

const forms =
  'It is unix:///path/to/docker.sock, tcp://host:port (with TLS where DOCKER_TLS_VERIFY is set or the port is 2376), https://host:port, or ssh://user@host:port.';

const address = /^([a-z]+):\/\/(?:([^@/]*)@)?(\[[0-9a-fA-F:.]+\]|[^@/:[\]]+)(?::(\d{1,5}))?\/?$/;
const name = /^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?$/;

/**
 * What a DOCKER_HOST means; `verifyTls` is what DOCKER_TLS_VERIFY asks for, for tcp. As with docker's own program a
 * missing port is 2375, or 2376 with TLS. SandboxFault `bad-endpoint` says what is wrong with the text.
 */
export function parseEndpoint(text: string, options: { verifyTls?: boolean } = {}): Endpoint {
  if (text.includes('\0')) throw badEndpoint(text, 'it holds a zero byte');
  const path = text.startsWith('unix://') ? text.slice('unix://'.length) : text;
  if (path.startsWith('/')) return { kind: 'unix', path };
  if (text.startsWith('unix://')) throw badEndpoint(text, 'the path of a socket is absolute');
  const [, scheme, user, rawHost = '', port] =
    address.exec(text.includes('://') ? text : `tcp://${text}`) ?? [];
  if (scheme === undefined) throw badEndpoint(text, 'it is no address');
  if (!['tcp', 'http', 'https', 'ssh'].includes(scheme)) throw badEndpoint(text, `${scheme} is not spoken`);
  const host = rawHost.replace(/^\[(.*)\]$/, '$1');
  if (host === rawHost && !name.test(host)) throw badEndpoint(text, `\`${host}\` is no name of a host`);
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535))
    throw badEndpoint(text, `there is no port ${port}`);
  const number = port === undefined ? undefined : Number(port);
  if (scheme === 'ssh') {
    if (user?.includes(':'))
      throw badEndpoint(withoutSecret(text), 'a password does not belong into an address');
    if (user !== undefined && !name.test(user)) throw badEndpoint(text, `\`${user}\` is no name of a user`);
    return { kind: 'ssh', host, port: number, user };
  }
  if (user !== undefined) throw badEndpoint(withoutSecret(text), 'only ssh:// takes a user');
  const tls = scheme === 'https' || (scheme === 'tcp' && (options.verifyTls === true || number === 2376));
  return tls ? { kind: 'tls', host, port: number ?? 2376 } : { kind: 'tcp', host, port: number ?? 2375 };
}

/** The same as text, which `parseEndpoint` reads as this endpoint again. */
export function formatEndpoint(endpoint: Endpoint): string {
  if (endpoint.kind === 'unix') return `unix://${endpoint.path}`;
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host;
  if (endpoint.kind !== 'ssh')
    return `${endpoint.kind === 'tls' ? 'https' : 'http'}://${host}:${endpoint.port}`;
  const user = endpoint.user === undefined ? '' : `${endpoint.user}@`;
  return `ssh://${user}${host}${endpoint.port === undefined ? '' : `:${endpoint.port}`}`;
}

function withoutSecret(text: string): string {
  return text.replace(/:\/\/[^@]*@/, '://…@');
}

function badEndpoint(text: string, why: string): SandboxFault {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return new SandboxFault('bad-endpoint', `\`${shown}\` is not the address of a Docker Engine: ${why}.`, {
    hint: forms,
  });
}
