import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Counts } from './experiment.ts';
import type { Job } from './experiments.ts';

/** Runs jobs on `threads` worker threads, each the next one that is free; `done` gets every answer as it comes. */
export async function shareJobs(
  jobs: readonly Job[],
  threads: number,
  done: (job: Job, counts: Counts) => void,
): Promise<void> {
  const waiting = [...jobs];
  await Promise.all(
    Array.from({ length: threads }, async () => {
      const worker = new Worker(new URL('./worker.mjs', import.meta.url));
      try {
        for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
          // `once` rejects when the worker fails.
          const answer = once(worker, 'message');
          worker.postMessage(job);
          const [counts] = (await answer) as [Counts];
          done(job, counts);
        }
      } finally {
        await worker.terminate();
      }
    }),
  );
}
