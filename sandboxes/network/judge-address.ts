import { BlockList, isIPv4 } from 'node:net';
import { formatIPv4, parseHost } from './parse-host.ts';

/**
 * Who is reached by an address: `public` anyone's machine on the internet; `private` this machine, its network, or
 * what is reserved for documentation and tests; `never` what no name may lead to: cloud metadata and all else that is
 * link-local, groups of machines, no machine at all.
 */
export type AddressRange = 'public' | 'private' | 'never';

const never = listOf('ipv4', [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  // Azure's wire server: metadata on an address that looks public.
  ['168.63.129.16', 32],
  ['192.88.99.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]);

const privateIPv4 = listOf('ipv4', [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
]);

const privateIPv6 = listOf('ipv6', [
  ['::1', 128],
  ['fc00::', 7],
  ['2001:db8::', 32],
  ['3fff::', 20],
]);

/** Of what is handed out; any other IPv6 address is private or never. 2001::/23 is the IETF's own, Teredo in it. */
const globalIPv6 = listOf('ipv6', [['2000::', 3]]);
const reservedIPv6 = listOf('ipv6', [['2001::', 23]]);
const nat64 = listOf('ipv6', [['64:ff9b::', 96]]);
const metadataIPv6 = listOf('ipv6', [['fd00:ec2::254', 128]]);

/** `own` are addresses of this machine: its services are private also where its address is public. */
export function judgeAddress(text: string, own: BlockList = new BlockList()): AddressRange {
  const address = parseHost(text);
  if (address?.kind !== 'address') return 'never';
  const family = isIPv4(address.text) ? 'ipv4' : 'ipv6';
  const range = family === 'ipv4' ? judgeIPv4(address.text) : judgeIPv6(address.text, own);
  return range === 'public' && own.check(address.text, family) ? 'private' : range;
}

/** Addresses of this machine's interfaces, as `os.networkInterfaces` gives them. */
export function listOwnAddresses(
  interfaces: Record<string, { address: string; family: string }[] | undefined>,
): BlockList {
  const own = new BlockList();
  for (const { address, family } of Object.values(interfaces).flatMap((one) => one ?? []))
    own.addAddress(address, family === 'IPv6' ? 'ipv6' : 'ipv4');
  return own;
}

function judgeIPv4(address: string): AddressRange {
  if (never.check(address)) return 'never';
  return privateIPv4.check(address) ? 'private' : 'public';
}

function judgeIPv6(address: string, own: BlockList): AddressRange {
  if (metadataIPv6.check(address, 'ipv6')) return 'never';
  if (privateIPv6.check(address, 'ipv6')) return 'private';
  const groups = groupsOf(address);
  // Gateways that turn these into the IPv4 address inside would reach whatever that one reaches.
  if (nat64.check(address, 'ipv6')) return judgeInner(groups[6], groups[7], own);
  if (groups[0] === 0x2002) return judgeInner(groups[1], groups[2], own);
  if (!globalIPv6.check(address, 'ipv6') || reservedIPv6.check(address, 'ipv6')) return 'never';
  return 'public';
}

function judgeInner(high = 0, low = 0, own: BlockList): AddressRange {
  return judgeAddress(formatIPv4(high, low), own);
}

/** The eight groups of an address in its shortest form. */
function groupsOf(address: string): number[] {
  const [before = '', after] = address.split('::');
  const parse = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  if (after === undefined) return parse(before);
  const [head, tail] = [parse(before), parse(after)];
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function listOf(family: 'ipv4' | 'ipv6', subnets: [address: string, prefix: number][]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of subnets) list.addSubnet(address, prefix, family);
  return list;
}
