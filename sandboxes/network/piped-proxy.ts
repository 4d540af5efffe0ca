import { performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { SandboxPipe } from '../containers/sandbox.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import type { Dialler } from './dial.ts';
import { createFilteringProxy } from './filtering-proxy.ts';
import { escapeName, type NetworkLog, type Refusals } from './network-log.ts';
import { proxyEnvironment } from './proxy-environment.ts';

/** The way out of one sandbox, by an HTTP proxy on its loopback. Ends with the sandbox, with its signal, or disposed. */
export interface SandboxProxy extends AsyncDisposable {
  /** For commands in the sandbox: where the proxy is, by the names that programs know. */
  readonly env: Record<string, string>;
  readonly port: number;
  refusals(): Refusals;
  /** Settles when it has ended: with why, unless it was disposed. */
  readonly ended: Promise<SandboxFault | undefined>;
}

type Counted = 'requests' | 'upBytes' | 'downBytes';

/** The host's end of the pipe: takes the connections that come through it, counts, and ends them all at once. */
export class PipedProxy implements SandboxProxy {
  port = 0;
  readonly ended: Promise<SandboxFault | undefined>;
  readonly #pipe: SandboxPipe;
  readonly #dialler: Dialler;
  readonly #log: NetworkLog;
  readonly #near: Socket;
  readonly #session: ServerHttp2Session;
  readonly #server: ReturnType<typeof createFilteringProxy>;
  readonly #closed: Promise<unknown>;
  readonly #spent: Record<Counted, number> = { requests: 0, upBytes: 0, downBytes: 0 };
  #onListening: () => void = () => {};
  #settle: (fault: SandboxFault | undefined) => void = () => {};
  #isOver = false;

  /**
   * HTTP/2 runs over real sockets that the pipe is joined to: over another kind of stream Node 20 fails an assertion,
   * and with it the process, when the far side hangs up at the wrong moment.
   */
  constructor(pipe: SandboxPipe, [near, far]: [Socket, Socket], dialler: Dialler, log: NetworkLog) {
    this.#pipe = pipe;
    this.#near = near;
    this.#dialler = dialler;
    this.#log = log;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#closed = new Promise((resolve) => pipe.once('close', resolve));
    this.#server = createFilteringProxy({
      dialler,
      log,
      budget: {
        takeRequest: () => this.#spend('requests', 1),
        takeDown: (bytes) => this.#spend('downBytes', bytes),
      },
      onFault: (error) => this.#end(brokenProxy(error)),
    });
    pipe.on('error', () => {
      // `close` follows, and says why.
    });
    pipe.once('close', () => this.#end(whyClosed(pipe)));
    pipe.on('data', (bytes: Buffer) => this.#spend('upBytes', bytes.length));
    pipe.pipe(near).pipe(pipe);
    near.once('close', () => pipe.destroy());
    this.#session = performServerHandshake(far, {
      maxSessionMemory: limits.network.sessionMemoryMB,
      settings: {
        maxConcurrentStreams: limits.network.connections,
        initialWindowSize: limits.network.upWindowBytes,
        maxFrameSize: limits.network.frameBytes,
        maxHeaderListSize: limits.network.headerBytes,
      },
    });
    this.#session.on('error', (error) => this.#end(brokenPipe(error)));
    this.#session.on('stream', (stream, headers) => {
      stream.on('error', () => stream.destroy());
      this.#spend('requests', 1);
      // Later, so that a flood of streams that are reset at once costs no more than their frames.
      setImmediate(() => {
        if (this.#isOver || stream.destroyed || stream.aborted) return;
        if (headers[':method'] === 'CONNECT') this.#connect(stream);
        else this.#hear(stream, headers);
      });
    });
  }

  get env() {
    return proxyEnvironment(this.port);
  }

  refusals() {
    return this.#log.refusals();
  }

  /** Fails where it ends before. */
  async listening(): Promise<void> {
    const listening = new Promise<undefined>((resolve) => {
      this.#onListening = () => resolve(undefined);
    });
    const timer = setTimeout(
      () => this.#end(noProxy('it did not say that it listens')),
      limits.network.readyMs,
    );
    const fault = await Promise.race([listening, this.ended.then((end) => end ?? noProxy('it was ended'))]);
    clearTimeout(timer);
    if (fault !== undefined) throw fault;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end(undefined);
    await this.#closed;
  }

  #connect(stream: ServerHttp2Stream): void {
    stream.respond({ ':status': 200 });
    stream.setTimeout(limits.network.idleMs, () => stream.destroy());
    // Node 20 sends other bytes of its memory in place of a short text that is written to a stream of HTTP/2. This one
    // makes buffers of texts.
    const client = Duplex.from({ readable: stream, writable: stream });
    client.on('error', () => client.destroy());
    this.#server.emit('connection', client);
  }

  /** What the process inside tells, or whoever speaks in its place. */
  #hear(stream: ServerHttp2Stream, headers: Record<string, string | string[] | undefined>): void {
    const { 'x-listening': listening, 'x-asked': asked } = headers;
    if (typeof listening === 'string' && /^[1-9][0-9]{0,4}$/.test(listening) && this.port === 0) {
      this.port = Number(listening);
      this.#onListening();
    }
    if (typeof asked === 'string')
      this.#log.add({ kind: 'refused', protocol: 'dns', host: asked, port: 53, reason: 'no-dns' });
    stream.respond({ ':status': 204 }, { endStream: true });
    stream.resume();
  }

  #spend(what: Counted, amount: number): void {
    this.#spent[what] += amount;
    if (this.#spent[what] > limits.network[what]) this.#end(spentAll(what));
  }

  #end(fault: SandboxFault | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#settle(fault);
    this.#dialler.destroy();
    this.#session.destroy();
    this.#near.destroy();
    this.#pipe.destroy();
  }
}

function whyClosed(pipe: SandboxPipe): SandboxFault {
  if (pipe.errored instanceof SandboxFault) return pipe.errored;
  const said = escapeName(pipe.stderrTail().trim().slice(-limits.network.nameLength));
  return noProxy(`its process ended${pipe.exitCode === null ? '' : ` with ${pipe.exitCode}`}: ${said}`);
}

function noProxy(why: string): SandboxFault {
  return new SandboxFault('no-proxy', `The proxy inside the sandbox is not there: ${why}.`, {
    hint: 'The image needs `node` in its PATH, and the sandbox must leave that process alone. Open another proxy to go on.',
  });
}

function brokenPipe(cause: unknown): SandboxFault {
  return new SandboxFault('no-proxy', 'The proxy inside the sandbox said what is not HTTP/2.', {
    hint: 'Something in the sandbox wrote into its pipe. Open another proxy to go on.',
    cause,
  });
}

function brokenProxy(cause: unknown): SandboxFault {
  return new SandboxFault('proxy-broken', 'The proxy of a sandbox met what it was not made for, and ended.', {
    hint: 'This is a mistake in Whetstone, or in what it was given to call on events: the cause tells where.',
    cause,
  });
}

function spentAll(what: Counted): SandboxFault {
  return new SandboxFault('proxy-spent', `The sandbox used up its ${what}: ${limits.network[what]}.`, {
    hint: 'The limits are for the life of one proxy: see `network` in sandboxes/limits.ts.',
  });
}
