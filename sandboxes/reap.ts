import type Docker from 'dockerode';
import type { Engine } from './engine.ts';
import { engineFault, statusOf } from './engine-fault.ts';
import { sweepTemporaryFolders } from './images/temporary-folder.ts';
import { isGone, label } from './labels.ts';
import { limits } from './limits.ts';
import { removeContainer } from './remove-container.ts';

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
 * while ago, and temporary folders of dead processes. Sandboxes end with their controller by themselves; this is for
 * what was created and never started, and for an engine that was killed.
 */
export async function reap(engine: Engine, options: ReapOptions): Promise<Reaped> {
  try {
    const now = options.now ?? Date.now();
    const owned = { label: [`${label.owner}=${options.owner}`] };
    const over = (await engine.docker.listContainers({ all: true, filters: owned })).filter(
      (container) => isOurs(container) && (options.all === true || isOver(container.Labels, now)),
    );
    // Docker 20.10 may go on to list one that was removed while it started.
    const gone = await Promise.all(over.map(({ Id }) => removeContainer(engine.docker.getContainer(Id))));
    const containers = over.filter((_, at) => gone[at]);
    const untagged = await engine.docker.listImages({ filters: { ...owned, dangling: ['true'] } });
    const images = untagged.filter(
      ({ Created }) => options.all === true || Created * 1000 < now - limits.untaggedMs,
    );
    const removed = await Promise.all(images.map(({ Id }) => removeImage(engine, Id)));
    await sweepTemporaryFolders();
    return {
      containers: containers.length,
      images: removed.filter(Boolean).length,
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

// A container that someone else runs from an image of ours inherits its labels, but not the name in them.
function isOurs(container: Docker.ContainerInfo): boolean {
  return container.Names.includes(`/${container.Labels[label.container]}`);
}

function isOver(labels: Readonly<Record<string, string>>, now: number): boolean {
  return Number(labels[label.expires]) < now || isGone(labels[label.controller] ?? '');
}
