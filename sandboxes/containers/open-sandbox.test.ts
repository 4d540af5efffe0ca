import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cpusOf, type Engine } from '../engine/engine.ts';
import { removeImage } from '../reap.ts';
import { addedBytes, testEngine, testSandbox } from '../test-engine.ts';
import type { Sandbox } from './sandbox.ts';
import { watchDisk } from './watch-disk.ts';

let engine: Engine;
let image: string;

beforeAll(async () => {
  ({ engine, image } = await testEngine());
}, 900_000);

async function archive(): Promise<Buffer> {
  const script =
    'd=$(mktemp -d); cd $d; mkdir -p a/b; printf hello > a/b/c; printf x > run; chmod 755 run; tar -c .; rm -r $d';
  const { stdout } = await execa('sh', ['-c', script], { encoding: 'buffer' });
  return Buffer.from(stdout);
}

test('what is left in a sandbox is told by the engine: files, processes, and whether it runs', async () => {
  const sandbox = await testSandbox(engine, image, { profile: 'service' });
  try {
    expect(await sandbox.processes()).toEqual([]);
    expect(await sandbox.changedPaths()).toEqual([]);
    await sandbox.writeFile('/target/left', 'x');
    await sandbox.exec(['sh', '-c', 'setsid sleep 300 > /dev/null 2>&1 &'], { timeoutMs: 5_000 });
    expect(await sandbox.changedPaths()).toContain('/target/left');
    expect(await sandbox.processes()).toEqual(['sleep 300']);
    expect(await sandbox.isRunning()).toBe(true);
  } finally {
    await sandbox[Symbol.asyncDispose]();
  }
  expect(await sandbox.isRunning()).toBe(false);
});

test('a sandbox that writes more than it may is noticed', async () => {
  await using sandbox = await testSandbox(engine, image, { profile: 'service' });
  using disk = watchDisk(sandbox, 2 ** 20);
  const written = sandbox.exec(['sh', '-c', 'head -c 4000000 /dev/zero > /target/much; sleep 60'], {
    timeoutMs: 90_000,
    signal: disk.signal,
  });
  await expect(written).rejects.toThrow('more than 1048576 bytes');
});

describe.each(['service', 'hardened'] as const)('files in a %s sandbox', (profile) => {
  let sandbox: Sandbox;
  const home = profile === 'service' ? '/target' : '/work';
  beforeAll(async () => {
    sandbox = await testSandbox(engine, image, { profile });
  });
  afterAll(async () => {
    await sandbox[Symbol.asyncDispose]();
  });

  test('are written and read byte for byte, folders made on the way', async () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 256));
    await sandbox.writeFile(`${home}/deep/er/it's a file`, bytes);
    expect((await sandbox.readFile(`${home}/deep/er/it's a file`)).equals(bytes)).toBe(true);
    await sandbox.writeFile(`${home}/empty`, '');
    expect(await sandbox.readFile(`${home}/empty`)).toHaveLength(0);
  });

  test('that are missing, too large or not allowed are faults', async () => {
    await expect(sandbox.readFile(`${home}/none`)).rejects.toMatchObject({ code: 'no-such-file' });
    await sandbox.writeFile(`${home}/ten`, '0123456789');
    await expect(sandbox.readFile(`${home}/ten`, { maxBytes: 9 })).rejects.toMatchObject({
      code: 'file-too-large',
    });
    expect(String(await sandbox.readFile(`${home}/ten`, { maxBytes: 10 }))).toBe('0123456789');
    await expect(sandbox.writeFile('/etc/passwd', 'mine')).rejects.toMatchObject({ code: 'file-failed' });
  });

  test('come from an archive with their modes, and belong to the sandbox user', async () => {
    await sandbox.upload(`${home}/from/tar`, await archive());
    const listed = await sandbox.exec(['stat', '-c', '%U %a %n', 'a/b/c', 'run'], {
      cwd: `${home}/from/tar`,
      timeoutMs: 5_000,
    });
    expect(listed.stdout).toBe('sandbox 644 a/b/c\nsandbox 755 run\n');
  });

  test('cannot leave their folder by what an archive says', async () => {
    const script = `d=$(mktemp -d); cd $d; echo evil > evil; ln -s /etc link
      tar -cP --transform 's,^evil,../../../tmp/escaped,' evil link; rm -r $d`;
    const { stdout } = await execa('sh', ['-c', script], { encoding: 'buffer' });
    await sandbox.upload(`${home}/trap`, Buffer.from(stdout)).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'file-failed' });
    });
    expect((await sandbox.exec(['ls', '/tmp/escaped'], { timeoutMs: 5_000 })).exitCode).toBe(2);
  });
});

