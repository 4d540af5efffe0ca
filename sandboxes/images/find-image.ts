import type { Engine } from '../engine/engine.ts';
import { engineFault, statusOf } from '../engine/engine-fault.ts';
import { SandboxFault } from '../fault.ts';
import { noteUse } from './usage.ts';

/** The id behind a tag, or undefined when there is no such image. */
export async function imageId(engine: Engine, image: string): Promise<string | undefined> {
  try {
    return (await engine.docker.getImage(image).inspect()).Id;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw engineFault(error, `the image ${image} was looked up`);
  }
}

/**
 * Whether an image that somebody is about to use is there: it then counts as used, so that nothing removes it before. On an
 * engine that only finds, a missing one is a SandboxFault `not-made`.
 */
export async function findImage(engine: Engine, tag: string): Promise<boolean> {
  const there = (await imageId(engine, tag)) !== undefined;
  if (engine.onlyFound === undefined) {
    if (there) await noteUse(engine, tag);
  } else if (there) {
    engine.onlyFound(tag);
  } else {
    throw new SandboxFault('not-made', `The image ${tag} is not made yet.`, {
      hint: 'Make it by `whetstone images build`.',
    });
  }
  return there;
}
