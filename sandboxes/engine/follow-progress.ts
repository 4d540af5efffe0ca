import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';

/** What the engine says of a pull, an import or a build while it goes on. */
export interface ProgressEvent {
  stream?: string;
  error?: string;
}

/**
 * Reads an engine's progress, a JSON document a line, to its end. An error that it tells is thrown, which dockerode's own reader
 * takes for progress; an abort ends the reading.
 */
export async function followProgress(
  stream: NodeJS.ReadableStream,
  onEvent: (event: ProgressEvent) => void = () => {},
  signal?: AbortSignal | undefined,
): Promise<void> {
  const abort = () =>
    void ('destroy' in stream && (stream.destroy as (error: unknown) => void)(signal?.reason));
  signal?.addEventListener('abort', abort, { once: true });
  let rest = '';
  try {
    for await (const chunk of stream) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > limits.image.progressBytes) {
        throw new SandboxFault(
          'engine-error',
          `The Docker Engine sent a line of more than ${rest.length} bytes.`,
          {
            hint: 'See what answers at this address: `docker info`.',
          },
        );
      }
      for (const line of lines) if (line.trim() !== '') tell(line, onEvent);
    }
    if (rest.trim() !== '') tell(rest, onEvent);
    signal?.throwIfAborted();
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function tell(line: string, onEvent: (event: ProgressEvent) => void): void {
  const event = JSON.parse(line) as ProgressEvent;
  if (typeof event.error === 'string') throw new Error(event.error);
  onEvent({ stream: typeof event.stream === 'string' ? event.stream : '' });
}
