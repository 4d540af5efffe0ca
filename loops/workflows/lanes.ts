/** Lets at most `count` bodies run at a time, first come, first served. */
export function createLanes(count: number): <T>(body: () => Promise<T>) => Promise<T> {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (body) => {
    if (free === 0) await new Promise<void>((go) => waiting.push(go));
    else free -= 1;
    try {
      return await body();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

/** Runs a durable step when a lane is free. */
export type RunInLane = <T>(name: string, body: () => Promise<T>) => Promise<T>;
