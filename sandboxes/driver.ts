import { type OpenSandboxOptions, openSandbox } from './containers/open-sandbox.ts';
import type { Sandbox } from './containers/sandbox.ts';
import type { Engine } from './engine/engine.ts';
import { openTrials, type TrialRunnerOptions } from './trials/open-trials.ts';
import type { TrialRunner } from './trials/trial.ts';

/** What runs untrusted code, whatever isolates it. One that passes `conformance.ts` can stand for another. */
export interface SandboxDriver {
  /** For jobs that run once, each by itself. */
  openTrials(options: TrialRunnerOptions): TrialRunner;
  /** For what goes on longer. */
  openSandbox(options: OpenSandboxOptions): Promise<Sandbox>;
}

/** Containers of a Docker Engine. */
export function dockerDriver(engine: Engine): SandboxDriver {
  return {
    openTrials: (options) => openTrials(engine, options),
    openSandbox: (options) => openSandbox(engine, options),
  };
}
