import assert from 'node:assert/strict';
import type { SandboxDriver } from '../driver.ts';
import type { Job, Outcome, TrialResult } from '../trials/trial.ts';

export interface Check {
  name: string;
  run(subject: Subject): Promise<void>;
}

/** What is checked. */
export interface Subject {
  driver: SandboxDriver;
  /** With Node and perl in it, as Debian has them. */
  image: string;
  /**
   * A job has a kernel to itself, within the limits of its sandbox. It may be granted what is its own kernel's alone, and a job that
   * takes all there is can bring that down: then it is `sandbox_died`, which is never a pass.
   */
  ownKernel: boolean;
}

/** Enough for Node, and soon full. */
export const littleMemory = ({ ownKernel }: Subject): number => (ownKernel ? 256 : 64) * 2 ** 20;

/** A bystander has so many milliseconds, on a machine where others work too. */
const bystanderMs = 15_000;

export interface CheckedJob extends Omit<Job, 'timeoutMs'> {
  timeoutMs?: number;
  memoryBytes?: number;
}

/** One job, in a container of its own. */
export async function runJob(
  subject: Subject,
  { memoryBytes = littleMemory(subject), ...job }: CheckedJob,
): Promise<TrialResult> {
  const { driver, image } = subject;
  await using trials = driver.openTrials({
    image,
    purpose: 'conformance',
    concurrency: 1,
    spare: 0,
    memoryBytes,
  });
  return await trials.run({ timeoutMs: 10_000, ...job });
}

export function runScript(
  subject: Subject,
  script: string,
  options: Partial<CheckedJob> = {},
): Promise<TrialResult> {
  return runJob(subject, { ...options, command: ['sh', '-c', script] });
}

/** Node's own words for what was seen. */
export function told({ outcome, exitCode, stdout, stderr }: TrialResult): string {
  return `${outcome}, exit ${exitCode}, stdout ${JSON.stringify(stdout.toString().slice(0, 500))}, stderr ${JSON.stringify(stderr.toString().slice(0, 500))}`;
}

/**
 * Runs a hostile job, and meanwhile, one after another, jobs of bystanders that must each end well and in time. The
 * job's own outcome must be one of `expected`, and more may be asked of its result.
 */
export async function contain(
  subject: Subject,
  job: CheckedJob,
  expected: readonly Outcome[],
  ask: (done: TrialResult) => void = () => {},
): Promise<void> {
  await using bystanders = subject.driver.openTrials({
    image: subject.image,
    purpose: 'bystander',
    concurrency: 1,
    spare: 1,
  });
  const bystand = async () => {
    const started = performance.now();
    const done = await bystanders.run({ command: ['node', '-e', 'console.log("well")'], timeoutMs: 20_000 });
    const wallMs = performance.now() - started;
    assert.equal(done.stdout.toString(), 'well\n', `a bystander meanwhile: ${told(done)}`);
    assert.ok(wallMs < bystanderMs, `a bystander took ${Math.round(wallMs)} ms meanwhile`);
  };
  let over = false;
  const hostile = runJob(subject, job).finally(() => {
    over = true;
  });
  const meanwhile = (async () => {
    do await bystand();
    while (!over);
  })();
  const [done] = await Promise.all([hostile, meanwhile]);
  // And the next one as well.
  await bystand();
  if (subject.ownKernel && done.outcome === 'sandbox_died') return;
  assert.ok(expected.includes(done.outcome), told(done));
  ask(done);
}
