import { describe, expect, test } from 'vitest';
import { changePlan, countDays, type Plan, type PlanChange, prorate, seatCharges } from '../src/index.ts';
import { day, eur, JANUARY, span } from './example-business.ts';

const FEBRUARY = span('2026-02-01', '2026-03-01');

describe('countDays', () => {
  test('as they are, or as 30 a month', () => {
    expect(countDays(JANUARY, 'actual')).toBe(31);
    expect(countDays(JANUARY, '30/360')).toBe(30);
    expect(countDays(FEBRUARY, 'actual')).toBe(28);
    expect(countDays(FEBRUARY, '30/360')).toBe(30);
  });
});

describe('prorate', () => {
  test.each([
    ['all of it', '2026-01-01', '2026-02-01', '31'],
    ['one day', '2026-01-31', '2026-02-01', '1'],
    ['from the middle', '2026-01-17', '2026-02-01', '15'],
    ['days before and after it', '2025-06-01', '2026-06-01', '31'],
    ['a part from before', '2025-12-20', '2026-01-05', '4'],
  ])('of 31.00 for January, %s', (_, start, end, expected) => {
    expect(prorate(eur('31'), JANUARY, span(start, end))).toEqual(eur(expected));
  });

  test('nothing is owed for no day', () => {
    expect(prorate(eur('31'), JANUARY, undefined)).toEqual(eur('0'));
    expect(prorate(eur('31'), JANUARY, FEBRUARY)).toEqual(eur('0'));
  });

  test('rounds half a cent up unless told otherwise', () => {
    const fortnight = span('2026-02-01', '2026-02-15');
    expect(prorate(eur('0.05'), FEBRUARY, fortnight)).toEqual(eur('0.03'));
    expect(prorate(eur('0.05'), FEBRUARY, fortnight, 'actual', 'half-even')).toEqual(eur('0.02'));
    expect(prorate(eur('10'), FEBRUARY, span('2026-02-01', '2026-02-02'), 'actual', 'down')).toEqual(
      eur('0.35'),
    );
  });

  test('counts 30 days a month where asked to', () => {
    const firstHalf = span('2026-01-01', '2026-01-16');
    expect(prorate(eur('30'), JANUARY, firstHalf, '30/360')).toEqual(eur('15'));
    expect(prorate(eur('30'), JANUARY, firstHalf)).toEqual(eur('14.52'));
  });
});

describe('changePlan', () => {
  const basic: Plan = { name: 'Basic', category: 'software', amount: eur('31') };
  const team: Plan = { name: 'Team', category: 'software', amount: eur('62') };
  const change = (special: Partial<PlanChange>) =>
    changePlan(JANUARY, {
      from: basic,
      to: team,
      date: day('2026-01-11'),
      downgrades: 'at once',
      ...special,
    });
  const amounts = (special: Partial<PlanChange>) => change(special).map(({ amount }) => amount);

  test('credits the days that are left of the old plan and charges them for the new', () => {
    expect(change({})).toEqual([
      { description: 'Basic, unused from 2026-01-11', category: 'software', amount: eur('-21') },
      { description: 'Team, from 2026-01-11', category: 'software', amount: eur('42') },
    ]);
  });

  test.each([
    ['the first day', '2026-01-01', ['-31', '62']],
    ['the second day', '2026-01-02', ['-30', '60']],
    ['the last day', '2026-01-31', ['-1', '2']],
  ])('on %s', (_, date, expected) => {
    expect(amounts({ date: day(date) })).toEqual(expected.map(eur));
  });

  test.each(['2025-12-31', '2026-02-01'])('%s is not in January', (date) => {
    expect(() => change({ date: day(date) })).toThrow(`${date} is not in the period`);
  });

  test('a downgrade at once pays back', () => {
    expect(amounts({ from: team, to: basic })).toEqual(['-42', '21'].map(eur));
  });

  test('a downgrade at renewal changes nothing now', () => {
    expect(amounts({ from: team, to: basic, downgrades: 'at renewal' })).toEqual([]);
  });

  test('an upgrade does not wait for the renewal', () => {
    expect(amounts({ downgrades: 'at renewal' })).toEqual(['-21', '42'].map(eur));
    const equal = { ...basic, name: 'Basic 2' };
    expect(amounts({ to: equal, downgrades: 'at renewal' })).toEqual(['-21', '21'].map(eur));
  });

  test('a plan that is free leaves no line', () => {
    const free: Plan = { name: 'Free', category: 'software', amount: eur('0') };
    expect(change({ from: free }).map(({ description }) => description)).toEqual(['Team, from 2026-01-11']);
    expect(change({ to: free }).map(({ description }) => description)).toEqual([
      'Basic, unused from 2026-01-11',
    ]);
  });

  test('keeps the category of each plan', () => {
    const support: Plan = { name: 'Care', category: 'support', amount: eur('62') };
    expect(change({ to: support }).map(({ category }) => category)).toEqual(['software', 'support']);
  });

  test('in months of 30 days', () => {
    expect(
      amounts({
        from: { ...basic, amount: eur('30') },
        to: { ...team, amount: eur('60') },
        dayCount: '30/360',
      }),
    ).toEqual(['-20', '40'].map(eur));
  });
});

describe('seatCharges', () => {
  const plan: Plan = { name: 'Seat', category: 'software', amount: eur('31') };
  const charges = (...changes: [string, number][]) =>
    seatCharges(
      JANUARY,
      plan,
      changes.map(([date, seats]) => ({ date: day(date), seats })),
    ).map(({ description, amount }) => `${description}: ${amount.minor / 100}`);

  test('a number that stays the same is one charge', () => {
    expect(charges(['2025-11-03', 4])).toEqual(['Seat, 4 × 31 of 31 days: 124']);
    expect(charges(['2026-01-01', 4])).toEqual(['Seat, 4 × 31 of 31 days: 124']);
  });

  test('each number is charged for its days, in any order of the changes', () => {
    expect(charges(['2026-01-21', 2], ['2025-12-01', 3], ['2026-01-11', 5])).toEqual([
      'Seat, 3 × 10 of 31 days: 30',
      'Seat, 5 × 10 of 31 days: 50',
      'Seat, 2 × 11 of 31 days: 22',
    ]);
  });

  test('days without a seat are not charged', () => {
    expect(charges(['2026-01-11', 1], ['2026-01-21', 0])).toEqual(['Seat, 1 × 10 of 31 days: 10']);
    expect(charges()).toEqual([]);
  });

  test('of several changes on a day the last counts', () => {
    expect(charges(['2026-01-01', 9], ['2026-01-01', 1])).toEqual(['Seat, 1 × 31 of 31 days: 31']);
  });

  test('changes after the period do not count', () => {
    expect(charges(['2026-01-01', 1], ['2026-02-01', 50])).toEqual(['Seat, 1 × 31 of 31 days: 31']);
  });

  test('less than no seat is an error', () => {
    expect(() => charges(['2026-01-01', -1])).toThrow('-1 is no number of seats');
  });

  test('in months of 30 days', () => {
    const [first, second] = seatCharges(
      JANUARY,
      { ...plan, amount: eur('30') },
      [
        { date: day('2026-01-01'), seats: 1 },
        { date: day('2026-01-16'), seats: 2 },
      ],
      '30/360',
    );
    expect(first).toEqual({
      description: 'Seat, 1 × 15 of 30 days',
      category: 'software',
      amount: eur('15'),
    });
    expect(second?.amount).toEqual(eur('30'));
  });
});
