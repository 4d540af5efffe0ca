import { label } from '../../sandboxes/containers/labels.ts';
import { removeContainer } from '../../sandboxes/containers/remove-container.ts';
import type { Engine } from '../../sandboxes/engine/engine.ts';
import { imageId } from '../../sandboxes/images/find-image.ts';
import { removeImage } from '../../sandboxes/reap.ts';

export interface OnEngine {
  containers: { id: string; name: string }[];
  images: { id: string; names: string[] }[];
}

/** Our containers and images: one owner's, or all of them. */
export async function findOnEngine(engine: Engine | undefined, owner: string | undefined): Promise<OnEngine> {
  if (engine === undefined) return { containers: [], images: [] };
  const { docker } = engine;
  const filters = { label: [owner === undefined ? label.owner : `${label.owner}=${owner}`] };
  const [containers, images] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listImages({ filters }),
  ]);
  return {
    containers: containers.map(({ Id, Names }) => ({ id: Id, name: Names[0]?.replace(/^\//, '') ?? Id })),
    // Youngest first: an image cannot go before those that were made of it.
    images: images
      .sort((one, other) => other.Created - one.Created)
      .map(({ Id, RepoTags }) => ({
        id: Id,
        names: (RepoTags ?? []).filter((tag) => tag !== '<none>:<none>'),
      })),
  };
}

/** Removes them and gives the names of images that something else still needs. */
export async function removeFromEngine(
  engine: Engine | undefined,
  { containers, images }: OnEngine,
): Promise<string[]> {
  if (engine === undefined) return [];
  for (const { id } of containers) await removeContainer(engine.docker.getContainer(id));
  const kept: string[] = [];
  for (const { id, names } of images) {
    for (const name of names.length > 0 ? names : [id]) {
      if (!(await removeImage(engine, name)) && (await imageId(engine, name)) !== undefined) kept.push(name);
    }
  }
  return kept;
}
