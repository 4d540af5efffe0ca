import { SandboxFault } from '../fault.ts';
import type { EndReason } from './environment.ts';

const why: Record<EndReason, string> = {
  closed: 'was closed',
  idle: 'ended because nothing was done in it for too long',
  ttl: 'ended because its time was over',
  disk: 'was ended because it wrote too much to its disk',
  runaway: 'was ended because processes in it could not be killed in time',
  died: 'ended by itself: its first processes were killed, it ran out of memory, or the engine restarted',
};

/** What a call gets after an environment's end. */
export function endedFault(
  name: string,
  reason: EndReason,
  lastSnapshot: string | undefined,
  cause?: unknown,
): SandboxFault {
  return new SandboxFault('environment-ended', `The environment ${name} ${why[reason]} (${reason}).`, {
    hint:
      lastSnapshot === undefined
        ? 'No snapshot was made of it: open a new one, and use `extend` or `snapshot` in time.'
        : `Restore its last snapshot, ${lastSnapshot}.`,
    cause,
  });
}
