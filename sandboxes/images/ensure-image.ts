import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { label } from '../containers/labels.ts';
import type { Sandbox } from '../containers/sandbox.ts';
import type { Engine } from '../engine/engine.ts';
import { engineFault } from '../engine/engine-fault.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import { bakeImage } from './bake-image.ts';
import { ensureDebianBase } from './debian-base.ts';
import { npmFolder, packageSpecs, packFolder, packPackages } from './npm-packages.ts';
import type { Recipe } from './recipe.ts';

const hostCertificates = '/etc/ssl/certs/ca-certificates.crt';

/**
 * The tag of the recipe's image: found, else made once, however many processes ask. What goes in from this host (Node
 * with its npm, trusted certificates) is part of the tag's hash. Any failure is one SandboxFault, and leaves nothing.
 */
export async function ensureImage(
  engine: Engine,
  recipe: Recipe,
  options: { progress: (line: string) => void; signal?: AbortSignal | undefined },
): Promise<string> {
  if (process.platform !== 'linux' || engineArch() !== engine.arch) {
    throw new SandboxFault(
      'other-platform',
      `This Node is for ${process.platform} on ${process.arch}, the engine for Linux on ${engine.arch}: its sandboxes could not run it.`,
      {
        hint: 'Run the command on Linux, on the machine of the engine or one like it.',
      },
    );
  }
  try {
    const from = await ensureDebianBase(engine, recipe.debian, options);
    const certificates = existsSync(hostCertificates) ? readFileSync(hostCertificates) : undefined;
    const { image } = await bakeImage(
      engine,
      {
        name: recipe.name,
        from,
        key: JSON.stringify([recipe, process.version, digest(certificates ?? '')]),
        root: true,
        env: { ...recipe.env },
        labels: { [label.packages]: JSON.stringify(recipe.packages) },
        timeoutMs: limits.image.buildMs,
        progress: options.progress,
        signal: options.signal,
      },
      async (sandbox) => {
        options.progress(
          `making ${recipe.name} with Node ${process.version} and ${packageSpecs(recipe.packages).join(', ')}`,
        );
        await run(sandbox, recipe, 'root', recipe.rootScript, options.signal);
        await layHostFiles(sandbox, certificates);
        await sandbox.upload('/node_modules', await packPackages(recipe.packages, options));
        for (const [path, content] of Object.entries(recipe.files)) {
          await sandbox.writeFile(path, content);
          if (path.includes('/bin/')) await run(sandbox, recipe, 'root', `chmod 755 ${path}`, options.signal);
        }
        await run(sandbox, recipe, 'sandbox', recipe.userScript, options.signal);
        await run(sandbox, recipe, 'sandbox', 'node --version && npm --version', options.signal);
      },
    );
    return image;
  } catch (error) {
    options.signal?.throwIfAborted();
    throw engineFault(error, `the image ${recipe.name} was made`);
  }
}

async function layHostFiles(sandbox: Sandbox, certificates: Buffer | undefined): Promise<void> {
  await sandbox.upload(
    '/usr/local/bin',
    await packFolder(dirname(process.execPath), { only: basename(process.execPath) }),
  );
  await sandbox.upload(
    '/usr/local/lib/node_modules/npm',
    await packFolder(npmFolder(), { exclude: ['./man', './docs'] }),
  );
  const link =
    'cd /usr/local/bin && ln -s ../lib/node_modules/npm/bin/npm-cli.js npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js npx';
  await sandbox.exec(['sh', '-c', link], { timeoutMs: limits.fileMs });
  if (certificates !== undefined) await sandbox.writeFile(hostCertificates, certificates);
}

async function run(
  sandbox: Sandbox,
  recipe: Recipe,
  user: 'root' | 'sandbox',
  script: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const done = await sandbox.exec(['sh', '-c', script], {
    user,
    env: { ...recipe.env },
    timeoutMs: limits.image.buildMs,
    ...(signal === undefined ? {} : { signal }),
  });
  if (done.exitCode !== 0) {
    const said = (done.stderr.trim() || done.stdout.trim()).slice(-800);
    const full = /no space left on device/i.test(said);
    throw new SandboxFault(
      full ? 'disk-full' : 'image-failed',
      `A step of the image ${recipe.name} ended with ${done.exitCode ?? done.outcome}: ${said}`,
      {
        hint: full
          ? 'Free some space where Docker keeps its data, then run the command again; nothing half-made was kept.'
          : 'Run the command again; `docker info` shows the state of the engine. Nothing half-made was kept.',
      },
    );
  }
}

/** This Node's processor in Docker's words. */
function engineArch(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}

function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
