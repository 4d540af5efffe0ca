import { label } from '../containers/labels.ts';
import type { Engine } from '../engine/engine.ts';
import { engineFault, statusOf } from '../engine/engine-fault.ts';
import { type Layered, measureOwnBytes } from './own-bytes.ts';
import { lastUse } from './usage.ts';

/** An image of ours, of whatever owner, and what holds it. */
export interface SurveyedImage {
  id: string;
  /** Newest first. */
  tags: string[];
  name: string;
  owner: string;
  bytes: number;
  /** What it adds to the largest image of the engine that it stands on: those of all images add up to what they take. */
  ownBytes: number;
  /** Epoch milliseconds. */
  createdAt: number;
  /** Epoch milliseconds; null where no use was noted. */
  lastUsedAt: number | null;
  /** Of a snapshot of an environment, epoch milliseconds; null for any other image. */
  expiresAt: number | null;
  /** Ids of images of ours that stand on it. */
  children: string[];
  /** Containers that run on it, or were created from it. */
  containers: number;
}

/** An image's layers never change, whatever engine has it. */
const layersOf = new Map<string, readonly string[]>();

/** Every tagged image that we made, of all owners, newest first. */
export async function surveyImages(engine: Engine): Promise<SurveyedImage[]> {
  try {
    const [images, containers] = await Promise.all([
      engine.docker.listImages(),
      engine.docker.listContainers({ all: true }),
    ]);
    const layered: (Layered & { listed: (typeof images)[number] })[] = [];
    for (const listed of images) {
      const layers = await readLayers(engine, listed.Id);
      // One that went meanwhile is no image any more.
      if (layers !== undefined) layered.push({ id: listed.Id, bytes: listed.Size, layers, listed });
    }
    const known = new Set(images.map(({ Id }) => Id));
    for (const id of layersOf.keys()) if (!known.has(id)) layersOf.delete(id);
    const own = measureOwnBytes(layered);
    const ours = layered.filter(
      ({ listed }) => listed.Labels?.[label.image] !== undefined && tagsOf(listed.RepoTags).length > 0,
    );
    const surveyed = ours.map(async ({ id, layers, listed }): Promise<SurveyedImage> => {
      const tags = tagsOf(listed.RepoTags);
      return {
        id,
        tags,
        name: listed.Labels[label.image] ?? '',
        owner: listed.Labels[label.owner] ?? '',
        bytes: listed.Size,
        ownBytes: own.get(id) ?? listed.Size,
        createdAt: listed.Created * 1000,
        lastUsedAt: await lastUse(engine, [id, ...tags]),
        // What was made of a snapshot inherits its labels, but not the tag in them.
        expiresAt: tags.includes(listed.Labels[label.snapshot] ?? '')
          ? Number(listed.Labels[label.snapshotExpires])
          : null,
        children: ours
          .filter((other) => other.listed.ParentId === id || standsOn(other.layers, layers))
          .map((other) => other.id),
        containers: containers.filter(({ ImageID }) => ImageID === id).length,
      };
    });
    return (await Promise.all(surveyed)).sort((a, b) => b.createdAt - a.createdAt);
  } catch (error) {
    throw engineFault(error, 'images were surveyed');
  }
}

const tagsOf = (tags: readonly string[] | null | undefined): string[] =>
  (tags ?? []).filter((tag) => tag.startsWith('whetstone/'));

const standsOn = (layers: readonly string[], below: readonly string[]): boolean =>
  layers.length > below.length && below.every((layer, at) => layers[at] === layer);

async function readLayers(engine: Engine, id: string): Promise<readonly string[] | undefined> {
  const known = layersOf.get(id);
  if (known !== undefined) return known;
  try {
    const { RootFS } = await engine.docker.getImage(id).inspect();
    const layers = RootFS.Layers ?? [];
    layersOf.set(id, layers);
    return layers;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}
