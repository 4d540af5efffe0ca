import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { label } from '../../sandboxes/containers/labels.ts';
import { connectEngine } from '../../sandboxes/engine/engine.ts';
import { imageId } from '../../sandboxes/images/find-image.ts';
import { engineOwner } from '../engine-owner.ts';

const binary = path.resolve(import.meta.dirname, '../../bin/whetstone.mjs');
let folder: string;
let state: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'whetstone-uninstall-'));
  state = path.join(folder, 'state');
  await put('.whetstone-state', '{}');
  await put('artifacts/a.txt', 'a');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(file: string, content: string): Promise<void> {
  await mkdir(path.dirname(path.join(state, file)), { recursive: true });
  await writeFile(path.join(state, file), content);
}

/** Always with --state: without it this would be about the whole machine. */
function uninstall(
  words: string[],
  env: Record<string, string> = { DOCKER_HOST: `unix://${folder}/none.sock` },
) {
  return execa(process.execPath, [binary, 'uninstall', '--state', state, ...words], {
    reject: false,
    env,
    input: '',
  });
}

describe('uninstall', () => {
  test('without a terminal asks for --yes and removes nothing', async () => {
    const done = await uninstall([]);
    expect(done.exitCode).toBe(2);
    expect(done.stderr.replaceAll(/\s+/g, ' ')).toContain('Run `whetstone uninstall --yes`');
    expect(existsSync(path.join(state, 'artifacts/a.txt'))).toBe(true);
  });

  test('removes the state directory', async () => {
    const done = await uninstall(['--yes', '--json']);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({ removed: { state: [state] } });
    expect(existsSync(state)).toBe(false);
  });

  test('keeps datasets where they are, and the marker, so that the state can be taken up again', async () => {
    await put('targets/flights/README.md', 'x');
    await put('targets/flights-datasets/.git/HEAD', 'ref: refs/heads/main');
    await put('targets/flights-datasets/v1/dataset.json', '{}');
    await put('loose/v2/dataset.json', '{}');
    const done = await uninstall(['--yes']);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stdout).toContain(`Kept ${state}/targets/flights-datasets: a dataset is yours.`);
    expect(existsSync(path.join(state, 'targets/flights-datasets/.git/HEAD'))).toBe(true);
    expect(existsSync(path.join(state, 'loose/v2/dataset.json'))).toBe(true);
    expect((await readdir(state)).sort()).toEqual(['.whetstone-state', 'loose', 'targets']);
    expect(await readdir(path.join(state, 'targets'))).toEqual(['flights-datasets']);
  });

  test('leaves a folder alone that is not ours', async () => {
    await rm(path.join(state, '.whetstone-state'));
    const done = await uninstall(['--yes']);
    expect(done.exitCode).toBe(2);
    expect(done.stderr).toContain('.whetstone-state');
    expect(existsSync(path.join(state, 'artifacts/a.txt'))).toBe(true);
  });

  test("removes this state's containers and images, and nobody else's", async () => {
    const engine = await connectEngine();
    const tag = `whetstone/uninstall-test:${path.basename(folder).toLowerCase()}`;
    const ours = await emptyImage(`${tag}-ours`, engineOwner(state));
    const others = await emptyImage(`${tag}-others`, 'somebody-else');
    const container = await engine.docker.createContainer({
      Image: ours,
      Cmd: ['none'],
      Labels: { [label.owner]: engineOwner(state) },
    });
    try {
      const done = await uninstall(['--yes', '--json'], {});
      expect(done.exitCode, done.stderr).toBe(0);
      expect(JSON.parse(done.stdout)).toMatchObject({ removed: { images: [ours] }, kept: [] });
      await expect(container.inspect()).rejects.toMatchObject({ statusCode: 404 });
      expect(await imageId(engine, ours)).toBeUndefined();
      expect(await imageId(engine, others)).toBeDefined();
    } finally {
      await engine.docker.getImage(others).remove();
    }

    async function emptyImage(name: string, owner: string): Promise<string> {
      await writeFile(path.join(folder, 'name'), name);
      const tar = await execa('tar', ['--create', '--directory', folder, 'name'], { encoding: 'buffer' });
      const [repo, version] = name.split(':') as [string, string];
      const said = await engine.docker.importImage(Readable.from([tar.stdout]), {
        repo,
        tag: version,
        changes: [`LABEL ${label.owner}=${owner}`],
      });
      await new Promise((resolve, reject) =>
        engine.docker.modem.followProgress(said, (error) => (error ? reject(error) : resolve(undefined))),
      );
      return name;
    }
  });
});
