import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import {
  containersOf,
  ownTemporaryFolders,
  removeOwnImages,
  testEngine,
  testSandbox,
  withOwnOwner,
} from '../test-engine.ts';
import { addPackages } from './add-packages.ts';

let engine: Engine;
let from: string;
const silent = { progress: () => {} };

beforeAll(async () => {
  ({ engine, image: from } = await testEngine());
}, 900_000);

const ownEngine = () => withOwnOwner(engine);

describe('addPackages', () => {
  test('adds to what /node_modules has, found again whatever the order of the names', async () => {
    const own = ownEngine();
    const packages = { 'is-number': '7.0.0', 'is-odd': '3.0.1' };
    const image = await addPackages(own, { from, packages, ...silent });
    const reordered = { 'is-odd': '3.0.1', 'is-number': '7.0.0' };
    expect(await addPackages(own, { from, packages: reordered, ...silent })).toBe(image);
    await using sandbox = await testSandbox(own, image);
    const script =
      "console.log(require('is-odd')(3), require('is-number/package.json').version, typeof require('pg').Client)";
    const done = await sandbox.exec(['node', '-e', script], { cwd: '/target', timeoutMs: 10_000 });
    expect(done.stdout).toBe('true 7.0.0 function\n');
    await sandbox[Symbol.asyncDispose]();
    await removeOwnImages(own);
  });

  test('fills another folder, which is then the sandbox’s own', async () => {
    const own = ownEngine();
    const image = await addPackages(own, {
      from,
      packages: { 'is-number': '7.0.0' },
      path: '/target/node_modules',
      ...silent,
    });
    await using sandbox = await testSandbox(own, image);
    const done = await sandbox.exec(['sh', '-c', 'ls node_modules && rm -r node_modules'], {
      cwd: '/target',
      timeoutMs: 5_000,
    });
    expect(done).toMatchObject({ exitCode: 0, stdout: 'is-number\n' });
    await sandbox[Symbol.asyncDispose]();
    await removeOwnImages(own);
  });

  test('is the image itself when there is nothing to add', async () => {
    expect(await addPackages(engine, { from, packages: {}, ...silent })).toBe(from);
  });

  test('refuses what is no pinned package, and says what npm said of one that does not exist', async () => {
    for (const packages of [{ pg: '^8.0.0' }, { '--registry=http://x': '1.0.0' }, { '../up': '1.0.0' }]) {
      await expect(addPackages(engine, { from, packages, ...silent })).rejects.toMatchObject({
        code: 'bad-package',
      });
    }
    const own = ownEngine();
    await expect(
      addPackages(own, { from, packages: { 'is-number': '7.0.99999' }, ...silent }),
    ).rejects.toMatchObject({
      code: 'packages-failed',
      message: expect.stringContaining('is-number@7.0.99999'),
    });
    expect(await containersOf(own)).toEqual([]);
    expect(await ownTemporaryFolders()).toEqual([]);
  });
});
