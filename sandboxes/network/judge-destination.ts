import type { BlockList } from 'node:net';
import { SandboxFault } from '../fault.ts';
import { judgeAddress } from './judge-address.ts';
import { type Destination, type Host, parseHost } from './parse-host.ts';

/** Hosts that a sandbox may reach through its proxy; none other. */
export interface NetworkPolicy {
  allow: readonly AllowedHost[];
}

export interface AllowedHost {
  /** A name, `*.example.org` for all names below one but not itself, or an address: that very one. */
  host: string;
  /** 443 where none are named. Port 80 carries plain HTTP, 443 TLS, any other one either. */
  ports?: readonly number[];
  /** Its name may lead to this machine or its network: a gateway on the loopback, a mirror inside a company. */
  private?: boolean;
}

interface Rule {
  host: Host;
  below: boolean;
  ports: readonly number[];
  private: boolean;
}

/** A policy that was read; `judgeDestination` asks it. */
export type Rules = readonly Rule[];

export type RefusalReason =
  /** Not an address or name and port, or not as HTTP has it. */
  | 'malformed'
  | 'not-listed'
  | 'port-not-listed'
  /** An address where only names are listed. */
  | 'address-not-listed'
  /** The name leads to this machine, its network or nowhere that a name may lead. */
  | 'private-address'
  /** The bytes are not TLS where they must be. */
  | 'not-tls'
  /** TLS for another name than was asked for, for none, or for one that is encrypted. */
  | 'other-server-name'
  /** There is no name service; the proxy resolves names. */
  | 'no-dns'
  /** More connections at once than one sandbox may have. */
  | 'too-many';

/** SandboxFault `bad-network-policy`. */
export function readPolicy(policy: NetworkPolicy): Rules {
  return policy.allow.map((allowed) => {
    const below = allowed.host.startsWith('*.');
    const host = parseHost(below ? allowed.host.slice(2) : allowed.host);
    const ports = allowed.ports ?? [443];
    if (host === undefined) throw badPolicy(allowed, 'is neither a name nor an address');
    if (below && (host.kind === 'address' || !host.text.includes('.')))
      throw badPolicy(allowed, 'opens more than the names of one owner');
    if (ports.length === 0 || ports.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535))
      throw badPolicy(allowed, 'has no port, or one that is not between 1 and 65535');
    return { host, below, ports, private: allowed.private ?? false };
  });
}

/** `allowed` tells whether the name may lead to private addresses. */
export function judgeDestination(
  rules: Rules,
  { host, port }: Destination,
): { allowed: true; private: boolean } | { allowed: false; reason: RefusalReason } {
  const ofHost = rules.filter((rule) => matches(rule, host));
  if (ofHost.length === 0)
    return { allowed: false, reason: host.kind === 'address' ? 'address-not-listed' : 'not-listed' };
  const ofPort = ofHost.filter(({ ports }) => ports.includes(port));
  if (ofPort.length === 0) return { allowed: false, reason: 'port-not-listed' };
  return { allowed: true, private: ofPort.some((rule) => rule.private) };
}

/**
 * Whether all that a name resolved to may be reached. One that may not refuses them all: a name that leads out and in
 * at once is how rebinding is tried.
 */
export function judgeAnswers(addresses: readonly string[], mayBePrivate: boolean, own: BlockList): boolean {
  return (
    addresses.length > 0 &&
    addresses.every((address) => {
      const range = judgeAddress(address, own);
      return range === 'public' || (range === 'private' && mayBePrivate);
    })
  );
}

function matches(rule: Rule, host: Host): boolean {
  if (rule.host.kind !== host.kind) return false;
  return rule.below ? host.text.endsWith(`.${rule.host.text}`) : host.text === rule.host.text;
}

function badPolicy(allowed: AllowedHost, why: string): SandboxFault {
  return new SandboxFault('bad-network-policy', `The allowed host ${JSON.stringify(allowed)} ${why}.`, {
    hint: 'Name hosts as `registry.example.org`, `*.example.org` or `192.0.2.7`, each with the ports that are used.',
  });
}
