import { SandboxFault } from '../fault.ts';

/** Of errors that say that nobody answers any more, here or over a network. */
const lostCodes = new Set(
  'ECONNREFUSED ENOENT ECONNRESET ECONNABORTED EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOTFOUND EAI_AGAIN ERR_STREAM_PREMATURE_CLOSE'.split(
    ' ',
  ),
);

/** The HTTP status of the engine's answer, where there was one. */
export function statusOf(error: unknown): number | undefined {
  return isRecord(error) && typeof error['statusCode'] === 'number' ? error['statusCode'] : undefined;
}

/**
 * What went wrong between us and the engine, as one fault: `disk-full`, `no-engine`, `no-such-image`, or
 * `engine-error` for the rest. A SandboxFault and an abort pass through unchanged.
 */
export function engineFault(error: unknown, doing: string): Error {
  if (error instanceof SandboxFault) return error;
  if (error instanceof Error && error.name === 'AbortError') return error;
  const message = error instanceof Error ? error.message.trim() : String(error);
  if (/no space left on device|ENOSPC|disk quota exceeded/i.test(message)) {
    return new SandboxFault('disk-full', `The disk filled up while ${doing}: ${message}`, {
      hint: 'Free some space where Docker keeps its data (`docker system df` shows what it uses), then run the command again; nothing half-made was kept.',
      cause: error,
    });
  }
  const code = isRecord(error) ? error['code'] : undefined;
  if (typeof code === 'string' && lostCodes.has(code)) {
    return new SandboxFault('no-engine', `The Docker Engine stopped answering while ${doing}: ${message}`, {
      hint: 'See that it runs (`docker info`), then run the command again.',
      cause: error,
    });
  }
  const runtime = /unknown runtime specified|invalid runtime name|OCI runtime create failed/i.test(message);
  if (runtime) {
    return new SandboxFault('runtime-failed', `The runtime failed while ${doing}: ${message}`, {
      hint: 'See that its program is there on the machine of the engine and runs (`docker run --runtime NAME`), or choose another runtime.',
      cause: error,
    });
  }
  if (statusOf(error) === 404 && /no such image/i.test(message)) {
    return new SandboxFault('no-such-image', `An image is missing while ${doing}: ${message}`, {
      hint: 'It was removed since it was made: run the command again and it is made anew.',
      cause: error,
    });
  }
  return new SandboxFault('engine-error', `The Docker Engine refused while ${doing}: ${message}`, {
    hint: "Look at the engine's log (`journalctl -u docker`, or `docker info`), then run the command again.",
    cause: error,
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
