import { label } from '../containers/labels.ts';
import type { Engine } from '../engine/engine.ts';
import { engineFault } from '../engine/engine-fault.ts';
import { limits } from '../limits.ts';
import { bakeImage } from './bake-image.ts';
import { packageSpecs, packPackages } from './npm-packages.ts';

export interface AddPackagesOptions {
  /** Tag or id of the image to start from. */
  from: string;
  /** npm packages, name to exact version. */
  packages: Readonly<Record<string, string>>;
  /** The `node_modules` folder to fill; by default /node_modules, which keeps what it has. */
  path?: string | undefined;
  progress: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/** The image `from` with these packages in it, found or made; `from` itself when there are none. */
export async function addPackages(engine: Engine, options: AddPackagesOptions): Promise<string> {
  const path = options.path ?? '/node_modules';
  if (Object.keys(options.packages).length === 0) return options.from;
  // One tree for all of /node_modules: npm then settles what two packages both depend on.
  const shared = path === '/node_modules';
  const packages = shared
    ? { ...(await packagesIn(engine, options.from)), ...options.packages }
    : options.packages;
  const specs = packageSpecs(packages);
  const { image } = await bakeImage(
    engine,
    {
      name: 'packages',
      from: options.from,
      key: JSON.stringify([path, specs]),
      labels: shared ? { [label.packages]: JSON.stringify(packages) } : {},
      // Code under test may read /node_modules but not change it; any other folder is the sandbox's own.
      root: shared,
      timeoutMs: limits.image.packagesMs,
      progress: options.progress,
      signal: options.signal,
    },
    async (sandbox) => {
      options.progress(`installing ${specs.join(', ')}`);
      const tar = await packPackages(packages, { signal: options.signal });
      if (shared) {
        await sandbox.exec(['find', path, '-mindepth', '1', '-delete'], { timeoutMs: limits.fileMs });
      }
      await sandbox.upload(path, tar);
    },
  );
  return image;
}

async function packagesIn(engine: Engine, image: string): Promise<Record<string, string>> {
  try {
    const { Config } = await engine.docker.getImage(image).inspect();
    return JSON.parse(Config.Labels?.[label.packages] ?? '{}') as Record<string, string>;
  } catch (error) {
    throw engineFault(error, `the packages of ${image} were looked up`);
  }
}
