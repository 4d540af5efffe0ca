import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { devStage } from './dev-stage.ts';
import { ProtocolPolicy } from './protocol-policy.ts';
import { type ScreenedCandidate, screenCandidates } from './screen-candidates.ts';
import { anyPasses, hidden, visible } from './test-rows.ts';

const policy = ProtocolPolicy.parse({});
/** Dev cases after one round: so many that only the candidate passes, and so many that only the base does. */
const round = (wins: number, losses = 0, trials = 1) => [
  ...Array.from({ length: wins }, (_, i) => visible(`w${i}`, 0, trials, trials)),
  ...Array.from({ length: losses }, (_, i) => visible(`l${i}`, trials, 0, trials)),
  visible('same', trials, trials, trials),
];

describe('devStage', () => {
  it('lets go what is clear after one round', () => {
    // 2⁻⁷ = .0078
    expect(devStage(round(7), 1)).toMatchObject({ decision: 'go', p: 2 ** -7, level: 0.008, reasons: [] });
    expect(devStage(round(6), 1)).toMatchObject({ decision: 'continue' });
  });

  it('stops without a lift, and after the last round, with the reason in full', () => {
    expect(devStage(round(3, 3), 1)).toMatchObject({
      decision: 'stop',
      lift: 0,
      reasons: [
        { code: 'no-lift', detail: 'the dev cases pass no more often than on the base (0.0 points)' },
      ],
    });
    expect(devStage([visible('c', 1, 3)], 5)).toMatchObject({
      decision: 'stop',
      reasons: [{ code: 'not-significant' }],
    });
    expect(() => devStage(round(1), 6)).toThrow(RangeError);
  });

  it('sees no row but dev cases', () => {
    const sealed = Array.from({ length: 9 }, (_, i) => hidden('p', `v${i}`, 0, 5));
    expect(devStage([...round(1, 1), ...sealed], 1)).toEqual(devStage(round(1, 1), 1));
  });

  it('does not depend on the order of cases, and swapping the arms never lets both go', () => {
    const rows = fc
      .array(anyPasses, { minLength: 1, maxLength: 12 })
      .map((list) => list.map(({ base, candidate }, i) => visible(`c${i}`, base, candidate)));
    fc.assert(
      fc.property(rows, (list) => {
        const there = devStage(list, 5);
        expect(devStage([...list].reverse(), 5).decision).toBe(there.decision);
        const swapped = list.map((row) => ({ ...row, base: row.candidate, candidate: row.base }));
        if (there.decision === 'go') expect(devStage(swapped, 5).decision).toBe('stop');
      }),
    );
  });
});

describe('screenCandidates', () => {
  const screened = (name: string, wins: number, losses: number, rounds = 1): ScreenedCandidate => ({
    candidate: name,
    rounds,
    first: rounds === 0 ? [] : round(wins, losses),
    all: rounds === 0 ? [] : round(wins, losses, rounds),
  });
  const eight = (rounds: (lift: number) => number) =>
    [1, 8, 3, 0, 6, 7, 2, 5].map((lift) => screened(`+${lift}`, lift + 1, 1, rounds(lift)));

  it('gives every candidate one round first', () => {
    expect(screenCandidates([screened('a', 3, 0), screened('b', 0, 0, 0)], policy)).toEqual({
      do: 'rounds',
      candidates: ['b'],
      rounds: 1,
    });
  });

  it('gives the best five two more, and keeps to them', () => {
    const five = ['+8', '+7', '+6', '+5', '+3'];
    expect(
      screenCandidates(
        eight(() => 1),
        policy,
      ),
    ).toEqual({
      do: 'rounds',
      candidates: five,
      rounds: 3,
    });
    expect(
      screenCandidates(
        eight((lift) => (lift > 5 ? 3 : 1)),
        policy,
      ),
    ).toEqual({
      do: 'rounds',
      candidates: ['+5', '+3'],
      rounds: 3,
    });
  });

  it('sends the best of them on when it is at the level', () => {
    expect(
      screenCandidates(
        eight((lift) => (lift >= 3 ? 3 : 1)),
        policy,
      ),
    ).toMatchObject({ do: 'confirm', candidate: '+8' });
    // The first round chose them; all rounds say which is best.
    const faded = { ...screened('faded', 8, 1), rounds: 3, all: round(1, 1, 3) };
    expect(screenCandidates([faded, screened('steady', 4, 0, 3)], policy)).toMatchObject({
      do: 'confirm',
      candidate: 'steady',
    });
  });

  it('stops when the best shows too little, or none has a lift', () => {
    const weak = { ...screened('weak', 1, 0, 3), all: [visible('c', 1, 2, 3)] };
    expect(screenCandidates([weak], policy)).toMatchObject({
      do: 'stop',
      reason: { code: 'not-significant' },
    });
    expect(screenCandidates([screened('a', 1, 1), screened('b', 0, 2)], policy)).toMatchObject({
      do: 'stop',
      reason: { code: 'no-lift' },
    });
    expect(screenCandidates([], policy)).toMatchObject({ do: 'stop' });
  });

  it('always ends, within a round on all and two on five', () => {
    const lifts = fc.array(fc.tuple(fc.nat({ max: 6 }), fc.nat({ max: 6 })), { maxLength: 20 });
    fc.assert(
      fc.property(lifts, (list) => {
        let states = list.map(([wins, losses], i) => screened(`c${i}`, wins, losses, 0));
        let ran = 0;
        for (;;) {
          const step = screenCandidates(states, policy);
          if (step.do !== 'rounds') break;
          ran += step.candidates.length;
          expect(ran).toBeLessThanOrEqual(list.length + 5);
          states = states.map((state, i) =>
            step.candidates.includes(state.candidate)
              ? screened(state.candidate, list[i]?.[0] ?? 0, list[i]?.[1] ?? 0, step.rounds)
              : state,
          );
        }
      }),
    );
  });
});
