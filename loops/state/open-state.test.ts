import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import pg from 'pg';
import { expect, test } from 'vitest';
import { destroyState } from './destroy-state.ts';
import { spawnFixture, temporaryState } from './fixtures/spawn-fixture.ts';
import { openState } from './open-state.ts';
import { readPostmaster } from './postmaster.ts';
import { stateDirectory } from './state-directory.ts';

interface Opened {
  open: true;
  postmaster: number;
  openMs: number;
}

const isRoot = process.getuid?.() === 0;
/** Runs a command as an ordinary user who may yet read this checkout wherever it lies. */
const ordinary = isRoot
  ? [
      'setpriv',
      '--reuid=nobody',
      '--regid=nogroup',
      '--clear-groups',
      '--inh-caps=+dac_override',
      '--ambient-caps=+dac_override',
    ]
  : [];

async function open(path: string) {
  await stateDirectory({ state: path, env: {}, target: 'held', isRoot, home: '/' });
  return openState({
    stateDirectory: path,
    target: 'held',
    progress: () => undefined,
    signal: new AbortController().signal,
  });
}

const postmaster = (path: string) => readPostmaster(join(path, 'postgres/data'));

test('four first openers make one database, share one server, and the last to close stops it', async () => {
  await using directory = await temporaryState();
  const holders = Array.from({ length: 4 }, () => spawnFixture('hold-state', [directory.path]));
  const opened = await Promise.all(holders.map((holder) => holder.next<Opened>()));
  expect(new Set(opened.map((one) => one.postmaster)).size).toBe(1);
  const pid = opened[0]?.postmaster ?? 0;

  for (const holder of holders.slice(1)) holder.child.stdin.end();
  await Promise.all(holders.slice(1).map((holder) => holder.child));
  expect(await postmaster(directory.path)).toMatchObject({ pid, alive: true });
  holders[0]?.child.stdin.end();
  await holders[0]?.child;
  expect(await postmaster(directory.path)).toBeUndefined();

  await using state = await open(directory.path);
  expect(await state.loops.eventsAfter(0)).toHaveLength(4);
  expect(await readdir(join(directory.path, 'postgres'))).not.toContainEqual(expect.stringContaining('tmp'));
});

test('the server of a killed process is found again; what it wrote is there', async () => {
  await using directory = await temporaryState();
  const holder = spawnFixture('hold-state', [directory.path]);
  const { postmaster: pid } = await holder.next<Opened>();
  holder.child.kill('SIGKILL');
  await holder.child;
  await using state = await open(directory.path);
  expect(await postmaster(directory.path)).toMatchObject({ pid, alive: true });
  expect(await state.loops.eventsAfter(0)).toHaveLength(1);
});

test.runIf(isRoot)('a database runs as who owns it, though that user has no name any more', async () => {
  await using directory = await temporaryState();
  await (await open(directory.path))[Symbol.asyncDispose]();
  const nameless = 54_321;
  await execa('chown', ['--recursive', `${nameless}:${nameless}`, join(directory.path, 'postgres')]);
  await using _ = await open(directory.path);
  const { pid } = (await postmaster(directory.path)) ?? {};
  expect((await stat(`/proc/${pid}`)).uid).toBe(nameless);
});

test('a kill while the database is made leaves nothing half', async () => {
  await using directory = await temporaryState();
  const home = join(directory.path, 'postgres');
  const killed = spawnFixture('hold-state', [directory.path]);
  const isMaking = async () =>
    (await readdir(home).catch(() => [])).some((name) => name.startsWith('data.tmp-'));
  while (!(await isMaking())) await sleep(5);
  killed.child.kill('SIGKILL');
  await killed.child;
  {
    await using state = await open(directory.path);
    expect(await state.trials.count()).toBe(0);
  }
  // The killed process's initdb may have gone on for a moment; the next start clears after it.
  await sleep(1500);
  await using again = await open(directory.path);
  expect(await again.trials.count()).toBe(0);
  expect((await readdir(home)).filter((name) => name.includes('tmp'))).toEqual([]);
});

