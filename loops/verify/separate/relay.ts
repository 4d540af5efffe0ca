import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { FrameReader, frame } from './frame-reader.ts';

export interface RelayLimits {
  /** Of one message, either way. */
  messageBytes: number;
  /** Of all that the code under test says in a run. */
  codeBytes: number;
  /** How long the code may take to answer, or to ask back. */
  answerMs: number;
  /** How long one process of the code may live, which is to say one test file: endless questions are answers as well. */
  fileMs: number;
  /** Of the whole run. */
  totalMs: number;
}

export const relayLimits: RelayLimits = {
  messageBytes: 18 * 2 ** 20,
  codeBytes: 2 ** 30,
  answerMs: 20_000,
  fileMs: 60_000,
  totalMs: 300_000,
};

export interface RelayOptions {
  /** To the process that runs the tests. It is trusted, and decides when the run is over by ending its stream. */
  tests: Duplex;
  /**
   * Starts the code under test afresh, for one test file; the next one is started while a file runs. What it throws is a
   * fault of ours and ends the run.
   */
  openCode(): Promise<Duplex>;
  limits: RelayLimits;
  /** An abort ends both sides and throws the signal's reason. */
  signal?: AbortSignal;
}

/** How the code under test came to its end in one test file. */
export type CodeEnd = 'closed' | 'code-ended' | 'code-timed-out' | 'code-breach';

export interface RelayOutcome {
  /**
   * `tests-ended`: the tests ran to their end and the code was there for all of them. `timed-out`: cut at the limit of the
   * whole run. `tests-breach`: the test side sent nonsense. The others are the worst that happened to the code in any file.
   */
  outcome: 'tests-ended' | 'timed-out' | 'tests-breach' | Exclude<CodeEnd, 'closed'>;
  /** What was seen, for people. */
  detail: string;
  files: { file: string; end: CodeEnd; detail: string; messages: number; codeBytes: number }[];
}

const Control = z.union([
  z.strictObject({ open: z.string().regex(/^[0-9a-f]{32}$/), file: z.string() }),
  z.strictObject({ breach: z.string() }),
]);
const DATA = Buffer.of(0);
const CONTROL = Buffer.of(1);

/**
 * Carries the conversation between tests and the code they test, each in a container of its own, until the tests end.
 * The code side is hostile: whatever it does is an outcome. A stream of the tests that fails, or an `openCode` that throws,
 * is a fault of ours and is thrown. Both sides are destroyed on every way out.
 */
export async function relay(options: RelayOptions): Promise<RelayOutcome> {
  options.signal?.throwIfAborted();
  const run = new Relay(options);
  const abort = () => run.abandon(options.signal?.reason);
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    return await run.outcome;
  } finally {
    options.signal?.removeEventListener('abort', abort);
    run.dispose();
  }
}

type Code = RelayOutcome['files'][number] & {
  stream: Duplex;
  reader: FrameReader;
  over: boolean;
  deadline?: NodeJS.Timeout;
  lifetime?: NodeJS.Timeout;
};

class Relay {
  readonly outcome: Promise<RelayOutcome>;
  readonly #options: RelayOptions;
  readonly #fromTests: FrameReader;
  readonly #codes: Code[] = [];
  readonly #deadline: NodeJS.Timeout;
  /** A process for the next file: to start one takes as long as many a file does. */
  #spare: Promise<Code> | undefined;
  #finish!: (outcome: Pick<RelayOutcome, 'outcome' | 'detail'>) => void;
  #fault!: (error: unknown) => void;
  /** Whoever has it may send one message, to which the other one answers. */
  #turn: 'tests' | 'code' | 'opening' = 'tests';
  #over = false;

