import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { simpleGit } from 'simple-git';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { label } from '../../sandboxes/containers/labels.ts';
import { connectEngine, type Engine } from '../../sandboxes/engine/engine.ts';
import { bakeImage } from '../../sandboxes/images/bake-image.ts';
import { imageId } from '../../sandboxes/images/find-image.ts';
import { node } from '../../sandboxes/images/node.ts';
import { testEngine } from '../../sandboxes/test-engine.ts';
import { commandLine } from '../../tests/support/command-line.ts';
import { engineOwner } from '../engine-owner.ts';

const MB = 2 ** 20;
let folder: string;
let state: string;
let engine: Engine;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'whetstone-images-'));
  state = path.join(folder, 'state');
  // Made for all who use this engine, before anybody looks what the target's own images are.
  await testEngine(node);
  engine = await connectEngine({ owner: engineOwner(state) });
  const target = path.join(folder, 'target');
  await mkdir(target);
  const name = path.basename(folder).toLowerCase();
  await writeFile(
    path.join(target, 'whetstone.config.ts'),
    `export default { name: '${name}', domain: 'code', target: { remote: '../remote.git' },
      tests: { command: ['node', '--test'], report: { format: 'tap' } }, images: { budgetBytes: ${64 * MB} } };`,
  );
  const git = simpleGit(target);
  await git.raw(['init', '--quiet', '--initial-branch=main']);
  await git.raw(['add', '--all']);
  const who = ['-c', 'user.name=Images', '-c', 'user.email=images@localhost'];
  await git.raw([...who, 'commit', '--quiet', '--no-verify', '--no-gpg-sign', '--message', 'First commit']);
}, 600_000);

afterAll(async () => {
  vi.useRealTimers();
  const filters = { label: [`${label.owner}=${engineOwner(state)}`] };
  for (const { Id } of await engine.docker.listImages({ filters })) await engine.docker.getImage(Id).remove();
  await rm(folder, { recursive: true });
});

async function whetstone<T>(...words: string[]): Promise<T> {
  const line = ['images', ...words, '--json', '--state', state];
  const done = await commandLine(line, { cwd: path.join(folder, 'target'), env: {} });
  expect(done.exitCode, done.stderr).toBe(0);
  return JSON.parse(done.stdout) as T;
}

interface Listed {
  images: { tag: string; ownBytes: number; lastUsedAt: string | null; inUse: string[] }[];
  usedBytes: number;
  budgetBytes: number;
}
interface Built {
  images: { tag: string; name: string; made: boolean }[];
}
interface Pruned {
  dryRun: boolean;
  removed: { tag: string }[];
  kept: { tag: string; why: string }[];
}

test('build makes what the configuration needs, list shows it, prune leaves it and takes the rest', async () => {
  expect(await whetstone<Listed>('list')).toMatchObject({ images: [], usedBytes: 0, budgetBytes: 64 * MB });

  const built = await whetstone<Built>('build');
  expect(built.images.map(({ name }) => name).slice(0, 2)).toEqual(['debian', 'node']);
  const base = built.images.at(-1);
  expect(base).toMatchObject({ name: `${path.basename(folder).toLowerCase()}-base`, made: true });
  const tag = base?.tag ?? '';
  expect((await whetstone<Built>('build')).images.at(-1)).toMatchObject({ tag, made: false });

  const { image: other } = await bakeImage(
    engine,
    { name: 'images-test', from: tag, key: state, timeoutMs: 60_000, progress: () => {} },
    (sandbox) => sandbox.writeFile('/target/filler', Buffer.alloc(MB, 'x')),
  );

  const listed = await whetstone<Listed>('list');
  expect(listed.images.find((image) => image.tag === tag)?.inUse).toEqual(['configuration', 'stood-on']);
  expect(listed.images.find((image) => image.tag === other)?.inUse).toEqual([]);
  expect(listed.usedBytes).toBe(listed.images.reduce((sum, { ownBytes }) => sum + ownBytes, 0));

  const whys = ({ kept }: Pruned) => Object.fromEntries(kept.map((one) => [one.tag, one.why]));
  const now = await whetstone<Pruned>('prune', '--all');
  expect(now.removed).toEqual([]);
  expect(whys(now)).toEqual({ [tag]: 'configuration', [other]: 'recent' });

  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * 3_600_000 });
  expect(whys(await whetstone<Pruned>('prune'))[other]).toBe('within-budget');
  const dry = await whetstone<Pruned>('prune', '--budget', '100kB', '--dry-run');
  expect(dry).toMatchObject({ dryRun: true, removed: [{ tag: other }] });
  expect(await imageId(engine, other)).toBeDefined();
  const pruned = await whetstone<Pruned>('prune', '--budget', '100kB');
  expect(pruned).toMatchObject({ dryRun: false, removed: [{ tag: other }] });
  expect(whys(pruned)).toEqual({ [tag]: 'configuration' });
  expect(await imageId(engine, other)).toBeUndefined();
  expect(await imageId(engine, tag)).toBeDefined();
}, 120_000);
