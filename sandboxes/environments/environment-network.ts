import type { Sandbox } from '../containers/sandbox.ts';
import { limits } from '../limits.ts';
import type { NetworkPolicy } from '../network/judge-destination.ts';
import { type OpenProxyOptions, openProxy } from '../network/open-proxy.ts';
import type { SandboxProxy } from '../network/piped-proxy.ts';

/** Hosts that an environment may reach, and who is told of what it tried. */
export interface EnvironmentNetwork extends NetworkPolicy, Omit<OpenProxyOptions, 'signal'> {}

/**
 * The way out of an environment. Its end inside is a process like the agent's own, which a broad `pkill` takes with it: then it is opened
 * again before the next command, a few times, as each has a budget of its own. One whose budget is spent stays closed.
 */
export class NetworkAccess {
  readonly #sandbox: Sandbox;
  readonly #network: EnvironmentNetwork;
  #proxy: Promise<SandboxProxy>;
  #reopens = 0;

  private constructor(sandbox: Sandbox, network: EnvironmentNetwork) {
    this.#sandbox = sandbox;
    this.#network = network;
    this.#proxy = this.#open();
  }

  /** SandboxFault: those of `openProxy`. */
  static async open(sandbox: Sandbox, network: EnvironmentNetwork): Promise<NetworkAccess> {
    const access = new NetworkAccess(sandbox, network);
    await access.#proxy;
    return access;
  }

  /** The variables by which commands find the proxy. */
  async env(): Promise<Record<string, string>> {
    return (await this.#proxy).env;
  }

  #open(): Promise<SandboxProxy> {
    const { allow, ...options } = this.#network;
    const opening = openProxy(this.#sandbox, { allow }, options);
    opening.then(
      async (proxy) => {
        const fault = await proxy.ended;
        if (fault === undefined || fault.code === 'proxy-spent' || fault.code === 'sandbox-died') return;
        if (this.#reopens++ < limits.environment.networkReopens) this.#proxy = this.#open();
      },
      () => {
        // Whoever needs the network is told by `env`.
      },
    );
    return opening;
  }
}
