import { randomUUID } from 'node:crypto';
import type Docker from 'dockerode';
import { containerLabels } from '../containers/labels.ts';
import { removeContainer } from '../containers/remove-container.ts';
import type { Engine } from '../engine/engine.ts';
import { statusOf } from '../engine/engine-fault.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import { programs } from './programs.ts';

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Looks whether an image has what a sandbox needs, without running anything of it: SandboxFault `image-lacks` names all that is
 * missing.
 */
export async function checkImage(engine: Engine, image: string, name: string): Promise<void> {
  const { Config } = await engine.docker.getImage(image).inspect();
  const path = Config.Env?.find((line) => line.startsWith('PATH='))?.slice('PATH='.length) || defaultPath;
  // Where they usually are first: each look costs the engine a mount.
  const folders = path.split(':').toSorted((a, b) => Number(b === '/usr/bin') - Number(a === '/usr/bin'));
  const container = await createIdle(engine, image);
  try {
    const lacking: string[] = [];
    for (const program of Object.keys(programs)) {
      let found = false;
      for (const folder of folders) found ||= await hasPath(container, `${folder}/${program}`);
      if (!found) lacking.push(program);
    }
    const packages = lacking.map((program) => programs[program]);
    const hasUser = await hasUser1000(container);
    if (lacking.length === 0 && hasUser) return;
    const steps = [
      ...(packages.length > 0
        ? [`\`RUN apt-get update && apt-get install -y ${[...new Set(packages)].join(' ')}\``]
        : []),
      ...(hasUser
        ? []
        : ['`RUN groupadd --gid 1000 sandbox && useradd --uid 1000 --gid 1000 --create-home sandbox`']),
    ];
    throw new SandboxFault(
      'image-lacks',
      `The image ${name} lacks what a sandbox needs: ${[...lacking, ...(hasUser ? [] : ['a user 1000'])].join(', ')}.`,
      {
        hint: `Add to its Dockerfile, on Debian: ${steps.join(' and ')}; or start it FROM an image that has them.`,
      },
    );
  } finally {
    await removeContainer(container);
  }
}

/** Never started. */
async function createIdle(engine: Engine, image: string): Promise<Docker.Container> {
  const name = `whetstone-${randomUUID()}`;
  return await engine.docker.createContainer({
    name,
    Image: image,
    Entrypoint: ['none'],
    NetworkDisabled: true,
    Labels: containerLabels({
      owner: engine.owner,
      purpose: 'look into an image',
      name,
      ttlMs: limits.fileMs,
    }),
  });
}

async function hasPath(container: Docker.Container, path: string): Promise<boolean> {
  try {
    await container.infoArchive({ path });
    return true;
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 400) return false;
    throw error;
  }
}

/** By /etc/passwd. */
async function hasUser1000(container: Docker.Container): Promise<boolean> {
  if (!(await hasPath(container, '/etc/passwd'))) return false;
  const archive = await container.getArchive({ path: '/etc/passwd' });
  let text = '';
  for await (const chunk of archive) {
    text += String(chunk);
    if (text.length > limits.context.textBytes) break;
  }
  // An archive of one file is its text between blocks of zeros.
  return /[\n\0][^:\n\0]*:[^:\n\0]*:1000:/.test(text);
}
