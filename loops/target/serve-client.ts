import type { Duplex } from 'node:stream';
import { z } from 'zod';
import type { ResultSet } from '../../datasets/cases/rows.ts';
import type { Params } from '../../datasets/patterns/pattern.ts';

/** The most bytes one answer may have: a target that answers more is wrong, not slow. */
const MAX_ANSWER_BYTES = 256 * 2 ** 20;

const Answer = z.union([
  z.object({
    id: z.number(),
    columns: z.array(z.string()),
    types: z.array(z.string()),
    rows: z.array(z.array(z.unknown())),
  }),
  z.object({ id: z.number(), error: z.string() }),
]);

/**
 * `ms` runs from the request written to the last byte of the answer read, on the host's clock.
 * `late`: nothing came within the limit; `settle` then tells whether the client can be asked again.
 */
export type ServeReply =
  | { outcome: 'answered'; ms: number; result: ResultSet }
  | { outcome: 'failed'; ms: number; error: string }
  | { outcome: 'late'; ms: number }
  | { outcome: 'gone'; ms: number; error: string };

/** Speaks the serve protocol of docs/target.md with one process of a target; one request at a time. */
export class ServeClient {
  readonly #pipe: Duplex;
  #id = 0;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #waiting: ((line: { text: string; at: number } | { error: string; at: number }) => void) | undefined;
  #gone: string | undefined;

  constructor(pipe: Duplex) {
    this.#pipe = pipe;
    pipe.on('data', (chunk: Buffer) => this.#take(chunk));
    pipe.on('error', (error) => this.#end(error.message));
    pipe.on('end', () => this.#end('the serve process ended'));
    pipe.on('close', () => this.#end('the serve process ended'));
  }

  async request(query: string, params: Params, limitMs: number): Promise<ServeReply> {
    if (this.#gone !== undefined) return { outcome: 'gone', ms: 0, error: this.#gone };
    const id = ++this.#id;
    const line = `${JSON.stringify({ id, query, params })}\n`;
    let timer: NodeJS.Timeout | undefined;
    const started = performance.now();
    const reply = await new Promise<{ text: string; at: number } | { error: string; at: number } | undefined>(
      (resolve) => {
        this.#waiting = resolve;
        timer = setTimeout(() => resolve(undefined), limitMs);
        this.#pipe.write(line);
      },
    );
    clearTimeout(timer);
    this.#waiting = undefined;
    if (!reply) return { outcome: 'late', ms: limitMs };
    const ms = reply.at - started;
    if ('error' in reply) return { outcome: 'gone', ms, error: reply.error };
    return parseAnswer(reply.text, id, ms);
  }

  /** After a late answer: waits for it, so that it is not taken for the next one's. False: it never came. */
  async settle(limitMs: number): Promise<boolean> {
    if (this.#gone !== undefined) return false;
    let timer: NodeJS.Timeout | undefined;
    const came = await new Promise<boolean>((resolve) => {
      this.#waiting = (line) => resolve('text' in line);
      timer = setTimeout(() => resolve(false), limitMs);
    });
    clearTimeout(timer);
    this.#waiting = undefined;
    return came;
  }

  close(): void {
    this.#pipe.destroy();
  }

  #take(chunk: Buffer): void {
    const end = chunk.indexOf(10);
    if (end < 0) {
      this.#chunks.push(chunk);
      this.#bytes += chunk.length;
      if (this.#bytes > MAX_ANSWER_BYTES) this.#end(`an answer of more than ${MAX_ANSWER_BYTES} bytes`);
      return;
    }
    const at = performance.now();
    const text = Buffer.concat([...this.#chunks, chunk.subarray(0, end)]).toString('utf8');
    const rest = chunk.subarray(end + 1);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#bytes = rest.length;
    // Output that nobody asked for is not an answer to the next question: its id will not match.
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.({ text, at });
  }

  #end(error: string): void {
    if (this.#gone !== undefined) return;
    this.#gone = error;
    this.#pipe.destroy();
    this.#waiting?.({ error, at: performance.now() });
  }
}

function parseAnswer(text: string, id: number, ms: number): ServeReply {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { outcome: 'gone', ms, error: `not a JSON line: ${text.slice(0, 200)}` };
  }
  const parsed = Answer.safeParse(json);
  if (!parsed.success)
    return { outcome: 'gone', ms, error: `not an answer of the serve protocol: ${text.slice(0, 200)}` };
  if (parsed.data.id !== id)
    return { outcome: 'gone', ms, error: `answered request ${parsed.data.id} instead of ${id}` };
  if ('error' in parsed.data) return { outcome: 'failed', ms, error: parsed.data.error.slice(0, 2_000) };
  const { columns, types, rows } = parsed.data;
  return { outcome: 'answered', ms, result: { columns, types, rows } };
}
