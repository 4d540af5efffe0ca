import { lookup as lookupName } from 'node:dns/promises';
import { once, setMaxListeners } from 'node:events';
import { type BlockList, connect, type Socket } from 'node:net';
import { limits } from '../limits.ts';
import { judgeAnswers, judgeDestination, type RefusalReason, type Rules } from './judge-destination.ts';
import { type Destination, type Host, parseHost } from './parse-host.ts';
import { chooseUpstream, connectThrough, type HostEnvironment } from './upstream-proxy.ts';

/** All addresses of a name; rejects where it has none. */
export type Lookup = (name: string) => Promise<readonly string[]>;

export type Dialled =
  | { outcome: 'connected'; socket: Socket }
  | { outcome: 'refused'; reason: RefusalReason }
  | { outcome: 'failed'; code: string };

export interface DialOptions {
  rules: Rules;
  lookup: Lookup;
  /** Addresses of this machine. */
  own: BlockList;
  env: HostEnvironment;
}

/** Connections of one sandbox to where its rules let it; destroying it ends them all. */
export class Dialler {
  readonly #options: DialOptions;
  readonly #end = new AbortController();
  readonly #sockets = new Set<Socket>();
  readonly #lookups = new Map<string, Promise<readonly string[]>>();
  /** Connections that are open or being opened. */
  #open = 0;

  constructor(options: DialOptions) {
    this.#options = options;
    setMaxListeners(0, this.#end.signal);
  }

  /** A connected socket of its own, with an `error` listener; whoever is given it destroys it. */
  async dial(destination: Destination, protocol: 'http' | 'https'): Promise<Dialled> {
    const judged = judgeDestination(this.#options.rules, destination);
    if (!judged.allowed) return { outcome: 'refused', reason: judged.reason };
    if (this.#open >= limits.network.connections) return { outcome: 'refused', reason: 'too-many' };
    this.#open += 1;
    try {
      const socket = await this.#connect(destination, protocol, judged.private);
      if (socket === undefined) {
        this.#open -= 1;
        return { outcome: 'refused', reason: 'private-address' };
      }
      this.#sockets.add(socket);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        this.#open -= 1;
      });
      if (this.#end.signal.aborted) socket.destroy();
      socket.setTimeout(limits.network.idleMs, () => socket.destroy());
      return { outcome: 'connected', socket };
    } catch (error) {
      this.#open -= 1;
      return { outcome: 'failed', code: codeOf(error) };
    }
  }

  destroy(): void {
    this.#end.abort();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Undefined where the name leads to addresses that it may not. */
  async #connect(
    destination: Destination,
    protocol: 'http' | 'https',
    mayBePrivate: boolean,
  ): Promise<Socket | undefined> {
    const upstream = chooseUpstream(destination, protocol, this.#options.env);
    if (upstream !== undefined)
      return await within(limits.network.connectMs, this.#end.signal, (signal) =>
        connectThrough(upstream, destination, signal),
      );
    // Resolved once, here: what was judged is what is connected to.
    const addresses = await this.#resolve(destination.host);
    // An address that is listed itself was allowed by whoever listed it.
    const allowed =
      destination.host.kind === 'address' || judgeAnswers(addresses, mayBePrivate, this.#options.own);
    return allowed ? await this.#connectToOne(addresses, destination.port) : undefined;
  }

  async #connectToOne(addresses: readonly string[], port: number): Promise<Socket> {
    let failure: unknown;
    for (const host of addresses.slice(0, limits.network.addresses)) {
      try {
        return await within(limits.network.connectMs, this.#end.signal, (signal) =>
          connectTo(host, port, signal),
        );
      } catch (error) {
        failure = error;
        if (this.#end.signal.aborted) break;
      }
    }
    throw failure;
  }

  async #resolve(host: Host): Promise<readonly string[]> {
    if (host.kind === 'address') return [host.text];
    // The system's resolver has few threads, which all of this process shares: a name takes one of them at most.
    const running =
      this.#lookups.get(host.text) ??
      this.#options.lookup(host.text).finally(() => this.#lookups.delete(host.text));
    this.#lookups.set(host.text, running);
    const answers = await within(limits.network.lookupMs, this.#end.signal, () => running);
    // In the one spelling that is judged, so that no other is connected to.
    return answers.map((answer) => parseHost(answer)?.text ?? '');
  }
}

export const lookupBySystem: Lookup = async (name) =>
  (await lookupName(name, { all: true, verbatim: true })).map(({ address }) => address);

async function connectTo(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
  socket.on('error', () => {});
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Fails with `ETIMEDOUT` after so many milliseconds, or when the signal is aborted; tells `work` by its own. */
async function within<T>(
  ms: number,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const onAbort = () => ending.abort();
  const timer = setTimeout(onAbort, ms);
  outer.addEventListener('abort', onAbort, { once: true });
  if (outer.aborted) onAbort();
  const { signal } = ending;
  const aborted = new Promise<never>((_resolve, reject) => {
    const fail = () => reject(Object.assign(new Error('Too late.'), { code: 'ETIMEDOUT' }));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
  try {
    return await Promise.race([work(signal), aborted]);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', onAbort);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}
