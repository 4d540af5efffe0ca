import { describe, expect, test } from 'vitest';
import type { EvidenceVariant } from './evidence.ts';
import { GatePolicy } from './policy.ts';
import { describeCandidatePreview, objectivePower } from './preview-candidate.ts';

const policy = GatePolicy.parse({});
const variants = (hidden: number): EvidenceVariant[] => [
  { id: 'shown', kind: 'visible', role: 'visible' },
  { id: 'fast', kind: 'decile', role: 'guard' },
  ...Array.from({ length: hidden }, (_, at) => ({
    id: `hidden-${at}`,
    kind: 'decile' as const,
    role: 'hidden' as const,
  })),
];

describe('the power to meet the objective', () => {
  test('grows with the share of trials that pass', () => {
    const powers = [0, 0.5, 0.8, 0.9, 1].map((rate) => objectivePower(variants(4), 1, { rate, policy }));
    expect(powers).toEqual([...powers].sort((a, b) => a - b));
    expect(powers[0]).toBe(0);
    expect(powers.at(-1)).toBe(1);
  });

  /** Three sessions of one hidden and one visible variant: each must pass two, and all three tell where no other session can. */
  test('is that of the rule', () => {
    const short = { ...policy, maxSessions: 3, alpha: 0.5 };
    const rate = 0.7;
    // p of 2 of 3 against 0 of 3 is .2, of 3 of 3 is .05; the first attempt asks for .25.
    const most = rate ** 3 + 3 * rate ** 2 * (1 - rate);
    // A candidate whose hidden variant fails in the first session is given up there: it brought no lift.
    const hidden = rate * (rate ** 2 + 2 * rate * (1 - rate));
    const power = objectivePower(variants(1), 1, { rate, policy: short });
    expect(Math.abs(power - most * hidden)).toBeLessThan(0.15);
  });
});

describe('what is said before anything is spent', () => {
  test('names the smallest p and the smallest effects', () => {
    expect(describeCandidatePreview(variants(3), 1, policy)).toMatch(
      /^attempt 1 asks for p ≤ 0\.025 and can reach 0\.00013; a fix that passes [89]\d % of its trials is accepted 80 times in 100; it must be 1\.05× as fast; 3 to 10 sessions$/,
    );
  });

  test('or that nothing can be accepted', () => {
    expect(describeCandidatePreview(variants(0), 1, policy)).toMatch(
      /^nothing can be accepted: attempt 1 asks/,
    );
  });
});
