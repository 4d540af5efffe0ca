import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

let clone: string;

/** A clone with nothing installed, and a script in the place of npm: an installation takes a minute. */
beforeEach(async () => {
  clone = await mkdtemp(path.join(tmpdir(), 'whetstone-bootstrap-'));
  await mkdir(`${clone}/cli/setup`, { recursive: true });
  for (const file of [
    'cli/bootstrap.mjs',
    'cli/setup/dependencies.mjs',
    'package.json',
    'package-lock.json',
  ]) {
    await cp(path.resolve(import.meta.dirname, '..', file), `${clone}/${file}`);
  }
});
afterEach(() => rm(clone, { recursive: true, force: true }));

async function bootstrap(words: string[], npm: string) {
  await writeFile(`${clone}/npm.cjs`, npm);
  return execa(process.execPath, [`${clone}/cli/bootstrap.mjs`, ...words], {
    reject: false,
    timeout: 20_000,
    env: { npm_execpath: `${clone}/npm.cjs` },
  });
}

test('an installation that fails: its exit code, its output on stderr, one document on stdout', async () => {
  const done = await bootstrap(['start', '--json'], 'console.log("npm said this"); process.exit(7)');
  expect(done.exitCode).toBe(3);
  expect(done.stderr).toContain('npm said this');
  expect(JSON.parse(done.stdout)).toMatchObject({ schemaVersion: 1, error: { code: 'npm-failed' } });
});

test('installs by `npm ci`, development packages included', async () => {
  await bootstrap(
    ['check'],
    'require("fs").writeFileSync("words.json", JSON.stringify(process.argv.slice(2))); process.exit(1)',
  );
  expect(JSON.parse(await readFile(`${clone}/words.json`, 'utf8'))).toEqual(
    expect.arrayContaining(['ci', '--include=dev']),
  );
});

test('a signal reaches npm, and the installation counts as cut off', async () => {
  await mkdir(`${clone}/node_modules`);
  await writeFile(`${clone}/node_modules/.package-lock.json`, '{}');
  // npm itself asks the bootstrap, its parent, to stop: that is when it certainly runs.
  const done = await bootstrap(
    ['start', '--json'],
    'process.on("SIGINT", () => { console.error("npm was interrupted"); process.exit(1); }); process.kill(process.ppid, "SIGINT"); setTimeout(() => {}, 15000);',
  );
  expect(done.exitCode).toBe(130);
  expect(done.stderr).toContain('npm was interrupted');
  expect(JSON.parse(done.stdout)).toMatchObject({ error: { code: 'interrupted' } });
  await expect(readFile(`${clone}/node_modules/.package-lock.json`)).rejects.toThrow('ENOENT');
});

test('another job is a usage error', async () => {
  const done = await bootstrap(['strat'], '');
  expect(done.exitCode).toBe(2);
  expect(done.stderr).toBe('There is no job `strat`. Run `npm start` or `npm test`.');
});
