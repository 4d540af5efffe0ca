import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SandboxFault } from '../fault.ts';
import { type Endpoint, formatEndpoint, parseEndpoint } from './endpoint.ts';

const host = fc.oneof(
  fc.domain(),
  fc.ipV4(),
  fc.ipV6().filter((ip) => !ip.includes('%')),
);
const port = fc.integer({ min: 1, max: 65_535 });
const user = fc.option(fc.stringMatching(/^[a-z_]([a-z0-9._-]{0,8}[a-z0-9_])?$/), { nil: undefined });
const endpoints: fc.Arbitrary<Endpoint> = fc.oneof(
  fc.record({
    kind: fc.constant('unix' as const),
    path: fc.string().map((rest) => `/${rest.replaceAll('\0', '')}`),
  }),
  fc.record({ kind: fc.constantFrom('tcp' as const, 'tls' as const), host, port }),
  fc.record({ kind: fc.constant('ssh' as const), host, port: fc.option(port, { nil: undefined }), user }),
);

describe('an endpoint', () => {
  test('is the same after it was written and read', () => {
    fc.assert(
      fc.property(endpoints, (endpoint) => {
        expect(parseEndpoint(formatEndpoint(endpoint))).toEqual(endpoint);
      }),
    );
  });

  test('of any text is an endpoint that a program can be given, or one clear fault', () => {
    const text = fc.oneof(
      fc.string(),
      fc
        .tuple(fc.constantFrom('ssh://', 'tcp://', 'https://', 'unix://', ''), fc.string())
        .map((parts) => parts.join('')),
      fc
        .tuple(fc.constantFrom('ssh://-', 'ssh://a@-', 'ssh://-o@'), fc.string())
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (said) => {
        let endpoint: Endpoint;
        try {
          endpoint = parseEndpoint(said);
        } catch (error) {
          expect(error).toBeInstanceOf(SandboxFault);
          expect(error).toMatchObject({ code: 'bad-endpoint', hint: expect.stringContaining('unix:///') });
          return;
        }
        if (endpoint.kind === 'unix') expect(endpoint.path).toMatch(/^\//);
        // Nothing of it can be taken for an option, another word, or a part of another address.
        else expect(endpoint.host).toMatch(/^[A-Za-z0-9_:][A-Za-z0-9._:-]*$/);
        if (endpoint.kind === 'ssh') expect(endpoint.user ?? 'none').toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['unix:///var/run/docker.sock', { kind: 'unix', path: '/var/run/docker.sock' }],
    ['/run/user/1000/docker.sock', { kind: 'unix', path: '/run/user/1000/docker.sock' }],
    ['tcp://10.0.0.1', { kind: 'tcp', host: '10.0.0.1', port: 2375 }],
    ['build-box:4243', { kind: 'tcp', host: 'build-box', port: 4243 }],
    ['tcp://build-box:2376', { kind: 'tls', host: 'build-box', port: 2376 }],
    ['https://build-box', { kind: 'tls', host: 'build-box', port: 2376 }],
    ['tcp://[::1]:2375/', { kind: 'tcp', host: '::1', port: 2375 }],
    ['ssh://me@build-box:2222', { kind: 'ssh', host: 'build-box', port: 2222, user: 'me' }],
    ['ssh://build-box', { kind: 'ssh', host: 'build-box', port: undefined, user: undefined }],
  ])('%s', (text, endpoint) => {
    expect(parseEndpoint(text)).toEqual(endpoint);
  });

  test('by tcp is one with TLS where verification is asked for', () => {
    expect(parseEndpoint('tcp://box', { verifyTls: true })).toEqual({ kind: 'tls', host: 'box', port: 2376 });
    expect(parseEndpoint('http://box', { verifyTls: true })).toEqual({
      kind: 'tcp',
      host: 'box',
      port: 2375,
    });
    expect(parseEndpoint('ssh://box', { verifyTls: true })).toMatchObject({ kind: 'ssh' });
  });

  test.each([
    ['ssh://-oProxyCommand=sh', 'no name of a host'],
    ['ssh://-l@box', 'no name of a user'],
    ['ssh://me:secret@box', 'a password does not belong'],
    ['tcp://me@box', 'only ssh://'],
    ['tcp://box:0', 'no port 0'],
    ['tcp://box:65536', 'no port 65536'],
    ['npipe:////./pipe/docker', 'no address'],
    ['ftp://box', 'ftp is not spoken'],
    ['unix://docker.sock', 'absolute'],
    ['', 'no address'],
    ['nonsense://[', 'no address'],
    ['tcp://box/prefix', 'no address'],
  ])('%s is refused', (text, why) => {
    expect(() => parseEndpoint(text)).toThrow(why);
    expect(() => parseEndpoint(text)).not.toThrow('secret');
  });
});