  constructor(options: RelayOptions) {
    const { tests, limits } = options;
    this.#options = options;
    this.#fromTests = new FrameReader(limits.messageBytes);
    this.outcome = new Promise((resolve, reject) => {
      this.#finish = (seen) => resolve({ ...seen, files: this.#codes.map(toReport) });
      this.#fault = reject;
    });
    this.#deadline = setTimeout(() => {
      const whose = { tests: 'the tests', code: 'the code under test', opening: 'a new process' }[this.#turn];
      this.#finish({
        outcome: 'timed-out',
        detail: `cut after ${limits.totalMs} ms, while ${whose} had the turn`,
      });
    }, limits.totalMs);
    tests.on('data', (chunk: Buffer) => this.#hearTests(chunk));
    tests.on('error', (error) => this.#fault(error));
    tests.on('close', () => this.#testsEnded());
    tests.on('end', () => this.#testsEnded());
  }

  abandon(reason: unknown): void {
    this.#fault(reason);
  }

  dispose(): void {
    this.#over = true;
    clearTimeout(this.#deadline);
    for (const code of this.#codes) this.#end(code, 'closed', '');
    void this.#spare?.then((code) => this.#end(code, 'closed', '')).catch(() => {});
    this.#options.tests.destroy();
  }

  get #code(): Code | undefined {
    return this.#codes.at(-1);
  }

  #testsEnded(): void {
    const order = ['code-breach', 'code-timed-out', 'code-ended'] as const;
    const worst = order.flatMap((outcome) => this.#codes.filter(({ end }) => end === outcome)).at(0);
    const seen = worst && {
      outcome: worst.end as (typeof order)[number],
      detail: `${worst.file}: ${worst.detail}`,
    };
    this.#finish(seen ?? { outcome: 'tests-ended', detail: '' });
  }

  #hearTests(chunk: Buffer): void {
    if (this.#over) return;
    const messages = this.#fromTests.push(chunk);
    const wrong =
      messages === 'too-long'
        ? 'a message is too long'
        : messages.map((message) => this.#obey(message)).find((one) => one !== undefined);
    if (wrong !== undefined) this.#finish({ outcome: 'tests-breach', detail: wrong });
  }

  /** What was wrong with the message, if anything. */
  #obey(message: Buffer): string | undefined {
    if (message[0] === DATA[0]) return this.#toCode(message.subarray(1));
    const control = Control.safeParse(parseJson(message.subarray(1)));
    if (!control.success) return 'no such control message';
    if ('breach' in control.data) {
      // Only the test side understands what messages say.
      if (this.#code) this.#end(this.#code, 'code-breach', control.data.breach);
      return undefined;
    }
    if (this.#turn === 'opening') return 'the tests spoke out of turn';
    this.#turn = 'opening';
    if (this.#code) this.#end(this.#code, 'closed', '');
    void this.#open(control.data.open, control.data.file).catch((error: unknown) => this.#fault(error));
    return undefined;
  }

  #toCode(message: Buffer): string | undefined {
    const code = this.#code;
    if (this.#turn !== 'tests' || !code) return 'the tests spoke out of turn';
    if (code.over) {
      // It ended after its last answer.
      this.#tellEnd(code);
      return undefined;
    }
    this.#turn = 'code';
    code.messages += 1;
    code.stream.write(frame(message));
    code.deadline = setTimeout(() => {
      this.#end(code, 'code-timed-out', `no answer within ${this.#options.limits.answerMs} ms`);
    }, this.#options.limits.answerMs);
    return undefined;
  }

  async #open(nonce: string, file: string): Promise<void> {
    const code = await (this.#spare ?? this.#begin());
    this.#spare = undefined;
    if (this.#over) return this.#end(code, 'closed', '');
    const { fileMs } = this.#options.limits;
    code.file = file;
    code.lifetime = setTimeout(() => {
      this.#end(code, 'code-timed-out', `not done within ${fileMs} ms`);
    }, fileMs);
    this.#codes.push(code);
    this.#turn = 'tests';
    this.#toTests(Buffer.from(nonce));
    this.#spare = this.#begin();
    // Whoever takes it is told; it may be that nobody does.
    this.#spare.catch(() => {});
  }

  async #begin(): Promise<Code> {
    const stream = await this.#options.openCode();
    const reader = new FrameReader(this.#options.limits.messageBytes);
    const seen = { file: '', end: 'closed', detail: '', messages: 0, codeBytes: 0 } as const;
    const code: Code = { ...seen, stream, reader, over: false };
    stream.on('data', (chunk: Buffer) => this.#hearCode(code, chunk));
    stream.on('error', (error) => this.#end(code, 'code-ended', error.message));
    stream.on('end', () => this.#end(code, 'code-ended', 'its process ended'));
    stream.on('close', () => this.#end(code, 'code-ended', 'its process ended'));
    return code;
  }

  #hearCode(code: Code, chunk: Buffer): void {
    if (this.#over || code.over) return;
    const heard = this.#read(code, chunk);
    if (typeof heard === 'string') this.#end(code, 'code-breach', heard);
    else if (heard) {
      clearTimeout(code.deadline);
      this.#turn = 'tests';
      this.#options.tests.write(frame(DATA, heard));
    }
  }

  /** A message, if it is complete, or what is wrong with it. */
  #read(code: Code, chunk: Buffer): Buffer | string | undefined {
    const { codeBytes } = this.#options.limits;
    code.codeBytes += chunk.length;
    if (this.#turn !== 'code' || code !== this.#code) return 'it spoke out of turn';
    if (this.#codes.reduce((sum, one) => sum + one.codeBytes, 0) > codeBytes)
      return `it said more than ${codeBytes} bytes`;
    const messages = code.reader.push(chunk);
    if (messages === 'too-long') return 'a message is too long';
    return messages.length > 1 ? 'it spoke out of turn' : messages[0];
  }

  /** The first end of it counts. */
  #end(code: Code, end: CodeEnd, detail: string): void {
    clearTimeout(code.deadline);
    clearTimeout(code.lifetime);
    if (code.over) return;
    Object.assign(code, { end, detail, over: true });
    code.stream.destroy();
    if (this.#turn === 'code' && code === this.#code && !this.#over) this.#tellEnd(code);
  }

  #tellEnd({ end, detail }: Code): void {
    this.#turn = 'tests';
    this.#toTests(Buffer.from(JSON.stringify({ ended: `${end}, ${detail}` })));
  }

  #toTests(control: Buffer): void {
    this.#options.tests.write(frame(CONTROL, control));
  }
}

function toReport({ file, end, detail, messages, codeBytes }: Code): RelayOutcome['files'][number] {
  return { file, end, detail, messages, codeBytes };
}

function parseJson(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
}
