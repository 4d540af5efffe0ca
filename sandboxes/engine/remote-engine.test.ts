import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { containersOf, testSandbox, until } from '../test-engine.ts';
import { type Certificates, makeCertificates } from '../testing/certificates.ts';
import { type PrivateEngine, startPrivateEngine } from '../testing/private-engine.ts';
import { importSmallImage } from '../testing/small-image.ts';
import { type SshServer, startSshServer } from '../testing/ssh-server.ts';
import { connectEngine, type Engine } from './engine.ts';

let folder: string;
let certificates: Certificates;
let own: PrivateEngine;
let id: string;
let image: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'remote-engine-test-'));
  certificates = await makeCertificates(join(folder, 'tls'));
  const { ca, server } = certificates;
  own = await startPrivateEngine({ tls: { ca, ...server } });
  const engine = await own.connect();
  id = engine.id;
  image = await importSmallImage(engine);
});
afterAll(async () => {
  await own[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** All that goes over a connection: a request, a hijacked stream with its half-close, a commit, a removal. */
async function work(engine: Engine): Promise<void> {
  expect(engine.id).toBe(id);
  const sandbox = await testSandbox(engine, image);
  const stdin = Buffer.alloc(300_000, 'x');
  const done = await sandbox.exec(['sh', '-c', 'grep -c x; echo oh >&2'], { stdin, timeoutMs: 20_000 });
  expect(done).toMatchObject({ outcome: 'completed', exitCode: 0, stdout: '1\n', stderr: 'oh\n' });
  await sandbox.writeFile('/tmp/file', stdin);
  expect((await sandbox.readFile('/tmp/file')).equals(stdin)).toBe(true);
  await sandbox[Symbol.asyncDispose]();
  expect(await containersOf(engine)).toEqual([]);
}

describe('an engine behind TLS', () => {
  const endpoint = () => `tcp://127.0.0.1:${own.tlsPort}`;
  const tls = () => ({ ca: certificates.ca, ...certificates.client });
  const silent = { env: { DOCKER_CERT_PATH: '/nowhere' } };

  test('is used with the files that are named', async () => {
    await work(await connectEngine({ endpoint: endpoint(), tls: tls(), owner: `test-${id}` }));
  });

  test('is used with the files of DOCKER_CERT_PATH, and after it started again', async () => {
    const { ca, client } = certificates;
    const certs = join(folder, 'certs');
    await execa('sh', [
      '-c',
      'mkdir "$0"; cp "$1" "$0/ca.pem"; cp "$2" "$0/cert.pem"; cp "$3" "$0/key.pem"',
      certs,
      ca,
      client.cert,
      client.key,
    ]);
    const env = { DOCKER_HOST: endpoint(), DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certs };
    const engine = await connectEngine({ env, owner: 'test-certs' });
    await work(engine);
    await own.stop();
    await own.start();
    await work(engine);
  });

  test('whose certificate is of another authority is refused', async () => {
    const other = await makeCertificates(join(folder, 'other'));
    const asked = connectEngine({ endpoint: endpoint(), tls: { ...tls(), ca: other.ca } });
    await expect(asked).rejects.toMatchObject({
      code: 'no-engine',
      hint: expect.stringContaining('not of the authority'),
    });
  });

  test('at another name than its certificate says is refused', async () => {
    const asked = connectEngine({ endpoint: `tcp://localhost:${own.tlsPort}`, tls: tls() });
    await expect(asked).rejects.toMatchObject({
      code: 'no-engine',
      hint: expect.stringContaining('another host'),
    });
  });

  test('lets nobody in whom it does not know, and says so', async () => {
    const other = await makeCertificates(join(folder, 'stranger'));
    for (const client of [{}, other.client]) {
      const asked = connectEngine({ endpoint: endpoint(), tls: { ca: certificates.ca, ...client } });
      await expect(asked).rejects.toMatchObject({
        code: 'no-engine',
        hint: expect.stringContaining('a certificate of a client'),
      });
    }
  });

  test('that is spoken to without TLS says what to set', async () => {
    const asked = connectEngine({ endpoint: endpoint(), ...silent });
    await expect(asked).rejects.toMatchObject({
      code: 'no-engine',
      hint: expect.stringContaining('DOCKER_TLS_VERIFY=1'),
    });
  });

  test('needs files that are there', async () => {
    const asked = connectEngine({ endpoint: endpoint(), tls: { ...tls(), key: '/nowhere/key.pem' } });
    await expect(asked).rejects.toMatchObject({
      code: 'no-certificate',
      message: expect.stringContaining('/nowhere/key.pem'),
    });
  });
});

test('what DOCKER_HOST says does not reach an endpoint that is named', async () => {
  const script = `
    import { connectEngine } from ${JSON.stringify(join(import.meta.dirname, 'engine.ts'))};
    console.log((await connectEngine({ endpoint: ${JSON.stringify(own.endpoint)} })).id);
  `;
  const { stdout } = await execa(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: join(import.meta.dirname, '..'),
    env: { DOCKER_HOST: 'tcp://127.0.0.1:1' },
  });
  expect(stdout).toBe(id);
});

describe('an engine behind ssh', () => {
  let server: SshServer;
  let path: string;

  beforeAll(async () => {
    server = await startSshServer(folder, own.endpoint);
    // ssh reads its known hosts in the home that the user database names: a wrapper gives it a file of the test's.
    const ssh =
      '#!/bin/sh\nexec /usr/bin/ssh -o UserKnownHostsFile="$TEST_KNOWN_HOSTS" -o GlobalKnownHostsFile=/dev/null "$@"\n';
    await execa('mkdir', [join(folder, 'bin')]);
    await writeFile(join(folder, 'bin/ssh'), ssh, { mode: 0o755 });
    path = `${join(folder, 'bin')}:${process.env['PATH']}`;
    await writeFile(join(folder, 'known'), server.knownHosts);
    await writeFile(join(folder, 'none'), '');
  }, 120_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  const options = (known: string) => ({
    endpoint: `ssh://root@127.0.0.1:${server.port}`,
    sshKeyFile: server.keyFile,
    owner: 'test-ssh',
    env: { ...process.env, PATH: path, TEST_KNOWN_HOSTS: join(folder, known) },
  });
  const processes = async () => {
    const found = await execa('pgrep', ['-f', ` -p ${server.port} -- 127.0.0.1`], { reject: false });
    return found.stdout.split('\n').filter(Boolean);
  };

  test('is used with a key, over connections that end when nobody uses them', async () => {
    await work(await connectEngine(options('known')));
    await until(async () => (await processes()).length === 0, 30_000);
  });

  test('whose host key is not known is refused', async () => {
    await expect(connectEngine(options('none'))).rejects.toMatchObject({
      code: 'no-engine',
      message: expect.stringContaining('Host key verification failed'),
      hint: expect.stringContaining('compare the fingerprint'),
    });
  });

  test('that lets this user not in is refused', async () => {
    const stranger = join(folder, 'stranger-key');
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger]);
    await expect(connectEngine({ ...options('known'), sshKeyFile: stranger })).rejects.toMatchObject({
      code: 'no-engine',
      message: expect.stringContaining('Permission denied'),
      hint: expect.stringContaining('ssh-add'),
    });
  });
});
