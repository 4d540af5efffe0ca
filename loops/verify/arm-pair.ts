import { Arm } from '../target/arm.ts';
import type { LoopContext } from '../workflows/context.ts';

/** Both arms in a fresh container each: one session's, or a look at the guards. */
export class ArmPair implements AsyncDisposable {
  readonly base: Arm;
  readonly candidate: Arm;

  private constructor(base: Arm, candidate: Arm) {
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
      return new ArmPair(base.value, candidate.value);
    }
    for (const arm of opened) if (arm.status === 'fulfilled') await arm.value[Symbol.asyncDispose]();
    throw opened.find((arm) => arm.status === 'rejected')?.reason;
  }

  /**
   * Runs `body` with both arms on the same one CPU, or on all where the engine cannot: a neighbour that slows one CPU
   * down then slows both arms down alike.
   */
  async onOneCpu<T>(cpu: number, body: () => Promise<T>): Promise<T> {
    const sandboxes = [this.base.sandbox, this.candidate.sandbox];
    const pinAll = (where: number | 'all') => Promise.all(sandboxes.map((sandbox) => sandbox.pin(where)));
    const pinned = await pinAll(cpu);
    if (!pinned.every(Boolean)) await pinAll('all');
    try {
      return await body();
    } finally {
      await pinAll('all');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.base[Symbol.asyncDispose](), this.candidate[Symbol.asyncDispose]()]);
  }
}
