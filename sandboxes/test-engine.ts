import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { thisController } from './containers/labels.ts';
import { type OpenSandboxOptions, openSandbox } from './containers/open-sandbox.ts';
import type { Sandbox } from './containers/sandbox.ts';
import { connectEngine, type Engine } from './engine/engine.ts';
import { ensureImage } from './images/ensure-image.ts';
import { listImages } from './images/list-images.ts';
import { postgres15 } from './images/postgres-15.ts';
import type { Recipe } from './images/recipe.ts';
import { removeImage } from './reap.ts';

/** A real engine under an owner of the test's own, with the image of a recipe there. */
export async function testEngine(recipe: Recipe = postgres15): Promise<{ engine: Engine; image: string }> {
  const engine = await connectEngine({ owner: `test-${randomUUID()}` });
  const image = await ensureImage({ ...engine, owner: 'test' }, recipe, { progress: () => {} });
  return { engine, image };
}

/** The same engine under an owner of its own, so that what one test makes is none of another's. */
export function withOwnOwner(engine: Engine): Engine {
  return { ...engine, owner: `test-${randomUUID()}` };
}

/** Removes what the engine's owner has of tagged images; `kept` are used by a container. */
export async function removeOwnImages(engine: Engine): Promise<{ removed: string[]; kept: string[] }> {
  const result = { removed: [] as string[], kept: [] as string[] };
  for (const { tag } of await listImages(engine, engine.owner))
    result[(await removeImage(engine, tag)) ? 'removed' : 'kept'].push(tag);
  return result;
}

/** Bytes that `image` holds over `from`. */
export async function addedBytes(engine: Engine, from: string, image: string): Promise<number> {
  const [before, after] = await Promise.all([
    engine.docker.getImage(from).inspect(),
    engine.docker.getImage(image).inspect(),
  ]);
  return after.Size - before.Size;
}

export function testSandbox(
  engine: Engine,
  image: string,
  options: Partial<OpenSandboxOptions> = {},
): Promise<Sandbox> {
  return openSandbox(engine, { image, profile: 'service', ttlMs: 60_000, purpose: 'test', ...options });
}

/** Ids of the owner's containers, running or not. */
export async function containersOf(engine: Engine): Promise<string[]> {
  const filters = { label: [`dev.whetstone.owner=${engine.owner}`] };
  return (await engine.docker.listContainers({ all: true, filters })).map(({ Id }) => Id);
}

export async function ownTemporaryFolders(): Promise<string[]> {
  const mine = `whetstone-tmp-${thisController().replaceAll('/', '_')}`;
  return (await readdir(tmpdir())).filter((name) => name.startsWith(mine));
}

export async function until(condition: () => Promise<boolean>, withinMs: number): Promise<number> {
  const started = performance.now();
  while (!(await condition())) {
    if (performance.now() - started > withinMs) throw new Error(`not so within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - started;
}
