import { limits } from '../limits.ts';
import type { Sandbox } from './sandbox.ts';

export interface DiskWatch extends Disposable {
  /** Aborted when the sandbox has written more than it may; its reason says how much that is. */
  readonly signal: AbortSignal;
}

/**
 * Looks at the writable layer of a sandbox, which no engine bounds by itself, again and again. What it has written
 * before it is seen is bounded by the disk's speed alone.
 */
export function watchDisk(
  sandbox: Sandbox,
  maxBytes: number = limits.disk.codeBytes,
  lookMs: number = limits.disk.lookMs,
): DiskWatch {
  const controller = new AbortController();
  const look = async () => {
    // A sandbox that is gone writes nothing any more; whoever uses it is told so.
    const bytes = await sandbox.writtenBytes().catch(() => 0);
    if (bytes > maxBytes) controller.abort(new Error(`it wrote more than ${maxBytes} bytes to its disk`));
  };
  const timer = setInterval(look, lookMs);
  timer.unref();
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearInterval(timer);
    },
  };
}
