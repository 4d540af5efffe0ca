import { readFileSync } from 'node:fs';
import type { Agent } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import type { Endpoint } from './endpoint.ts';
import { SshAgent } from './ssh-agent.ts';

/** Paths of PEM files: the authority that the engine's certificate is checked by, and this client's own. */
export interface TlsFiles {
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
}

export interface DialOptions {
  /** By default what is there of ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH, or in ~/.docker. */
  tls?: TlsFiles | undefined;
  /** For ssh; by default what its agent and its configuration have. */
  sshKeyFile?: string | undefined;
  env: NodeJS.ProcessEnv;
}

/** A client of the engine there; nothing is asked of it yet. SandboxFault `no-certificate`. */
export function dialEngine(endpoint: Endpoint, options: DialOptions): Docker {
  const docker = new Docker({ ...unset, ...connectionTo(endpoint, options) });
  boundRequests(docker.modem as unknown as Modem);
  return docker;
}

/** What docker-modem would else take from DOCKER_HOST and its like, whatever it is told besides. */
const unset = {
  host: undefined,
  socketPath: undefined,
  port: undefined,
  username: undefined,
  pathPrefix: undefined,
  ca: undefined,
  cert: undefined,
  key: undefined,
};

/** dockerode's types leave out that it takes an agent, which its code does. */
type Connection = Docker.DockerOptions & { agent?: Agent };

function connectionTo(endpoint: Endpoint, options: DialOptions): Connection {
  if (endpoint.kind === 'unix') return { socketPath: endpoint.path };
  const { kind, host, port } = endpoint;
  if (kind === 'tcp') return { protocol: 'http', host, port };
  if (kind === 'tls') return { protocol: 'https', host, port, ...readTlsFiles(options) };
  return { protocol: 'http', host, agent: new SshAgent(endpoint, options.sshKeyFile, options.env) };
}

function readTlsFiles({ tls, env }: DialOptions): { ca?: string; cert?: string; key?: string } {
  const folder = env['DOCKER_CERT_PATH'] || join(homedir(), '.docker');
  const files = tls ?? {
    ca: join(folder, 'ca.pem'),
    cert: join(folder, 'cert.pem'),
    key: join(folder, 'key.pem'),
  };
  const read: { ca?: string; cert?: string; key?: string } = {};
  for (const part of ['ca', 'cert', 'key'] as const) {
    const path = files[part];
    if (path === undefined) continue;
    try {
      read[part] = readFileSync(path, 'utf8');
    } catch (cause) {
      // As with docker's own program: without an authority the system's decide, and some engines ask for no client's.
      if (tls === undefined && isMissing(cause)) continue;
      throw new SandboxFault(
        'no-certificate',
        `The ${part} of the Docker Engine's TLS cannot be read: ${path}.`,
        {
          hint: 'Name files that exist and that you may read, or a folder with ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH.',
          cause,
        },
      );
    }
  }
  return read;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

interface Modem {
  dial(request: Request, callback: (error: Error | null, answer: unknown) => void): void;
}

interface Request {
  isStream?: boolean;
  hijack?: boolean;
  abortSignal?: AbortSignal;
}

/**
 * Every question whose answer is no stream is answered within a limit: an engine that hangs, or dies in the middle of one
 * (which docker-modem does not notice), is an ETIMEDOUT.
 */
function boundRequests(modem: Modem): void {
  const dial = modem.dial.bind(modem);
  modem.dial = (request, callback) => {
    if (request.isStream && !request.hijack) return dial(request, callback);
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), limits.engine.requestMs);
    timer.unref();
    const { abortSignal } = request;
    const signal = abortSignal === undefined ? limit.signal : AbortSignal.any([abortSignal, limit.signal]);
    dial({ ...request, abortSignal: signal }, (error, answer) => {
      clearTimeout(timer);
      callback(error !== null && limit.signal.aborted ? timedOut(error) : error, answer);
    });
  };
}

function timedOut(cause: Error): Error {
  const message = `it did not answer within ${limits.engine.requestMs / 1000} s`;
  return Object.assign(new Error(message, { cause }), { code: 'ETIMEDOUT' });
}
