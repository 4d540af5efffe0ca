import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { Sandbox } from '../containers/sandbox.ts';
import { limits } from '../limits.ts';
import { Dialler, type Lookup, lookupBySystem } from './dial.ts';
import { listOwnAddresses } from './judge-address.ts';
import { type NetworkPolicy, readPolicy } from './judge-destination.ts';
import { type NetworkEvent, NetworkLog } from './network-log.ts';
import { PipedProxy, type SandboxProxy } from './piped-proxy.ts';
import { openSocketPair } from './socket-pair.ts';
import { chooseUpstream, type HostEnvironment } from './upstream-proxy.ts';

export interface OpenProxyOptions {
  onEvent?: (event: NetworkEvent) => void;
  signal?: AbortSignal;
  /** Addresses of a name; by default what this machine's resolver says. */
  lookup?: Lookup;
  /** Where this machine's own proxy is named; by default its environment. */
  env?: HostEnvironment;
}

const forwarder = readFileSync(new URL('./forwarder.mjs', import.meta.url), 'utf8');

/**
 * Lets a sandbox reach the hosts of a policy, though it has no network: a process inside carries connections over its
 * stdin and stdout to a proxy in this process, which decides. SandboxFault: `bad-network-policy`, `bad-upstream-proxy`,
 * `no-proxy` where it does not start (an image without Node), `sandbox-died`.
 */
export async function openProxy(
  sandbox: Sandbox,
  policy: NetworkPolicy,
  options: OpenProxyOptions = {},
): Promise<SandboxProxy> {
  options.signal?.throwIfAborted();
  const rules = readPolicy(policy);
  const env = options.env ?? process.env;
  chooseUpstream({ host: { kind: 'name', text: 'example.org' }, port: 443 }, 'https', env);
  const own = listOwnAddresses(networkInterfaces());
  const dialler = new Dialler({ rules, lookup: options.lookup ?? lookupBySystem, own, env });
  const { port, downWindowBytes, frameBytes, nameLength } = limits.network;
  const argument = JSON.stringify({ port, downWindowBytes, frameBytes, nameLength });
  const pair = await openSocketPair();
  const pipe = await sandbox.pipe(['node', '--input-type=module', '-e', forwarder, argument], {
    // What an image sets for its own programs could keep this one from starting.
    env: { NODE_OPTIONS: '', NODE_EXTRA_CA_CERTS: '' },
  });
  const proxy = new PipedProxy(pipe, pair, dialler, new NetworkLog(options.onEvent ?? (() => {})));
  const onAbort = () => void proxy[Symbol.asyncDispose]();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  void proxy.ended.then(() => options.signal?.removeEventListener('abort', onAbort));
  if (options.signal?.aborted) onAbort();
  try {
    await proxy.listening();
    return proxy;
  } catch (error) {
    await proxy[Symbol.asyncDispose]();
    options.signal?.throwIfAborted();
    throw error;
  }
}