test('a server that was killed, and whose process id another program has, is started anew', async () => {
  await using directory = await temporaryState();
  const file = join(directory.path, 'postgres/data/postmaster.pid');
  {
    await using state = await open(directory.path);
    await state.loops.emit({ kind: 'kept', data: {} });
    const running = await postmaster(directory.path);
    const text = await readFile(file, 'utf8');
    process.kill(running?.pid ?? 0, 'SIGKILL');
    while ((await postmaster(directory.path))?.alive) await sleep(10);
    // Its children notice and end; until then PostgreSQL itself refuses a second server.
    await sleep(500);
    await writeFile(file, text.replace(/^\d+/, String(process.pid)));
  }
  await using state = await open(directory.path);
  expect(await state.loops.eventsAfter(0)).toMatchObject([{ kind: 'kept' }]);
});

test('an ordinary user, and a path too long for a socket', async () => {
  await using directory = await temporaryState('a-name-of-forty-characters-and-not-more-x/'.repeat(3));
  const holder = spawnFixture('hold-state', [directory.path], ordinary);
  const { postmaster: pid } = await holder.next<Opened>();
  const owner = await execa('ps', ['-o', 'uid=', '-p', String(pid)]);
  expect(Number(owner.stdout)).toBe(isRoot ? 65534 : process.getuid?.());
  const sockets = (await postmaster(directory.path))?.socketDirectory ?? '';
  expect(sockets).toMatch(/^\/tmp\/whetstone-\w{6}$/);
  holder.child.stdin.end();
  expect((await holder.child).stderr).toBe('');
  await expect(readdir(sockets)).rejects.toMatchObject({ code: 'ENOENT' });
});

test.runIf(isRoot)('root is told of a folder that the database cannot enter', async () => {
  await using directory = await temporaryState();
  await mkdir(directory.path);
  await chmod(directory.path, 0o700);
  await expect(open(join(directory.path, 'below'))).rejects.toMatchObject({
    code: 'state-unreachable',
    message: expect.stringContaining(`lies in ${directory.path}, which the user whetstone may not enter`),
  });
});

test('a server elsewhere (DATABASE_URL) is used and left running; one that does not answer is said', async () => {
  await using directory = await temporaryState();
  await using own = await open(directory.path);
  const elsewhere = await mkdtemp('/tmp/whetstone-test-');
  const options = {
    stateDirectory: elsewhere,
    target: 'other',
    progress: () => undefined,
    signal: new AbortController().signal,
  };
  {
    await using state = await openState({ ...options, databaseUrl: own.databaseUrl });
    await state.loops.emit({ kind: 'seen', data: {} });
    expect(await own.loops.eventsAfter(0)).toEqual([]);
  }
  expect(await own.trials.count()).toBe(0);
  expect(await readdir(elsewhere)).toEqual([]);
  await rm(elsewhere, { recursive: true });
  const refused = openState({ ...options, databaseUrl: 'postgresql://me:secret@127.0.0.1:9/db' });
  await expect(refused).rejects.toMatchObject({
    code: 'database-unreachable',
    kind: 'infrastructure',
    message: expect.not.stringContaining('secret'),
  });
});

test('a session of somebody else keeps the server up, and removal stops it all the same', async () => {
  await using directory = await temporaryState();
  const state = await open(directory.path);
  const visitor = new pg.Client({ connectionString: state.databaseUrl });
  visitor.on('error', () => undefined);
  await visitor.connect();
  await state.close();
  const running = await postmaster(directory.path);
  expect(running).toMatchObject({ alive: true });
  expect((await visitor.query('select 1')).rowCount).toBe(1);
  expect(await destroyState(directory.path)).toBe(true);
  expect(() => process.kill(running?.pid ?? 0, 0)).toThrow('ESRCH');
});
