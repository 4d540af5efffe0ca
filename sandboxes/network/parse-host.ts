import { isIPv4 } from 'node:net';
import { domainToASCII } from 'node:url';

/** A host in its one spelling: a name in lower-case ASCII without a last dot, or an address in its shortest form. */
export interface Host {
  kind: 'name' | 'address';
  text: string;
}

export interface Destination {
  host: Host;
  port: number;
}

const MAX_NAME_LENGTH = 253;
// The underscore is no letter of a host's name by the standard, yet names with one are in use.
const NAME = /^(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*$/;

/**
 * Undefined where it is neither a name nor an address. IDN comes out as punycode; every way to write an address that
 * a resolver takes (`127.1`, `0x7f.1`, `2130706433`, `::ffff:7f00:1`) as that address. Zone ids are refused.
 */
export function parseHost(text: string): Host | undefined {
  // What the URL parser would cut off, unescape or skip must not get that far. An escape is no part of a name.
  if (text.length === 0 || text.length > 4 * MAX_NAME_LENGTH || /[\s\p{Cc}/\\?#@%<>^|]/u.test(text))
    return undefined;
  if (text.includes(':')) return parseIPv6(text.replace(/^\[(.*)\]$/s, '$1'));
  const ascii = domainToASCII(text).replace(/\.$/, '');
  if (isIPv4(ascii)) return { kind: 'address', text: ascii };
  return ascii.length <= MAX_NAME_LENGTH && NAME.test(ascii) ? { kind: 'name', text: ascii } : undefined;
}

/** `host:port`, as CONNECT has it and a URL between `//` and its path; user names and passwords are refused. */
export function parseAuthority(text: string, defaultPort?: number): Destination | undefined {
  const [, hostText, portText] = /^(\[[^[\]]*\]|[^:[\]]*)(?::([0-9]{1,5}))?$/.exec(text) ?? [];
  const port = portText === undefined ? defaultPort : Number(portText);
  if (hostText === undefined || port === undefined || port < 1 || port > 65_535) return undefined;
  const host = parseHost(hostText);
  return host && { host, port };
}

/** For a URL or a `Host` header. */
export function formatAuthority({ host, port }: Destination, defaultPort?: number): string {
  const text = host.text.includes(':') ? `[${host.text}]` : host.text;
  return port === defaultPort ? text : `${text}:${port}`;
}

function parseIPv6(text: string): Host | undefined {
  if (!URL.canParse(`http://[${text}]/`)) return undefined;
  const address = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(address) ?? [];
  if (high === undefined || low === undefined) return { kind: 'address', text: address };
  return { kind: 'address', text: formatIPv4(Number.parseInt(high, 16), Number.parseInt(low, 16)) };
}

/** From its two halves of 16 bits. */
export function formatIPv4(high: number, low: number): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}
