import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { stateDirectoryPath } from '../../loops/state/state-directory.ts';
import { ensureCodeImages } from '../../loops/target/code-images.ts';
import { ensureBaseImages } from '../../loops/target/images.ts';
import { type CodeTarget, isCodeTarget, loadAnyTarget, type Target } from '../../loops/target/load-target.ts';
import { connectEngine, type Engine } from '../../sandboxes/engine/engine.ts';
import { SandboxFault } from '../../sandboxes/fault.ts';
import { configPath } from '../config-path.ts';
import type { CommandContext } from '../define-command.ts';
import { engineOwner } from '../engine-owner.ts';
import { imageKeeping } from '../image-keeping.ts';
import { machineFolder } from '../setup/machine-folder.ts';

/**
 * The engine under the owner whose images a command is about: those of the target here, else of the state that --state names, else
 * what set-up made.
 */
export async function openImages(
  context: CommandContext,
  target: Target | CodeTarget | undefined,
): Promise<Engine> {
  const engine = await connectEngine({
    endpoint: context.env['DOCKER_HOST'] || undefined,
    owner: engineOwner(stateOf(context, target)),
    signal: context.signal,
  });
  return { ...engine, keeping: imageKeeping(context.env, target) };
}

/** The target of the configuration, or undefined where there is none and none was named. */
export async function findTarget(context: CommandContext): Promise<Target | CodeTarget | undefined> {
  const file = configPath(context);
  return context.config === undefined && !existsSync(file) ? undefined : await loadAnyTarget(file);
}

/** Makes, or finds, all that the target's configuration needs before anything is measured. */
export async function makeImages(
  engine: Engine,
  target: Target | CodeTarget,
  { progress, signal }: Pick<CommandContext, 'progress' | 'signal'>,
): Promise<void> {
  if (isCodeTarget(target)) await ensureCodeImages(engine, target, { progress, signal });
  else await ensureBaseImages(engine, target, { progress, signal });
}

/** Tags of what the configuration needs and is there, the lowest first; nothing is made. */
export async function neededTags(
  engine: Engine,
  target: Target | CodeTarget | undefined,
  context: CommandContext,
): Promise<string[]> {
  const tags: string[] = [];
  if (target === undefined) return tags;
  try {
    await makeImages({ ...engine, onlyFound: (tag) => tags.push(tag) }, target, context);
  } catch (error) {
    if (!(error instanceof SandboxFault && error.code === 'not-made')) throw error;
  }
  return [...new Set(tags)];
}

function stateOf({ env, state }: CommandContext, target: Target | CodeTarget | undefined): string {
  if (target === undefined) return path.resolve(state || env['WHETSTONE_HOME'] || machineFolder(env));
  return stateDirectoryPath({
    env,
    target: target.name,
    isRoot: process.getuid?.() === 0,
    home: homedir(),
    ...(state === undefined ? {} : { state }),
  });
}
