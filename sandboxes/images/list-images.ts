import { label } from '../containers/labels.ts';
import type { Engine } from '../engine/engine.ts';
import { engineFault } from '../engine/engine-fault.ts';

export interface OwnImage {
  tag: string;
  id: string;
  /** `postgres-15`, `debian`, `packages`, or what `bakeImage` was given. */
  name: string;
  owner: string;
  /** With the layers it shares with others. */
  bytes: number;
  /** Epoch milliseconds. */
  createdAt: number;
}

/** The tagged images that we made, newest first; of one owner where one is given. */
export async function listImages(engine: Engine, owner?: string): Promise<OwnImage[]> {
  const filter = owner === undefined ? label.image : `${label.owner}=${owner}`;
  try {
    const images = await engine.docker.listImages({ filters: { label: [filter] } });
    return images
      .flatMap(({ Id, RepoTags, Labels, Size, Created }) =>
        (RepoTags ?? [])
          .filter((tag) => tag.startsWith('whetstone/'))
          .map((tag) => ({
            tag,
            id: Id,
            name: Labels[label.image] ?? '',
            owner: Labels[label.owner] ?? '',
            bytes: Size,
            createdAt: Created * 1000,
          })),
      )
      .sort((a, b) => b.createdAt - a.createdAt);
  } catch (error) {
    throw engineFault(error, 'images were listed');
  }
}
