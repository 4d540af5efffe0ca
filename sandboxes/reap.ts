import type Docker from 'dockerode';
import { draftEnd, isGone, label, thisController } from './containers/labels.ts';
import { removeContainer } from './containers/remove-container.ts';
import type { Engine } from './engine/engine.ts';
import { engineFault, statusOf } from './engine/engine-fault.ts';
import { livingBuilds } from './images/living-builds.ts';
import { sweepTemporaryFolders } from './images/temporary-folder.ts';
import { limits } from './limits.ts';

export interface ReapOptions {
  owner: string;
  /** Epoch milliseconds. */
  now?: number | undefined;
  /** Those of living controllers as well: for taking everything back. */
  all?: boolean | undefined;
}

/** What was removed; volumes are those that went with a container. */
export interface Reaped {
  containers: number;
  images: number;
  volumes: number;
}

/**
 * Removes an owner's containers that are past their expiry or whose controller is dead, images that lost their tag a
 * while ago, snapshots that expired and are not in use, and temporary folders of dead processes. Sandboxes end with their
 * controller by themselves; this is for what was created and never started, and for an engine that was killed.
 */
export async function reap(engine: Engine, options: ReapOptions): Promise<Reaped> {
  try {
    const now = options.now ?? Date.now();
    const owned = { label: [`${label.owner}=${options.owner}`] };
    const over = (await engine.docker.listContainers({ all: true, filters: owned })).filter((container) =>
      isStep(container)
        ? options.all === true ||
          (isAbandoned(container, now) && container.Created * 1000 + limits.context.cleanUpMs < now)
        : isOurs(container) && (options.all === true || isOver(container.Labels, now)),
    );
    // Docker 20.10 may go on to list one that was removed while it started.
    const gone = await Promise.all(over.map(({ Id }) => removeContainer(engine.docker.getContainer(Id))));
    const containers = over.filter((_, at) => gone[at]);
    const images = await engine.docker.listImages({ filters: { ...owned, dangling: ['true'] } });
    const loose = images.filter((image) => options.all === true || isAbandoned(image, now));
    const drafts = (await engine.docker.listImages({ filters: owned }))
      .filter((image) => options.all === true || isAbandoned(image, now))
      .flatMap(({ RepoTags }) => (RepoTags ?? []).filter((tag) => tag.endsWith(draftEnd)));
    const snapshots = (
      await engine.docker.listImages({ filters: { label: [...owned.label, label.snapshot] } })
    )
      .filter((image) => isExpiredSnapshot(image, now))
      .map(({ Labels }) => Labels[label.snapshot] ?? '');
    // One after another: the engine stumbles where an image goes together with one that stands on it.
    let removed = 0;
    for (const image of [...snapshots, ...drafts, ...loose.map(({ Id }) => Id)])
      if (await removeImage(engine, image)) removed++;
    await sweepTemporaryFolders();
    return {
      containers: containers.length,
      images: removed,
      volumes: containers.flatMap(({ Mounts }) => Mounts.filter(({ Type }) => Type === 'volume')).length,
    };
  } catch (error) {
    throw engineFault(error, 'leftover sandboxes were removed');
  }
}

/** Removes an image or, where others stand on it, its tag; false when a container uses it or it is gone. */
export async function removeImage(engine: Engine, image: string): Promise<boolean> {
  try {
    await engine.docker.getImage(image).remove();
    return true;
  } catch (error) {
    const status = statusOf(error);
    // 500: somebody else removes it at this moment.
    const going = status === 500 && String(error).includes('unrecognized image ID');
    if (status === 404 || status === 409 || going) return false;
    throw engineFault(error, `the image ${image} was removed`);
  }
}

/** The containers of a build's steps have names that the engine gave them, and it takes them away itself unless it was killed. */
function isStep({ Labels }: Docker.ContainerInfo): boolean {
  return Labels[label.step] === '1';
}

/** Whether nobody needs it any more: a build that lives stands on an image without a tag at each moment, a commit for a moment. */
function isAbandoned(made: { Labels: Record<string, string> | null; Created: number }, now: number): boolean {
  const build = made.Labels?.[label.build] ?? '';
  const ended = build.startsWith(`${thisController()}/`) && !livingBuilds.has(build);
  if (build === '') return made.Created * 1000 + limits.untaggedMs < now;
  return ended || isGone(build) || made.Created * 1000 + limits.image.buildMs < now;
}

// A container that someone else runs from an image of ours inherits its labels, but not the name in them.
function isOurs(container: Docker.ContainerInfo): boolean {
  return container.Names.includes(`/${container.Labels[label.container]}`);
}

// An image that was made of a snapshot inherits its labels, but not the tag in them.
function isExpiredSnapshot({ RepoTags, Labels }: Docker.ImageInfo, now: number): boolean {
  const tag = Labels[label.snapshot] ?? '';
  return (RepoTags ?? []).includes(tag) && Number(Labels[label.snapshotExpires]) < now;
}

function isOver(labels: Readonly<Record<string, string>>, now: number): boolean {
  return Number(labels[label.expires]) < now || isGone(labels[label.controller] ?? '');
}