describe('commit', () => {
  test('keeps what was written, in an image that carries no sandbox of before', async () => {
    await using first = await testSandbox(engine, image);
    await first.writeFile('/store/kept', Buffer.alloc(3_000_000, 'k'));
    expect(await first.writtenBytes()).toBeGreaterThanOrEqual(3_000_000);
    const tag = `whetstone/test-commit:${process.pid}`;
    const id = await first.commit(tag, { labels: { extra: 'yes' } });
    try {
      const added = await addedBytes(engine, image, id);
      expect(added).toBeGreaterThanOrEqual(3_000_000);
      expect(added).toBeLessThan(4_000_000);
      const { Config } = await engine.docker.getImage(tag).inspect();
      expect(Config).toMatchObject({ User: '1000:1000', Cmd: ['sh'], Labels: { extra: 'yes' } });
      expect(Config.Env).toContain('PGDATABASE=target');
      await using second = await testSandbox(engine, id, { profile: 'hardened' });
      expect(await second.readFile('/store/kept')).toHaveLength(3_000_000);
    } finally {
      await removeImage(engine, tag);
    }
  });
});

describe('the image', () => {
  test('has what a target is promised', async () => {
    await using sandbox = await testSandbox(engine, image);
    const run = async (script: string) => {
      const done = await sandbox.exec(['bash', '-c', script], { cwd: '/target', timeoutMs: 20_000 });
      expect(done, script).toMatchObject({ exitCode: 0 });
      return done.stdout.trim();
    };
    await run('pg-up && pg-up');
    expect(
      await run(
        'psql -XAtc "select current_user, current_database(), usesuper, current_setting(\'TimeZone\') from pg_user"',
      ),
    ).toBe('sandbox|target|t|UTC');
    expect(
      await run(
        'psql -XAtc "select datcollate, datctype, pg_encoding_to_char(encoding) from pg_database where datname = current_database()"',
      ),
    ).toBe('C|C.UTF-8|UTF8');
    await run('psql -Xqc "create extension hypopg; create extension pg_trgm; create extension btree_gin"');
    expect(
      await run(
        'psql -XAtc "show listen_addresses" -c "show jit" -c "show autovacuum" -c "show shared_buffers"',
      ),
    ).toBe('\noff\noff\n256MB'.trim());
    await sandbox.writeFile(
      '/target/ask.ts',
      "import pg from 'pg'; const c: pg.Client = new pg.Client(); await c.connect(); console.log((await c.query('select 42 as n')).rows[0].n); await c.end();",
    );
    await sandbox.writeFile('/target/package.json', '{"type":"module"}');
    expect(await run('node --import tsx ask.ts')).toBe('42');
    expect(await run('node --version')).toBe(process.version);
    await run('npm --version && git --version && sqlite3 --version');
    expect(await run('getent hosts localhost | cut -c1-3')).not.toBe('');
    expect(await run('echo $STORE_DIR; stat -c %U /store /target /pgdata; stat -c %U /node_modules')).toBe(
      '/store\nsandbox\nsandbox\nsandbox\nroot',
    );
    await run('pg-down && pg-down && ! pg_isready -q');
  });

  test('has a server that starts again after its container was committed while it ran', async () => {
    const tag = `whetstone/test-running:${process.pid}`;
    await using first = await testSandbox(engine, image);
    await first.exec(['pg-up'], { timeoutMs: 20_000 });
    await first.exec(['psql', '-Xqc', 'create table t as select 1 as one; checkpoint'], {
      timeoutMs: 20_000,
    });
    await first.commit(tag);
    try {
      await using second = await testSandbox(engine, tag);
      // The numbers of processes begin again in each container: what the locks name may be anything that lives here.
      const elsewhere = `sleep 60 > /dev/null 2>&1 &
        sed -i "1s/.*/$!/" "$PGDATA/postmaster.pid" /run/postgresql/.s.PGSQL.5432.lock`;
      expect(await second.exec(['sh', '-c', elsewhere], { timeoutMs: 5_000 })).toMatchObject({ exitCode: 0 });
      expect(await second.exec(['pg-up'], { timeoutMs: 20_000 })).toMatchObject({ exitCode: 0, stderr: '' });
      const read = await second.exec(['psql', '-XAtc', 'select one from t'], { timeoutMs: 5_000 });
      expect(read.stdout).toBe('1\n');
    } finally {
      await removeImage(engine, tag);
    }
  });
});

test('a sandbox runs on the CPUs of its engine, or on those that it is pinned to', async () => {
  const allowed = async (sandbox: Sandbox) => {
    const { stdout } = await sandbox.exec(['grep', 'Cpus_allowed_list', '/proc/self/status'], {
      timeoutMs: 10_000,
    });
    return stdout.split(':')[1]?.trim();
  };
  const last = engine.cpus - 1;
  await using shared = await testSandbox({ ...engine, cpuset: [last] }, image);
  expect(await allowed(shared)).toBe(String(last));
  await using sandbox = await testSandbox(engine, image);
  const all = await allowed(sandbox);
  expect(await sandbox.pin([0])).toBe(true);
  expect(await allowed(sandbox)).toBe('0');
  expect(await sandbox.pin([last + 7])).toBe(false);
  expect(await allowed(sandbox)).toBe('0');
  expect(await sandbox.pin(cpusOf(engine))).toBe(true);
  expect(await allowed(sandbox)).toBe(all);
  await using elsewhere = await testSandbox({ ...engine, cpuset: [last + 7] }, image);
  expect(await allowed(elsewhere)).toBe(all);
});
