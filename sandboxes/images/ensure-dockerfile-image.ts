import { draftEnd, label } from '../containers/labels.ts';
import type { Engine } from '../engine/engine.ts';
import { engineFault } from '../engine/engine-fault.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import { removeImage } from '../reap.ts';
import { contentHash } from './bake-image.ts';
import { type BuildContext, packContext, printable, readContextText } from './build-context.ts';
import { checkImage } from './check-image.ts';
import { ensureSpace } from './disk-space.ts';
import { baseImages } from './dockerfile.ts';
import { findImage, imageId } from './find-image.ts';
import { withImageLock } from './image-lock.ts';
import { keepWithinBudget } from './prune-images.ts';
import { pullImage } from './pull-image.ts';
import { runBuild } from './run-build.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface DockerfileImage {
  /** The image is `whetstone/<name>:<hash of Dockerfile, context, arguments and base images>`. */
  name: string;
  /** The folder that it copies from. */
  context: string;
  /** Relative to the context. */
  dockerfile?: string | undefined;
  args?: Readonly<Record<string, string>> | undefined;
  /** What its steps reach; `bridge` by default, as Dockerfiles install packages. */
  network?: 'none' | 'bridge' | undefined;
  progress: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/**
 * The tag of the image that a Dockerfile makes: found, else built once, however many processes ask. Steps of a Dockerfile run as
 * root with Docker's default rights: it must be trusted. SandboxFault `bad-context`, `no-base`, `build-failed`, `image-lacks`,
 * `disk-nearly-full`, `disk-full`; each leaves nothing.
 */
export async function ensureDockerfileImage(engine: Engine, options: DockerfileImage): Promise<string> {
  const { name, progress, args = {}, network = 'bridge' } = options;
  const timeout = AbortSignal.timeout(limits.image.buildMs);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  signal.throwIfAborted();
  const dockerfile = await readDockerfile(options);
  await using temporary = await temporaryFolder();
  const context = await packContext(options.context, temporary.path, signal);
  const bases = await ensureBases(engine, baseImages(dockerfile, args), { name, progress, signal });
  const key = [dockerfile, context.sha256, network, JSON.stringify(Object.entries(args).sort()), ...bases];
  const image = `whetstone/${name}:${contentHash(key)}`;
  if (await findImage(engine, image)) return image;
  return await withImageLock(engine, image, { progress, signal }, async () => {
    if (await findImage(engine, image)) return image;
    await ensureSpace(engine, { neededBytes: neededBytes(context), what: name, progress });
    const labels = { [label.image]: name, [label.created]: String(Date.now()) };
    // Under its real name only when it was looked at: whoever finds that takes it.
    const draft = `${image}${draftEnd}`;
    try {
      await runBuild(engine, {
        ...{ name, dockerfile, args, network, labels, progress, signal },
        ...{ tar: context.tar, folder: temporary.path, tag: draft },
      });
      await checkImage(engine, draft, name);
      const at = image.lastIndexOf(':');
      await engine.docker.getImage(draft).tag({ repo: image.slice(0, at), tag: image.slice(at + 1) });
    } catch (error) {
      options.signal?.throwIfAborted();
      if (timeout.aborted) throw tooLong(name);
      throw engineFault(error, `${name} was built`);
    } finally {
      await removeImage(engine, draft);
    }
    await keepWithinBudget(engine, progress);
    return image;
  });
}

function tooLong(name: string): SandboxFault {
  const seconds = limits.image.buildMs / 1000;
  return new SandboxFault('build-failed', `The Dockerfile of ${name} took more than ${seconds} s.`, {
    hint: 'Let it do less, or start it FROM an image that has done the slow part; nothing half-made was kept.',
  });
}

/** The archive that is sent, what the engine unpacks of it, what is copied of that, and what the steps add. */
function neededBytes({ bytes }: BuildContext): number {
  return 2 * bytes + limits.keeping.baseBytes;
}

async function readDockerfile({ context, dockerfile = 'Dockerfile' }: DockerfileImage): Promise<string> {
  const text = await readContextText(context, dockerfile);
  if (text !== undefined) return text;
  throw new SandboxFault(
    'bad-context',
    `There is no ${printable(dockerfile)} in the build context ${printable(context)}.`,
    { hint: 'Name it relative to that folder.' },
  );
}

/** Without a tag the registry would give all that there are. */
const withTag = (image: string): string => (/[:@][^/]*$/.test(image) ? image : `${image}:latest`);

/** Ids of the images that it starts from, which the registry is asked for where the engine has them not. */
async function ensureBases(
  engine: Engine,
  bases: readonly string[],
  { name, progress, signal }: { name: string; progress: (line: string) => void; signal: AbortSignal },
): Promise<string[]> {
  const ids: string[] = [];
  for (const base of bases) {
    const there = await imageId(engine, base);
    if (there === undefined) await pullImage(engine, withTag(base), { progress, signal });
    const id = there ?? (await imageId(engine, base));
    if (id === undefined) {
      throw new SandboxFault(
        'no-base',
        `The Dockerfile of ${name} starts from ${printable(base)}: the engine does not have it, and no registry gives it.`,
        {
          hint: `See that \`docker pull ${printable(base)}\` works, bring it by \`docker load\`, or start FROM an image of ours (\`docker images 'whetstone/*'\`).`,
        },
      );
    }
    ids.push(id);
  }
  return ids;
}
