import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeAddress, listOwnAddresses } from './judge-address.ts';
import { judgeAnswers, judgeDestination, type NetworkPolicy, readPolicy } from './judge-destination.ts';
import { formatAuthority, parseAuthority, parseHost } from './parse-host.ts';

const judge = (policy: NetworkPolicy, authority: string) => {
  const destination = parseAuthority(authority, 443);
  if (destination === undefined) return 'malformed';
  const judged = judgeDestination(readPolicy(policy), destination);
  return judged.allowed ? 'allowed' : judged.reason;
};

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/);
const name = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join('.'));
const ipv4 = fc.ipV4();

describe('a host', () => {
  test('has one spelling, whatever is written', () => {
    const spellings: Record<string, string> = {
      'Registry.NPMJS.org': 'registry.npmjs.org',
      'registry.npmjs.org.': 'registry.npmjs.org',
      'exämple.org': 'xn--exmple-cua.org',
      'ｅｘａｍｐｌｅ。org': 'example.org',
      'foo_bar.example.org': 'foo_bar.example.org',
    };
    for (const [text, spelled] of Object.entries(spellings))
      expect(parseHost(text), text).toEqual({ kind: 'name', text: spelled });
  });

  test('is an address in every form that a resolver takes for one', () => {
    const loopback =
      '127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 127.0.0.1. ::ffff:127.0.0.1 [::ffff:7f00:1] [0:0:0:0:0:FFFF:7F00:0001] 127。0。0。1 １２７.0.0.1';
    for (const text of loopback.split(' '))
      expect(parseHost(text), text).toEqual({ kind: 'address', text: '127.0.0.1' });
    expect(parseHost('[FE80:0::1]')).toEqual({ kind: 'address', text: 'fe80::1' });
  });

  test('is nothing else', () => {
    const none = [
      '',
      '.',
      'a..b',
      'a b',
      'a/b',
      'a\\b',
      'a@b',
      'user:pw@a',
      'a%00b',
      'a%2eb',
      'a\r\nb',
      'a\0b',
      'a#b',
      'a?b',
      '-a.org',
      'a-.org',
      '[fe80::1%eth0]',
      'fe80::1%25lo',
      '[::1',
      '::1]',
      '[a.org]',
      '1.2.3.4.5',
      '256.1.1.1',
      'a.1',
      '*',
      '*.a.org',
      'a'.repeat(64),
      `${'a.'.repeat(130)}org`,
    ];
    for (const text of none) expect(parseHost(text), JSON.stringify(text)).toBeUndefined();
  });

  test('any text at all is parsed or refused, and what was parsed parses to itself', () => {
    const text = fc.oneof(
      fc.uint16Array().map((units) => String.fromCharCode(...units)),
      fc.ipV6(),
      ipv4,
      name,
      fc.string({ unit: fc.constantFrom(...'[]:.0127fx%@/a') }),
    );
    fc.assert(
      fc.property(text, (any) => {
        const host = parseHost(any);
        if (host !== undefined) expect(parseHost(host.text)).toEqual(host);
        const destination = parseAuthority(any);
        if (destination !== undefined)
          expect(parseAuthority(formatAuthority(destination))).toEqual(destination);
      }),
      { numRuns: 300 },
    );
  });

  test('an authority has a port and no user', () => {
    for (const text of [
      'a.org',
      'a.org:',
      'a.org:0',
      'a.org:65536',
      'a.org:443:1',
      'u@a.org:443',
      'u:p@a.org:443',
      'a.org:4a',
      'a.org: 443',
      'a.org:+443',
      '::1:443',
      ':443',
    ])
      expect(parseAuthority(text), text).toBeUndefined();
    expect(parseAuthority('[::1]:443')).toEqual({ host: { kind: 'address', text: '::1' }, port: 443 });
  });
});

