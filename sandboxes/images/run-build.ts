import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { label, thisController } from '../containers/labels.ts';
import { removeContainer } from '../containers/remove-container.ts';
import type { Engine } from '../engine/engine.ts';
import { engineFault } from '../engine/engine-fault.ts';
import { followProgress, type ProgressEvent } from '../engine/follow-progress.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import { removeImage } from '../reap.ts';
import { printable } from './build-context.ts';
import { labelStages } from './dockerfile.ts';
import { livingBuilds } from './living-builds.ts';

export interface Build {
  name: string;
  dockerfile: string;
  /** Archive of the context; it is added to. */
  tar: string;
  /** Temporary. */
  folder: string;
  args: Readonly<Record<string, string>>;
  network: 'none' | 'bridge';
  /** Of the image that comes out. */
  labels: Readonly<Record<string, string>>;
  /** Where it is known by until somebody has looked at it. */
  tag: string;
  progress: (line: string) => void;
  signal: AbortSignal;
}

/**
 * Runs a build to its end; what comes out is `tag`. The engine's classic builder does it, whose every container and image carries
 * our labels: BuildKit keeps what it began in a cache that tells nobody whose it is. A failure or an abort leaves nothing, and what a
 * killed process leaves is found by `reap`. SandboxFault `build-failed`, with the step and what it said last.
 */
export async function runBuild(engine: Engine, build: Build): Promise<void> {
  const id = `${thisController()}/${randomUUID()}`;
  const dockerfile = `.whetstone-dockerfile-${randomUUID()}`;
  const own = { [label.owner]: engine.owner, [label.build]: id, [label.container]: '' };
  const beside = join(build.folder, 'beside');
  await mkdir(beside);
  const text = labelStages(
    build.dockerfile,
    { ...own, [label.step]: '1' },
    { ...build.labels, ...own, [label.step]: '' },
  );
  await writeFile(join(beside, dockerfile), text);
  // Both are taken out of the context before anything is copied from it.
  await writeFile(join(beside, '.dockerignore'), `.dockerignore\n${dockerfile}\n`);
  await execa('tar', ['-r', '-f', build.tar, '-C', beside, '.dockerignore', dockerfile]);
  const query = {
    dockerfile,
    t: build.tag,
    rm: true,
    forcerm: true,
    nocache: true,
    networkmode: build.network,
    buildargs: { ...build.args },
  };
  livingBuilds.add(id);
  try {
    await followBuild(engine, query, build);
    // Of a build in several stages all but the last one.
    await removeDangling(engine, id);
  } catch (error) {
    await removeRemains(engine, id);
    throw error;
  } finally {
    livingBuilds.delete(id);
  }
}

async function followBuild(engine: Engine, query: object, build: Build): Promise<void> {
  let step = 'its first step';
  const tail: string[] = [];
  const onEvent = (event: ProgressEvent): void => {
    // The engine writes what went to stderr in red.
    const said = stripVTControlCharacters(event.stream ?? '');
    for (const line of said.split('\n').map((one) => printable(one).trim())) {
      const [, text] = /^Step \d+\/\d+ : (.*)$/.exec(line) ?? [];
      if (text === undefined) {
        if (line !== '' && !/^(---> |Removing intermediate container )/.test(line)) tail.push(line);
        tail.splice(0, tail.length - limits.context.tailLines);
      } else if (!/^LABEL "?dev\.whetstone\./.test(text)) {
        step = `\`${text}\``;
        tail.length = 0;
        build.progress(`${build.name}: ${text}`);
      }
    }
  };
  try {
    const options = { ...query, abortSignal: build.signal };
    const stream = await engine.docker.buildImage(createReadStream(build.tar), options);
    await followProgress(stream, onEvent, build.signal);
  } catch (error) {
    build.signal.throwIfAborted();
    throw buildFault(error, build, step, tail);
  }
}

function buildFault(error: unknown, { name }: Build, step: string, tail: readonly string[]): Error {
  const doing = `${name} was built`;
  // A connection that broke is no word on the Dockerfile.
  if (error instanceof SandboxFault || (error as { code?: unknown }).code !== undefined) {
    return engineFault(error, doing);
  }
  const why = printable(error instanceof Error ? error.message.trim() : String(error));
  if (/no space left on device/i.test([why, ...tail].join('\n'))) {
    return engineFault(new Error(`no space left on device in ${step}`, { cause: error }), doing);
  }
  const said = tail.length === 0 ? '' : ` It said last:\n${tail.join('\n')}`;
  return new SandboxFault('build-failed', `The Dockerfile of ${name} failed in ${step}: ${why}.${said}`, {
    hint: /pull access denied|registry|lookup .* no such host|i\/o timeout/i.test(why)
      ? 'It copies from an image that the engine does not have and no registry gives: `docker pull` or `docker load` it first.'
      : 'Correct that step, then run the command again; nothing half-made was kept.',
    cause: error,
  });
}

/**
 * The engine ends a build that nobody listens to any more, but not at once, and takes its containers away itself: who does so
 * at the same moment makes both fail.
 */
async function removeRemains(engine: Engine, id: string): Promise<void> {
  const filters = { label: [`${label.build}=${id}`] };
  const began = performance.now();
  const since = () => performance.now() - began;
  for (let quiet = 0; quiet < 3 && since() < limits.context.cleanUpMs; await sleep(100)) {
    const containers = await engine.docker.listContainers({ all: true, filters });
    if (since() > limits.context.cleanUpMs / 4) {
      for (const { Id } of containers) await removeContainer(engine.docker.getContainer(Id));
    }
    const images = await removeDangling(engine, id);
    quiet = containers.length + images === 0 ? quiet + 1 : 0;
  }
}

async function removeDangling(engine: Engine, id: string): Promise<number> {
  const filters = { label: [`${label.build}=${id}`], dangling: ['true'] };
  const images = await engine.docker.listImages({ filters });
  for (const { Id } of images) await removeImage(engine, Id);
  return images.length;
}
