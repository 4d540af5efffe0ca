import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { connectEngine } from './engine.ts';

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'engine-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** An engine that answers every question with one version. */
async function fakeEngine(version: { Version: string; ApiVersion: string }): Promise<string> {
  const socket = join(await temporaryFolder(), 'docker.sock');
  const server = createServer((_request, response) =>
    response.end(JSON.stringify({ Arch: 'amd64', ...version })),
  );
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `unix://${socket}`;
}

test('a running engine is found and tells its version', async () => {
  const engine = await connectEngine({ owner: 'someone' });
  expect(engine).toMatchObject({ owner: 'someone', apiVersion: expect.stringMatching(/^1\.\d+$/) });
  expect(engine.id).not.toBe('');
});

test('no socket is no engine, with the command that installs one', async () => {
  const endpoint = `unix://${await temporaryFolder()}/docker.sock`;
  await expect(connectEngine({ endpoint })).rejects.toMatchObject({
    code: 'no-engine',
    message: expect.stringContaining(endpoint),
    hint: expect.stringContaining('apt-get install docker.io'),
  });
});

test('an address that nobody listens at is no engine', async () => {
  await expect(connectEngine({ endpoint: 'tcp://127.0.0.1:1' })).rejects.toMatchObject({ code: 'no-engine' });
});

test('an engine from before API 1.41 is too old', async () => {
  await expect(
    connectEngine({ endpoint: await fakeEngine({ Version: '19.03.15', ApiVersion: '1.40' }) }),
  ).rejects.toMatchObject({ code: 'engine-too-old', message: expect.stringContaining('19.03.15') });
});

test('API 1.100 is newer than 1.41', async () => {
  const endpoint = await fakeEngine({ Version: '99.0', ApiVersion: '1.100' });
  expect(await connectEngine({ endpoint })).toMatchObject({ version: '99.0' });
});

test('a user who may not open the socket is told how to be one who may', async () => {
  // Root may open any socket: only another user sees this.
  const script = `
    import { connectEngine } from ${JSON.stringify(join(import.meta.dirname, 'engine.ts'))};
    connectEngine({ endpoint: '/var/run/docker.sock' }).then(() => console.log('connected'), (error) => console.log(error.code, error.hint));
  `;
  const { stdout } = await execa(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: join(import.meta.dirname, '..'),
    ...(process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}),
    env: { HOME: tmpdir(), DOCKER_HOST: undefined },
  });
  expect(stdout).toMatch(/^no-permission .*usermod -aG docker/);
});

test('an abort ends the asking', async () => {
  const signal = AbortSignal.abort(new Error('not now'));
  await expect(connectEngine({ signal })).rejects.toThrow('not now');
});
