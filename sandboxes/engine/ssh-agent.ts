import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { Agent, type ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex, type Readable, type Writable } from 'node:stream';
import { limits } from '../limits.ts';
import type { Endpoint } from './endpoint.ts';

export type SshEndpoint = Extract<Endpoint, { kind: 'ssh' }>;

/**
 * HTTP connections to an engine behind ssh, as docker's own program makes them: `ssh host docker system dial-stdio`.
 * By the system's ssh, so that its configuration, its agent and above all its known hosts hold: what docker-modem
 * brings along asks for no host's key, and logs in anew for every request.
 */
export class SshAgent extends Agent {
  readonly #endpoint: SshEndpoint;
  readonly #keyFile: string | undefined;

  readonly #env: NodeJS.ProcessEnv;
  readonly #idle = new WeakMap<Duplex, NodeJS.Timeout>();

  constructor(endpoint: SshEndpoint, keyFile: string | undefined, env: NodeJS.ProcessEnv) {
    super({ keepAlive: true });
    this.#endpoint = endpoint;
    this.#keyFile = keyFile;
    this.#env = env;
  }

  /** One that nobody uses for a while ends: an engine has no end of its own. */
  override keepSocketAlive(socket: Duplex): void {
    const idle = setTimeout(() => socket.destroy(), limits.ssh.idleMs).unref();
    this.#idle.set(socket, idle);
    super.keepSocketAlive(socket);
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    clearTimeout(this.#idle.get(socket));
    super.reuseSocket(socket, request);
  }

  override createConnection(): Duplex {
    return new SshSocket(sshArguments(this.#endpoint, this.#keyFile), this.#env);
  }
}

export function sshArguments({ host, port, user }: SshEndpoint, keyFile: string | undefined): string[] {
  const seconds = (ms: number) => String(Math.ceil(ms / 1000));
  return [
    '-T',
    '-o',
    'BatchMode=yes',
    '-o',
    `ConnectTimeout=${seconds(limits.engine.answerMs)}`,
    '-o',
    `ServerAliveInterval=${seconds(limits.ssh.aliveMs)}`,
    ...(keyFile === undefined ? [] : ['-o', 'IdentitiesOnly=yes', '-i', keyFile]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '--',
    host,
    'docker system dial-stdio',
  ];
}

/** One ssh as a socket, with what Node's HTTP asks of one. Its failure carries what ssh said. */
class SshSocket extends Duplex {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #said = '';

  constructor(args: readonly string[], env: NodeJS.ProcessEnv) {
    super();
    // In a session of its own: a Ctrl-C is for us, who still have to take containers back through it.
    this.#child = spawn('ssh', args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true, env });
    const { stdin, stdout, stderr } = this.#child;
    stderr.on('data', (bytes: Buffer) => {
      this.#said = (this.#said + bytes.toString('utf8')).slice(-limits.ssh.saidChars);
    });
    stdout.on('data', (bytes: Buffer) => {
      if (!this.push(bytes)) stdout.pause();
    });
    stdin.on('error', () => {
      // It ended: its exit says why.
    });
    this.#child.on('error', (error) => this.destroy(new Error(`ssh cannot be run: ${error.message}`)));
    this.#child.on('close', (exitCode) => {
      if (exitCode === 0 || this.destroyed) this.push(null);
      else this.destroy(lost(`ssh ended with ${exitCode}: ${this.#said.trim()}`));
    });
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#child.stdin.write(chunk, (error) => callback(error ? lost(error.message) : null));
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#child.stdin.end(() => callback());
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#child.kill();
    callback(error);
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  ref(): this {
    for (const part of this.#parts) part.ref();
    return this;
  }

  unref(): this {
    for (const part of this.#parts) part.unref();
    return this;
  }

  get #parts(): { ref(): void; unref(): void }[] {
    const { stdin, stdout, stderr } = this.#child;
    // The pipes of a child are sockets, which its types do not know.
    return [this.#child, ...([stdin, stdout, stderr] as unknown as Socket[])];
  }
}

function lost(message: string): Error {
  return Object.assign(new Error(message), { code: 'ECONNRESET' });
}
