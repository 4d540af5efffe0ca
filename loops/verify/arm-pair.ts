import { cpusOf } from '../../sandboxes/engine/engine.ts';
import { Arm } from '../target/arm.ts';
import type { LoopContext } from '../workflows/context.ts';

/** Both arms in a fresh container each: one session's, or a look at the guards. */
export class ArmPair implements AsyncDisposable {
  readonly base: Arm;
  readonly candidate: Arm;
  readonly #cpuset: readonly number[];

  private constructor(base: Arm, candidate: Arm, cpuset: readonly number[]) {
    this.#cpuset = cpuset;
    this.base = base;
    this.candidate = candidate;
  }

  /** Opens both at once, or neither. */
  static async open(
    { engine, target, images, signal }: LoopContext,
    candidateImage: string,
  ): Promise<ArmPair> {
    const open = (image: string, purpose: string) =>
      Arm.open(engine, image, target.config, { purpose, signal });
    const opened = await Promise.allSettled([
      open(images.base, 'base arm'),
      open(candidateImage, 'candidate arm'),
    ]);
    const [base, candidate] = opened;
    if (base.status === 'fulfilled' && candidate.status === 'fulfilled') {
      return new ArmPair(base.value, candidate.value, cpusOf(engine));
    }
    for (const arm of opened) if (arm.status === 'fulfilled') await arm.value[Symbol.asyncDispose]();
    throw opened.find((arm) => arm.status === 'rejected')?.reason;
  }

  /**
   * Runs `body` with both arms on the same one CPU, the `at`-th of those they may use, counted round; on all where the
   * engine cannot. A neighbour that slows one CPU down then slows both arms down alike.
   */
  async onOneCpu<T>(at: number, body: () => Promise<T>): Promise<T> {
    const cpuset = this.#cpuset;
    const [first, ...others] = cpuset;
    if (first === undefined || others.length === 0) return body();
    const pin = (cpus: readonly number[]) =>
      Promise.all([this.base, this.candidate].map(({ sandbox }) => sandbox.pin(cpus)));
    const pinned = await pin([cpuset[at % cpuset.length] ?? first]);
    if (!pinned.every(Boolean)) await pin(cpuset);
    try {
      return await body();
    } finally {
      await pin(cpuset);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.base[Symbol.asyncDispose](), this.candidate[Symbol.asyncDispose]()]);
  }
}
