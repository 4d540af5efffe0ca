import { label } from '../containers/labels.ts';
import { openSandbox } from '../containers/open-sandbox.ts';
import type { Engine } from '../engine/engine.ts';
import { limits } from '../limits.ts';
import { contentHash } from './bake-image.ts';
import { ensureSpace } from './disk-space.ts';
import { findImage, imageId } from './find-image.ts';
import { withImageLock } from './image-lock.ts';
import { baseFailed, bootstrap } from './mmdebstrap.ts';
import { keepWithinBudget } from './prune-images.ts';
import { pullImage } from './pull-image.ts';

export interface DebianBase {
  suite: string;
  /** The same suite's official image, for where a registry is reached. */
  registryImage: string;
  packages: readonly string[];
  /** dpkg's path-exclude patterns: what of the packages is left out. */
  excluded: readonly string[];
  /** Files that must be there before the packages are installed, path to content. */
  files: Readonly<Record<string, string>>;
}

export interface BuildOptions {
  progress: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/**
 * A Debian with these packages: found, else made from the registry's image when the registry answers, else from
 * Debian's packages on this host. SandboxFault `no-base`, `base-failed`, `disk-full`.
 */
export async function ensureDebianBase(
  engine: Engine,
  base: DebianBase,
  options: BuildOptions,
): Promise<string> {
  const image = `whetstone/debian:${contentHash([engine.arch, JSON.stringify(base)])}`;
  if (await findImage(engine, image)) return image;
  return await withImageLock(engine, image, options, async () => {
    if (await findImage(engine, image)) return image;
    const { progress } = options;
    await ensureSpace(engine, {
      neededBytes: limits.keeping.baseBytes,
      what: `a Debian with ${base.packages.length} packages`,
      progress,
    });
    const labels = { [label.image]: 'debian', [label.owner]: engine.owner };
    const had = (await imageId(engine, base.registryImage)) !== undefined;
    if (had || (await pullImage(engine, base.registryImage, options))) {
      options.progress(`installing Debian packages on ${base.registryImage}`);
      await installOnto(engine, base, image, labels, options);
      // What we brought goes again; its layers stay below our own.
      if (!had) await engine.docker.getImage(base.registryImage).remove();
    } else {
      await bootstrap(engine, base, image, labels, options);
    }
    await keepWithinBudget(engine, progress);
    return image;
  });
}

async function installOnto(
  engine: Engine,
  base: DebianBase,
  image: string,
  labels: Record<string, string>,
  options: BuildOptions,
): Promise<void> {
  await using sandbox = await openSandbox(engine, {
    image: base.registryImage,
    profile: 'service',
    ttlMs: limits.image.buildMs,
    purpose: `install ${base.packages.length} Debian packages`,
    network: 'bridge',
    root: true,
    signal: options.signal,
  });
  const excludes = base.excluded.map((pattern) => `path-exclude=${pattern}\n`).join('');
  await sandbox.writeFile('/etc/dpkg/dpkg.cfg.d/whetstone', excludes);
  for (const [path, content] of Object.entries(base.files)) await sandbox.writeFile(path, content);
  const script = `apt-get update && apt-get install -y --no-install-recommends ${base.packages.join(' ')} \
    && apt-get clean && rm -rf /var/lib/apt/lists/*`;
  const done = await sandbox.exec(['sh', '-c', script], {
    env: { DEBIAN_FRONTEND: 'noninteractive', ...proxies() },
    timeoutMs: limits.image.buildMs,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (done.exitCode !== 0) throw baseFailed(`apt-get in ${base.registryImage}`, done.stderr, undefined);
  await sandbox.commit(image, { labels });
}

function proxies(): Record<string, string> {
  const names = ['http_proxy', 'https_proxy', 'no_proxy'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
