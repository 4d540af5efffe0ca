import { expect, it } from 'vitest';
import { SpeedPolicy } from './policy.ts';
import { judgeSpeed, type SpeedSession } from './speed.ts';
import { sampler } from './testing/speed-sessions.ts';

const policy = SpeedPolicy.parse({});

function sessionsUntilDecided(seed: number, sd: number, ratio: number) {
  const session = sampler(seed, sd);
  const sessions: SpeedSession[] = [];
  for (;;) {
    sessions.push(session(ratio));
    const result = judgeSpeed(sessions, policy);
    if (result.decision !== 'more') return result;
  }
}

it('accepts A = B in at most 2 % of noisy runs, looked at again and again', { timeout: 60_000 }, () => {
  const accepted = Array.from({ length: 150 }, (_, i) => sessionsUntilDecided(i + 1, 0.07, 1)).filter(
    ({ decision }) => decision === 'faster',
  );
  expect(accepted.length).toBeLessThanOrEqual(3);
});

it('finds a true 1.10× in at least 95 % of runs, in about 20 pairs', { timeout: 60_000 }, () => {
  const runs = Array.from({ length: 100 }, (_, i) => sessionsUntilDecided(i + 1000, 0.03, 1.1));
  expect(runs.filter(({ decision }) => decision === 'faster').length).toBeGreaterThanOrEqual(95);
  expect(runs.reduce((sum, { pairs }) => sum + pairs, 0) / runs.length).toBeLessThanOrEqual(20);
});
