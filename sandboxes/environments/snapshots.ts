import { randomUUID } from 'node:crypto';
import type Docker from 'dockerode';
import { z } from 'zod';
import { label } from '../containers/labels.ts';
import type { Sandbox } from '../containers/sandbox.ts';
import type { Engine } from '../engine/engine.ts';
import { engineFault } from '../engine/engine-fault.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import { removeImage } from '../reap.ts';

/** The disk of an environment at one time, as an image of the engine: any process may restore it. */
export interface Snapshot {
  id: string;
  /** Tag of the image. */
  image: string;
  /** Name of the environment. */
  environment: string;
  label: string;
  /** Id of the snapshot that the environment was restored from. */
  parent: string | undefined;
  /** Epoch milliseconds: when it was made, and from when on the reaper takes it. */
  at: number;
  expiresAt: number;
  /** Of the whole image, with the layers that it shares with others. */
  bytes: number;
  workdir: string;
  /** Id of the image with the very first tree. */
  start: string;
}

const repository = 'whetstone/snapshot';

export interface SnapshotOptions {
  environment: string;
  label?: string | undefined;
  parent?: string | undefined;
  workdir: string;
  start: string;
  /** Milliseconds until it expires. */
  keepMs?: number | undefined;
}

export async function takeSnapshot(
  engine: Engine,
  sandbox: Sandbox,
  options: SnapshotOptions,
): Promise<Snapshot> {
  const id = randomUUID();
  const image = `${repository}:${id}`;
  const at = Date.now();
  await sandbox.commit(image, {
    labels: {
      [label.owner]: engine.owner,
      [label.snapshot]: image,
      [label.snapshotOf]: JSON.stringify({
        environment: options.environment,
        label: (options.label ?? '').slice(0, limits.environment.labelChars),
        parent: options.parent,
        workdir: options.workdir,
        start: options.start,
        at,
      } satisfies z.input<typeof factsSchema>),
      [label.snapshotExpires]: String(at + (options.keepMs ?? limits.environment.snapshotMs)),
    },
  });
  return await findSnapshot(engine, id);
}

/** SandboxFault `no-such-snapshot` where it expired, was removed, or is another owner's. */
export async function findSnapshot(engine: Engine, id: string): Promise<Snapshot> {
  const image = `${repository}:${id}`;
  const found = (await listSnapshots(engine)).find((snapshot) => snapshot.image === image);
  if (found !== undefined) return found;
  throw new SandboxFault('no-such-snapshot', `There is no snapshot ${id} of the owner ${engine.owner}.`, {
    hint: 'It expired or was removed: take another one of those that are listed, or start afresh.',
  });
}

/** The owner's, newest first; of one environment where a name is given. */
export async function listSnapshots(engine: Engine, environment?: string): Promise<Snapshot[]> {
  let images: Docker.ImageInfo[];
  try {
    images = await engine.docker.listImages({
      filters: { label: [`${label.owner}=${engine.owner}`, label.snapshot] },
    });
  } catch (error) {
    throw engineFault(error, 'snapshots were listed');
  }
  return images
    .flatMap((image) => snapshotOf(image) ?? [])
    .filter((snapshot) => environment === undefined || snapshot.environment === environment)
    .sort((a, b) => b.at - a.at);
}

/** False where an environment stands on it, or it is gone. */
export async function removeSnapshot(engine: Engine, id: string): Promise<boolean> {
  return await removeImage(engine, (await findSnapshot(engine, id)).image);
}

const factsSchema = z.object({
  environment: z.string(),
  label: z.string(),
  parent: z.string().optional(),
  workdir: z.string(),
  start: z.string(),
  at: z.number(),
});

// Labels are inherited by whatever is made of a snapshot; the tag in them is not.
function snapshotOf(image: Docker.ImageInfo): Snapshot | undefined {
  const tag = image.Labels[label.snapshot] ?? '';
  if (!tag.startsWith(`${repository}:`) || !image.RepoTags?.includes(tag)) return undefined;
  const facts = factsSchema.parse(JSON.parse(image.Labels[label.snapshotOf] ?? ''));
  return {
    id: tag.slice(repository.length + 1),
    image: tag,
    expiresAt: Number(image.Labels[label.snapshotExpires]),
    bytes: image.Size,
    ...facts,
    parent: facts.parent,
  };
}
