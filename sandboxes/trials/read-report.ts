import { demultiplexer } from '../containers/demux.ts';

/** What the supervisor says of a job that ended, and what is left of what the job itself said. */
export interface Report {
  /** Of `tar`, where files were to be unpacked. */
  unpackExitCode: number;
  exitCode: number;
  /** It was killed at its time limit. */
  late: boolean;
  cpuMs: number | undefined;
  peakMemoryBytes: number | undefined;
  /** Processes that the kernel killed for memory. */
  oomKills: number;
  result: Buffer | undefined;
}

export interface Said {
  stdout: Buffer;
  stderr: Buffer;
  truncated: { stdout: boolean; stderr: boolean };
}

/**
 * Reads a container's attached stream: what a job writes, bounded, and its supervisor's report, which begins with a nonce
 * that the job does not know.
 */
export class ReportReader {
  /** All that was written, kept or dropped. */
  bytes = 0;
  report: Report | undefined;
  readonly take: (chunk: Buffer) => void;
  readonly #stdout: Until;
  readonly #stderr: Until;

  constructor(options: { nonce: string; maxOutputBytes: number; maxResultBytes: number }) {
    const { nonce, maxOutputBytes } = options;
    this.#stdout = new Until(`\n${nonce} `, maxOutputBytes, options.maxResultBytes + 1024);
    this.#stderr = new Until(`\n${nonce} `, maxOutputBytes, 1024);
    const end = Buffer.from(`\n${nonce} end\n`);
    this.take = demultiplexer((stream, bytes) => {
      this.bytes += bytes.length;
      (stream === 'stdout' ? this.#stdout : this.#stderr).take(bytes);
      const told = this.#stdout.after;
      // Both must be at their end: the two come by different ways.
      if (this.report || !this.#stderr.after || told?.subarray(-end.length).equals(end) !== true) return;
      this.report = parseReport(told.subarray(0, -end.length));
    });
  }

  said(): Said {
    return {
      stdout: this.#stdout.before(),
      stderr: this.#stderr.before(),
      truncated: { stdout: this.#stdout.dropped, stderr: this.#stderr.dropped },
    };
  }
}

function parseReport(bytes: Buffer): Report {
  const newline = bytes.indexOf('\n');
  const head = bytes.subarray(0, newline === -1 ? bytes.length : newline);
  const rest = newline === -1 ? Buffer.alloc(0) : bytes.subarray(newline + 1);
  const [unpacked, code, first, cpu0, cpu1, peak, kills] = head.toString('latin1').split(' ');
  const marker = 'file\n';
  return {
    unpackExitCode: Number(unpacked),
    exitCode: Number(code),
    late: first === 'late',
    cpuMs: figure((Number(cpu1) - Number(cpu0)) / 1e6),
    peakMemoryBytes: figure(Number(peak)),
    oomKills: figure(Number(kills)) ?? 0,
    result:
      rest.subarray(0, marker.length).toString('latin1') === marker
        ? Buffer.from(rest.subarray(marker.length))
        : undefined,
  };
}

// Where the runtime shows no cgroup, the supervisor has no figure.
function figure(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** One stream up to a mark and after it, each bounded. */
class Until {
  dropped = false;
  after: Buffer | undefined;
  readonly #mark: Buffer;
  readonly #max: number;
  readonly #maxAfter: number;
  readonly #kept: Buffer[] = [];
  #size = 0;
  /** The last bytes, which may be the beginning of the mark. */
  #held = Buffer.alloc(0);

  constructor(mark: string, max: number, maxAfter: number) {
    this.#mark = Buffer.from(mark);
    this.#max = max;
    this.#maxAfter = maxAfter;
  }

  take(bytes: Buffer): void {
    if (this.after) {
      this.after = Buffer.concat([this.after, bytes]).subarray(0, this.#maxAfter);
      return;
    }
    const all = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const at = all.indexOf(this.#mark);
    if (at !== -1) {
      this.#keep(all.subarray(0, at));
      this.#held = Buffer.alloc(0);
      this.after = Buffer.from(all.subarray(at + this.#mark.length));
      return;
    }
    const safe = Math.max(0, all.length - this.#mark.length + 1);
    this.#keep(all.subarray(0, safe));
    this.#held = Buffer.from(all.subarray(safe));
  }

  before(): Buffer {
    return Buffer.concat([...this.#kept, this.#held]).subarray(0, this.#max);
  }

  #keep(bytes: Buffer): void {
    const room = this.#max - this.#size;
    if (room > 0 && bytes.length > 0) this.#kept.push(Buffer.from(bytes.subarray(0, room)));
    this.#size += bytes.length;
    if (this.#size > this.#max) this.dropped = true;
  }
}
