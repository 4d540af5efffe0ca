import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { Fault } from '../datasets/fault.ts';
import { openState as openTargetState, type State } from '../loops/state/open-state.ts';
import { stateDirectory, stateDirectoryPath } from '../loops/state/state-directory.ts';
import { ensureCodeImages } from '../loops/target/code-images.ts';
import { ensureBaseImages } from '../loops/target/images.ts';
import {
  type CodeTarget,
  type Located,
  loadAnyTarget,
  loadTarget,
  type Target,
} from '../loops/target/load-target.ts';
import type { CodeContext } from '../loops/workflows/code-context.ts';
import type { LoopContext } from '../loops/workflows/context.ts';
import { connectEngine, type Engine } from '../sandboxes/engine/engine.ts';
import { reap } from '../sandboxes/reap.ts';
import { configPath } from './config-path.ts';
import type { CommandContext } from './define-command.ts';
import { engineOwner } from './engine-owner.ts';
import { imageKeeping } from './image-keeping.ts';

export interface Workspace<T = Target> extends AsyncDisposable {
  target: T;
  state: State;
}

/**
 * The target that `--config` names (by default the nearest whetstone.config.ts) and what happened to it so far. Who
 * only wants to look asks for a state that has `begun`: Fault `no-state` where there is none, and none is made.
 */
export async function openWorkspace(
  context: CommandContext,
  options: { begun?: boolean } = {},
): Promise<Workspace> {
  return openState(context, await loadTarget(configPath(context)), options);
}

/** The same for a target of any domain: `isCodeTarget` tells. */
export async function openAnyWorkspace(
  context: CommandContext,
  options: { begun?: boolean } = {},
): Promise<Workspace<Target | CodeTarget>> {
  return openState(context, await loadAnyTarget(configPath(context)), options);
}

async function openState<T extends Located>(
  context: CommandContext,
  target: T,
  { begun = false }: { begun?: boolean },
): Promise<Workspace<T>> {
  const place = {
    env: context.env,
    target: target.name,
    isRoot: process.getuid?.() === 0,
    home: homedir(),
    ...(context.state === undefined ? {} : { state: context.state }),
  };
  const url = context.env['DATABASE_URL'];
  if (begun && !url && !existsSync(path.join(stateDirectoryPath(place), 'postgres'))) {
    throw new Fault(
      'no-state',
      `nothing has happened to ${target.name} yet: ${stateDirectoryPath(place)} holds no state`,
      { hint: 'run `whetstone loop` first, or name the state of an earlier one with --state DIR' },
    );
  }
  const state = await openTargetState({
    stateDirectory: await stateDirectory(place),
    target: target.name,
    progress: context.progress,
    signal: context.signal,
    ...(url ? { databaseUrl: url } : {}),
  });
  return { target, state, [Symbol.asyncDispose]: () => state.close() };
}

/** A workspace with an engine and the base revision's images: what measuring needs. */
export async function openLoop(
  workspace: Workspace,
  context: CommandContext,
  options: { revision?: string } = {},
): Promise<LoopContext> {
  const { target, state } = workspace;
  const connected = await connectWorkspace(workspace, context);
  const { progress, signal } = context;
  const images = await ensureBaseImages(connected, target, { progress, signal, ...options });
  const needed = [images.data, images.base, images.shuffled];
  const engine = { ...connected, keeping: imageKeeping(context.env, target, needed) };
  return { target, engine, state, images, signal, progress, now: () => new Date() };
}

/** The same for a code target. */
export async function openCode(
  workspace: Workspace<CodeTarget>,
  context: CommandContext,
): Promise<CodeContext> {
  const { target, state } = workspace;
  const connected = await connectWorkspace(workspace, context);
  const { progress, signal } = context;
  const images = await ensureCodeImages(connected, target, { progress, signal });
  const needed = [images.packages, images.base, ...(images.tests === null ? [] : [images.tests])];
  const engine = { ...connected, keeping: imageKeeping(context.env, target, needed) };
  return { target, engine, state, images, signal, progress, now: () => new Date() };
}

async function connectWorkspace(
  { target, state }: Workspace<Target | CodeTarget>,
  context: CommandContext,
): Promise<Engine> {
  const engine = await connectEngine({
    endpoint: context.env['DOCKER_HOST'] || undefined,
    owner: engineOwner(state.stateDirectory),
    runtime: target.config.sandbox?.runtime,
    signal: context.signal,
  });
  await reap(engine, { owner: engine.owner });
  return { ...engine, keeping: imageKeeping(context.env, target) };
}
