import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { Fault } from '../datasets/fault.ts';
import { openState, type State } from '../loops/state/open-state.ts';
import { stateDirectory, stateDirectoryPath } from '../loops/state/state-directory.ts';
import { ensureBaseImages } from '../loops/target/images.ts';
import { loadTarget, type Target } from '../loops/target/load-target.ts';
import type { LoopContext } from '../loops/workflows/context.ts';
import { connectEngine } from '../sandboxes/engine.ts';
import { reap } from '../sandboxes/reap.ts';
import { configPath } from './config-path.ts';
import type { CommandContext } from './define-command.ts';
import { engineOwner } from './engine-owner.ts';

export interface Workspace extends AsyncDisposable {
  target: Target;
  state: State;
}

/**
 * The target that `--config` names (by default the nearest whetstone.config.ts) and what happened to it so far. Who
 * only wants to look asks for a state that has `begun`: Fault `no-state` where there is none, and none is made.
 */
export async function openWorkspace(
  context: CommandContext,
  { begun = false }: { begun?: boolean } = {},
): Promise<Workspace> {
  const target = await loadTarget(configPath(context));
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
  const directory = await stateDirectory(place);
  const state = await openState({
    stateDirectory: directory,
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
  const { progress, signal } = context;
  const engine = await connectEngine({
    endpoint: context.env['DOCKER_HOST'] || undefined,
    owner: engineOwner(state.stateDirectory),
    signal,
  });
  await reap(engine, { owner: engine.owner });
  const images = await ensureBaseImages(engine, target, { progress, signal, ...options });
  return { target, engine, state, images, signal, progress, now: () => new Date() };
}
