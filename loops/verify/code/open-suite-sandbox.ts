import { openSandbox } from '../../../sandboxes/containers/open-sandbox.ts';
import type { Sandbox } from '../../../sandboxes/containers/sandbox.ts';
import { SandboxFault } from '../../../sandboxes/fault.ts';
import type { CodeContext } from '../../workflows/code-context.ts';
import { timeLimitMs, type Variation } from './variation.ts';

/** From the time limit of a run to the end of its containers. */
const GRACE_MS = 60_000;

/** A fresh container for one run of tests. */
export function openSuiteSandbox(
  { engine, target, signal }: CodeContext,
  { image, purpose, variation }: { image: string; purpose: string; variation: Variation },
): Promise<Sandbox> {
  return openSandbox(engine, {
    image,
    profile: 'service',
    ttlMs: timeLimitMs(target.config.tests.timeoutMs, variation) + GRACE_MS,
    purpose,
    cpus: variation.cpus ?? 1,
    signal,
  });
}

/**
 * Whether a fault is the doing of a candidate's code: a container that lives and cannot be used has run out of something.
 * The base is nobody's attack, and a container that is gone may have been anything.
 */
export async function isCodesDoing(
  { images }: CodeContext,
  { code, sandbox }: { code: string; sandbox: Sandbox },
  error: unknown,
): Promise<boolean> {
  // An engine that was lost for a while may be back with the container alive: that is nobody's doing.
  const lost = !(error instanceof SandboxFault) || error.code === 'no-engine';
  return code !== images.base && !lost && (await sandbox.isRunning());
}
