import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { destroyState } from './destroy-state.ts';
import { spawnFixture, temporaryState } from './fixtures/spawn-fixture.ts';
import { stateDirectory, stateDirectoryPath } from './state-directory.ts';

const asked = { env: {}, target: 'flights', isRoot: false, home: '/home/ada' };
/** A mount of one's own: root may make one, others in a user namespace. */
const namespace = ['unshare', '--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])];

test.each([
  [{ ...asked, state: '/srv/x' }, '/srv/x'],
  [{ ...asked, state: '/srv/x', env: { WHETSTONE_HOME: '/srv/y' } }, '/srv/x'],
  [{ ...asked, env: { WHETSTONE_HOME: '/srv/y', XDG_STATE_HOME: '/srv/z' } }, '/srv/y'],
  [{ ...asked, env: { XDG_STATE_HOME: '/srv/z' } }, '/srv/z/whetstone/flights'],
  [{ ...asked, env: { XDG_STATE_HOME: 'relative' } }, '/home/ada/.local/state/whetstone/flights'],
  [asked, '/home/ada/.local/state/whetstone/flights'],
  [{ ...asked, isRoot: true, env: { XDG_STATE_HOME: '/root/state' } }, '/var/lib/whetstone/flights'],
])('%j is kept in %s', (options, path) => {
  expect(stateDirectoryPath(options)).toBe(path);
});

test('a directory is made once, found again, and removed with what is in it', async () => {
  await using state = await temporaryState();
  const options = { ...asked, state: join(state.path, 'deep/er') };
  expect(await stateDirectory(options)).toBe(options.state);
  await writeFile(join(options.state, 'artefact'), '');
  expect(await stateDirectory(options)).toBe(options.state);
  expect(await destroyState(options.state)).toBe(true);
  expect(await readdir(join(state.path, 'deep'))).toEqual([]);
  expect(await destroyState(options.state)).toBe(false);
});

test("a folder with other people's files is neither used nor removed", async () => {
  await using state = await temporaryState();
  const folder = join(state.path, 'thesis');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'chapter-1.txt'), '');
  await expect(stateDirectory({ ...asked, state: folder })).rejects.toMatchObject({
    code: 'state-not-ours',
    message: expect.stringContaining('chapter-1.txt'),
  });
  await expect(destroyState(folder)).rejects.toMatchObject({ code: 'state-not-ours' });
  expect(await readdir(folder)).toEqual(['chapter-1.txt']);
});

test('a file in its place, a read-only and a full disk are each said', async () => {
  await using state = await temporaryState();
  await mkdir(state.path);
  await writeFile(join(state.path, 'file'), '');
  await expect(stateDirectory({ ...asked, state: join(state.path, 'file') })).rejects.toMatchObject({
    code: 'state-not-writable',
    message: expect.stringContaining('a file stands in its place'),
  });

  const mounted = (option: string) => [
    ...namespace,
    'sh',
    '-c',
    `mount -t tmpfs -o ${option} none ${state.path} && exec "$@"`,
    'sh',
  ];
  const readOnly = spawnFixture('hold-state', [state.path], mounted('ro'));
  expect(await readOnly.next()).toMatchObject({
    fault: 'state-not-writable',
    message: expect.stringContaining('read-only'),
  });
  const small = spawnFixture('hold-state', [state.path], mounted('size=8m'));
  expect(await small.next()).toMatchObject({
    fault: 'state-full',
    message: expect.stringMatching(/ [78] MB are free, 256 MB are needed/),
  });
});
