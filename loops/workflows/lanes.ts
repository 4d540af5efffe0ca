import { cpusOf } from '../../sandboxes/engine/engine.ts';
import type { LoopContext } from './context.ts';

/** Sandboxes of two patterns at a time: the second core. */
const LANES = 2;

/** Lets at most `count` bodies run at a time, first come, first served; each is told which lane it has, from 0. */
export function createLanes(count: number): <T>(body: (lane: number) => Promise<T>) => Promise<T> {
  const free = Array.from({ length: count }, (_, lane) => lane);
  const waiting: ((lane: number) => void)[] = [];
  return async (body) => {
    const lane = free.shift() ?? (await new Promise<number>((go) => waiting.push(go)));
    try {
      return await body(lane);
    } finally {
      const next = waiting.shift();
      if (next) next(lane);
      else free.push(lane);
    }
  };
}

/** The loop's lanes, each with CPUs of its own, so that what one measures is not what another one does. */
export function loopLanes(
  context: LoopContext,
): <T>(body: (context: LoopContext) => Promise<T>) => Promise<T> {
  const { engine } = context;
  const lane = createLanes(LANES);
  return (body) =>
    lane((at) => body({ ...context, engine: { ...engine, cpuset: share(cpusOf(engine), at, LANES) } }));
}

/** Every `count`-th of the CPUs from the `at`-th on; all where there are fewer than lanes. */
export function share(cpus: readonly number[], at: number, count: number): readonly number[] {
  return cpus.length < count ? cpus : cpus.filter((_, place) => place % count === at);
}

/** Runs a durable step when a lane is free, with the context of that lane. */
export type RunInLane = <T>(name: string, body: (context: LoopContext) => Promise<T>) => Promise<T>;
