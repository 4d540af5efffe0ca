import { createHash } from 'node:crypto';
import { label } from '../containers/labels.ts';
import { openSandbox } from '../containers/open-sandbox.ts';
import type { Sandbox } from '../containers/sandbox.ts';
import type { Engine } from '../engine/engine.ts';
import { engineFault } from '../engine/engine-fault.ts';
import { limits } from '../limits.ts';
import { ensureSpace } from './disk-space.ts';
import { findImage, imageId } from './find-image.ts';
import { withImageLock } from './image-lock.ts';
import { keepWithinBudget } from './prune-images.ts';

export interface BakeOptions {
  /** The image is `whetstone/<name>:<hash of from and key>`. */
  name: string;
  /** Tag or id of the image to start from. */
  from: string;
  /** Whatever the steps depend on: another key is another image. */
  key: string;
  network?: 'none' | 'bridge' | undefined;
  /** Steps run as root, for trusted code only. */
  root?: boolean | undefined;
  memoryBytes?: number | undefined;
  labels?: Record<string, string> | undefined;
  /** Environment of the image, over that of `from`. */
  env?: Record<string, string> | undefined;
  /** The most disk that the steps may take, as far as is known. */
  neededBytes?: number | undefined;
  /** Milliseconds for all the steps. */
  timeoutMs: number;
  progress: (line: string) => void;
  signal?: AbortSignal | undefined;
}

export interface BakedImage {
  /** The tag. */
  image: string;
  /** It was there before. */
  reused: boolean;
}

/**
 * The image that `steps` make of `from` in a service sandbox: found when it exists, else made once, however many
 * processes ask. When a step throws there is no image and no container, and the error is the step's own.
 */
export async function bakeImage(
  engine: Engine,
  options: BakeOptions,
  steps: (sandbox: Sandbox) => Promise<void>,
): Promise<BakedImage> {
  const from = await imageId(engine, options.from);
  if (from === undefined) {
    throw engineFault(
      Object.assign(new Error(`No such image: ${options.from}`), { statusCode: 404 }),
      `${options.name} was made of it`,
    );
  }
  const image = `whetstone/${options.name}:${contentHash([from, options.key])}`;
  const found = async (): Promise<BakedImage | undefined> =>
    (await findImage(engine, image)) ? { image, reused: true } : undefined;
  return (
    (await found()) ??
    (await withImageLock(engine, image, options, async () => {
      const made = await found();
      if (made !== undefined) return made;
      await ensureSpace(engine, {
        neededBytes: options.neededBytes ?? limits.keeping.bakeBytes,
        what: options.name,
        progress: options.progress,
      });
      await using sandbox = await openSandbox(engine, {
        image: from,
        profile: 'service',
        ttlMs: options.timeoutMs,
        purpose: `bake ${options.name}`,
        network: options.network,
        root: options.root,
        memoryBytes: options.memoryBytes,
        signal: options.signal,
      });
      // Whatever step is on when the abort comes ends with its container.
      const end = () => void sandbox[Symbol.asyncDispose]();
      options.signal?.addEventListener('abort', end, { once: true });
      try {
        await steps(sandbox);
      } finally {
        options.signal?.removeEventListener('abort', end);
        options.signal?.throwIfAborted();
      }
      await sandbox.commit(image, {
        labels: { ...options.labels, [label.owner]: engine.owner },
        ...(options.env === undefined ? {} : { env: options.env }),
      });
      await keepWithinBudget(engine, options.progress);
      return { image, reused: false };
    }))
  );
}

/** The part of a tag that says what is in the image. */
export function contentHash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}
