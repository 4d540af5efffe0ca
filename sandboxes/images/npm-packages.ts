import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import { temporaryFolder } from './temporary-folder.ts';

const packageName = /^(@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*$/i;
const exactVersion = /^\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/;

/**
 * The `node_modules` that holds these packages (name to exact version), as a tar of its content. npm runs here, on
 * the host: with the host's registry, proxy and certificates, none of which then come near an image. Install scripts
 * do not run, so a package must carry its binaries or depend on them. SandboxFault `bad-package`, `packages-failed`.
 */
export async function packPackages(
  packages: Readonly<Record<string, string>>,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<Buffer> {
  const specs = packageSpecs(packages);
  await using temporary = await temporaryFolder();
  const folder = temporary.path;
  try {
    const flags = [
      '--ignore-scripts',
      '--omit=dev',
      '--no-audit',
      '--no-fund',
      '--no-package-lock',
      '--loglevel=error',
    ];
    await execa(
      process.execPath,
      [join(npmFolder(), 'bin/npm-cli.js'), 'install', '--prefix', folder, ...flags, ...specs],
      {
        cwd: folder,
        timeout: limits.image.packagesMs,
        ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
      },
    );
    return await packFolder(join(folder, 'node_modules'), { signal: options.signal });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof SandboxFault) throw error;
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new SandboxFault(
      'packages-failed',
      `npm could not install ${specs.join(' ')}: ${said.slice(-600) || String(error)}`,
      {
        hint: 'See that these names and versions exist and that the npm registry is reachable: `npm ping`.',
        cause: error,
      },
    );
  }
}

/** `name@version`, sorted by name. */
export function packageSpecs(packages: Readonly<Record<string, string>>): string[] {
  return Object.entries(packages)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, version]) => {
      if (!packageName.test(name) || !exactVersion.test(version)) {
        throw new SandboxFault(
          'bad-package',
          `\`${name}\`: \`${version}\` is not an npm package with an exact version.`,
          {
            hint: 'Pin it, as in `"pg": "8.16.3"`.',
          },
        );
      }
      return `${name}@${version}`;
    });
}

/** A folder's content as a tar that depends on nothing but the content; files belong to root. */
export async function packFolder(
  folder: string,
  options: { only?: string; exclude?: readonly string[]; signal?: AbortSignal | undefined } = {},
): Promise<Buffer> {
  const excluded = (options.exclude ?? []).map((pattern) => `--exclude=${pattern}`);
  const fixed = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  const { stdout } = await execa('tar', ['-c', ...fixed, ...excluded, '-C', folder, options.only ?? '.'], {
    encoding: 'buffer',
    maxBuffer: 2 ** 30,
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  return Buffer.from(stdout.buffer, stdout.byteOffset, stdout.byteLength);
}

/** Where the npm that belongs to this Node lies. */
export function npmFolder(): string {
  const beside = join(dirname(dirname(process.execPath)), 'lib/node_modules/npm');
  if (existsSync(beside)) return beside;
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const npm = join(folder, 'npm');
    if (existsSync(npm)) return dirname(dirname(realpathSync(npm)));
  }
  throw new SandboxFault('no-npm', 'There is no npm beside this Node nor on PATH.', {
    hint: 'Install Node with its npm from https://nodejs.org, or `sudo apt-get install npm`.',
  });
}