describe('a policy', () => {
  const policy: NetworkPolicy = {
    allow: [
      { host: 'registry.npmjs.org' },
      { host: '*.Example.org', ports: [443, 8443] },
      { host: '192.0.2.7' },
    ],
  };

  test('allows what it names, and nothing beside it', () => {
    const verdicts: Record<string, string> = {
      'registry.npmjs.org:443': 'allowed',
      'REGISTRY.npmjs.org.:443': 'allowed',
      'registry.npmjs.org:80': 'port-not-listed',
      'npmjs.org:443': 'not-listed',
      'a.registry.npmjs.org:443': 'not-listed',
      'registry.npmjs.org.evil.net:443': 'not-listed',
      'a.example.org:443': 'allowed',
      'a.b.example.org:8443': 'allowed',
      'example.org:443': 'not-listed',
      'evilexample.org:443': 'not-listed',
      '192.0.2.7:443': 'allowed',
      '3221225991:443': 'allowed',
      '192.0.2.8:443': 'address-not-listed',
      '[::ffff:192.0.2.8]:443': 'address-not-listed',
      '127.1:443': 'address-not-listed',
      'localhost:443': 'not-listed',
    };
    for (const [authority, verdict] of Object.entries(verdicts))
      expect(judge(policy, authority), authority).toBe(verdict);
  });

  test('allows a name in any case, and no other name', () => {
    fc.assert(
      fc.property(name, name, fc.array(fc.boolean()), (listed, other, upper) => {
        const written = [...listed].map((char, at) => (upper[at] ? char.toUpperCase() : char)).join('');
        expect(judge({ allow: [{ host: listed }] }, `${written}:443`)).toBe('allowed');
        if (other !== listed) expect(judge({ allow: [{ host: listed }] }, `${other}:443`)).toBe('not-listed');
        expect(judge({ allow: [{ host: `*.${listed}` }] }, `${other}.${listed}:443`)).toBe('allowed');
        // Not `x`, which before `n--` would be the sign of an encoded name.
        expect(judge({ allow: [{ host: `*.${listed}` }] }, `y${listed}:443`)).toBe('not-listed');
      }),
    );
  });

  test('that lists names alone allows no address', () => {
    const address = fc.oneof(
      ipv4,
      fc.ipV6().map((text) => `[${text}]`),
      fc.nat(2 ** 32 - 1).map(String),
    );
    fc.assert(
      fc.property(address, name, (text, listed) => {
        expect(judge({ allow: [{ host: listed }, { host: `*.${listed}` }] }, `${text}:443`)).toBe(
          'address-not-listed',
        );
      }),
    );
  });

  test('that opens too much, or makes no sense, is a fault', () => {
    for (const allowed of [
      { host: '*' },
      { host: '*.org' },
      { host: '*.127.0.0.1' },
      { host: 'a b' },
      { host: 'https://a.org' },
      { host: 'a.org:443' },
      { host: 'a.*.org' },
      { host: 'a.org', ports: [] },
      { host: 'a.org', ports: [0] },
      { host: 'a.org', ports: [1.5] },
    ])
      expect(() => readPolicy({ allow: [allowed] }), JSON.stringify(allowed)).toThrow(
        expect.objectContaining({ name: 'SandboxFault', code: 'bad-network-policy' }),
      );
  });
});

describe('an address', () => {
  test('is public, private, or what no name may lead to', () => {
    const ranges = {
      public:
        '1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.0 172.15.0.1 172.32.0.1 192.0.1.1 223.255.255.255 2606:4700::1111 2a00:1450::1 64:ff9b::808:808 2002:808:808::1',
      private:
        '10.1.2.3 127.0.0.1 127.255.255.254 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 100.127.255.255 198.18.0.1 192.0.2.1 203.0.113.80 ::1 fc00::1 fdff::1 ::ffff:10.0.0.1 64:ff9b::a00:1 64:ff9b::127.0.0.1 2002:7f00:1:: 2002:c0a8:101::5 2001:db8::1 3fff::1',
      never:
        '0.0.0.0 0.1.2.3 169.254.169.254 169.254.0.1 168.63.129.16 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 :: ::2 ::127.0.0.1 fe80::1 febf::1 fec0::1 ff02::1 fd00:ec2::254 ::ffff:169.254.169.254 64:ff9b::169.254.169.254 2002:a9fe:a9fe:: 64:ff9b:1::1 2001::1 2001:10::1 100::1 5f00::1 4000::1 not-an-address',
    };
    for (const [range, addresses] of Object.entries(ranges))
      for (const address of addresses.split(' ')) expect(judgeAddress(address), address).toBe(range);
  });

  test('is judged alike in each form that holds an IPv4 address', () => {
    fc.assert(
      fc.property(ipv4, (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
        const [high, low] = [(a << 8) | b, (c << 8) | d].map((half) => half.toString(16));
        const range = judgeAddress(address);
        for (const form of [`::ffff:${address}`, `64:ff9b::${address}`, `2002:${high}:${low}::1`])
          expect(judgeAddress(form), form).toBe(range);
      }),
    );
  });

  test('of this machine is private even where it looks public', () => {
    const own = listOwnAddresses({
      eth0: [
        { address: '8.8.4.4', family: 'IPv4' },
        { address: '2606::1', family: 'IPv6' },
      ],
    });
    for (const address of ['8.8.4.4', '::ffff:8.8.4.4', '64:ff9b::8.8.4.4', '2606::1'])
      expect(judgeAddress(address, own), address).toBe('private');
    expect(judgeAddress('8.8.8.8', own)).toBe('public');
  });

  test('that may not be reached refuses all answers of its name', () => {
    const none = new BlockList();
    expect(judgeAnswers(['8.8.8.8', '1.1.1.1'], false, none)).toBe(true);
    expect(judgeAnswers(['8.8.8.8', '10.0.0.1'], false, none)).toBe(false);
    expect(judgeAnswers(['8.8.8.8', '10.0.0.1'], true, none)).toBe(true);
    expect(judgeAnswers(['10.0.0.1', '169.254.169.254'], true, none)).toBe(false);
    expect(judgeAnswers([], true, none)).toBe(false);
  });
});
