import { describe, expect, test } from 'vitest';
import { applyDiscounts, type Discount } from '../src/index.ts';
import { charge, day, eur, span } from './example-business.ts';

const ON = day('2026-01-15');

const tenPercent: Discount = { code: 'TEN', off: { kind: 'percent', points: 1_000 } };
const twentyOff: Discount = { code: 'TWENTY', off: { kind: 'amount', amount: eur('20') } };

const apply = (amounts: string[], discounts: Discount[]) =>
  applyDiscounts(
    amounts.map((amount) => charge(amount)),
    discounts,
    ON,
    'EUR',
  );

describe('one discount', () => {
  test('none leaves everything as it is', () => {
    expect(apply(['100', '50'], [])).toEqual({ amounts: ['100', '50'].map(eur), applied: [], refused: [] });
  });

  test('a per cent is taken off all charges', () => {
    expect(apply(['100', '50'], [tenPercent])).toEqual({
      amounts: ['90', '45'].map(eur),
      applied: [{ code: 'TEN', amount: eur('15') }],
      refused: [],
    });
  });

  test('an amount is spread in proportion, to the cent', () => {
    const { amounts, applied } = apply(['10', '10', '10'], [twentyOff]);
    expect(amounts).toEqual(['3.33', '3.33', '3.34'].map(eur));
    expect(applied).toEqual([{ code: 'TWENTY', amount: eur('20') }]);
  });

  test('never takes off more than there is', () => {
    const { amounts, applied } = apply(['12', '3'], [twentyOff]);
    expect(amounts).toEqual(['0', '0'].map(eur));
    expect(applied).toEqual([{ code: 'TWENTY', amount: eur('15') }]);
  });

  test.each([
    ['under its cap', '200', '20'],
    ['at its cap', '250', '25'],
    ['over its cap', '400', '25'],
  ])('a per cent %s', (_, amount, expected) => {
    const { applied } = apply([amount], [{ ...tenPercent, cap: eur('25') }]);
    expect(applied).toEqual([{ code: 'TEN', amount: eur(expected) }]);
  });

  test('is rounded once, not by the charge', () => {
    const { amounts, applied } = apply(['0.05', '0.05', '0.05'], [tenPercent]);
    expect(applied).toEqual([{ code: 'TEN', amount: eur('0.02') }]);
    expect(amounts).toEqual(['0.04', '0.04', '0.05'].map(eur));
  });

  test('leaves credits alone', () => {
    const { amounts, applied } = apply(['100', '-40'], [tenPercent]);
    expect(amounts).toEqual(['90', '-40'].map(eur));
    expect(applied).toEqual([{ code: 'TEN', amount: eur('10') }]);
  });

  test('of some categories leaves the others alone', () => {
    const charges = [charge('100'), charge('60', 'support'), charge('40', 'training')];
    const discount: Discount = { ...tenPercent, categories: ['support', 'training'] };
    expect(applyDiscounts(charges, [discount], ON, 'EUR').amounts).toEqual(['100', '54', '36'].map(eur));
  });
});

describe('a discount is refused', () => {
  const valid = span('2026-01-10', '2026-01-15');

  test.each([
    ['2026-01-09', 'not valid on this date'],
    ['2026-01-10', undefined],
    ['2026-01-14', undefined],
    ['2026-01-15', 'not valid on this date'],
  ])('on %s: %s', (date, reason) => {
    const { refused } = applyDiscounts([charge('10')], [{ ...tenPercent, valid }], day(date), 'EUR');
    expect(refused).toEqual(reason ? [{ code: 'TEN', reason }] : []);
  });

  test.each([
    [[], true],
    [['-5'], true],
    [['0'], true],
    [['0.01'], false],
  ])('with the charges %j there is nothing to discount: %s', (amounts, isRefused) => {
    expect(apply(amounts, [tenPercent]).refused).toEqual(
      isRefused ? [{ code: 'TEN', reason: 'nothing to discount' }] : [],
    );
  });

  test('where no charge is of its category', () => {
    const { refused, amounts } = applyDiscounts(
      [charge('10', 'hardware')],
      [{ ...tenPercent, categories: ['software'] }],
      ON,
      'EUR',
    );
    expect(refused).toEqual([{ code: 'TEN', reason: 'nothing to discount' }]);
    expect(amounts).toEqual([eur('10')]);
  });

  test.each([
    ['49.99', true],
    ['50', false],
    ['50.01', false],
  ])('with 50 as its minimum, at %s: %s', (amount, isRefused) => {
    expect(apply([amount], [{ ...tenPercent, minimum: eur('50') }]).refused).toEqual(
      isRefused ? [{ code: 'TEN', reason: 'below its minimum' }] : [],
    );
  });

  test('with others, each for its own reason and in their order', () => {
    const { refused, applied } = apply(
      ['30'],
      [
        { ...tenPercent, code: 'A', minimum: eur('31') },
        { ...tenPercent, code: 'B' },
        { ...tenPercent, code: 'C', categories: ['hardware'] },
        { ...tenPercent, code: 'D', valid },
      ],
    );
    expect(refused).toEqual([
      { code: 'A', reason: 'below its minimum' },
      { code: 'C', reason: 'nothing to discount' },
      { code: 'D', reason: 'not valid on this date' },
    ]);
    expect(applied.map(({ code }) => code)).toEqual(['B']);
  });

  test('when only charges of other categories reach its minimum', () => {
    const discount: Discount = { ...tenPercent, categories: ['support'], minimum: eur('50') };
    const { refused } = applyDiscounts([charge('90'), charge('20', 'support')], [discount], ON, 'EUR');
    expect(refused).toEqual([{ code: 'TEN', reason: 'below its minimum' }]);
  });
});

describe('several discounts', () => {
  test('per cents come before amounts, whatever their order', () => {
    const expected = {
      amounts: [eur('70')],
      applied: [
        { code: 'TEN', amount: eur('10') },
        { code: 'TWENTY', amount: eur('20') },
      ],
      refused: [],
    };
    expect(apply(['100'], [tenPercent, twentyOff])).toEqual(expected);
    expect(apply(['100'], [twentyOff, tenPercent])).toEqual(expected);
  });

  test('each is taken off what the ones before have left', () => {
    const half: Discount = { code: 'HALF', off: { kind: 'percent', points: 5_000 } };
    const { amounts, applied } = apply(['100'], [half, tenPercent]);
    expect(amounts).toEqual([eur('45')]);
    expect(applied).toEqual([
      { code: 'HALF', amount: eur('50') },
      { code: 'TEN', amount: eur('5') },
    ]);
  });

  test('one that finds nothing left takes nothing', () => {
    const all: Discount = { code: 'ALL', off: { kind: 'percent', points: 10_000 } };
    const { amounts, applied } = apply(['30'], [all, twentyOff]);
    expect(amounts).toEqual([eur('0')]);
    expect(applied).toEqual([
      { code: 'ALL', amount: eur('30') },
      { code: 'TWENTY', amount: eur('0') },
    ]);
  });

  test('an exclusive one that saves more stands alone', () => {
    const special: Discount = { code: 'SPECIAL', off: { kind: 'percent', points: 4_000 }, exclusive: true };
    expect(apply(['100'], [tenPercent, special, twentyOff])).toEqual({
      amounts: [eur('60')],
      applied: [{ code: 'SPECIAL', amount: eur('40') }],
      refused: [
        { code: 'TEN', reason: 'others save more' },
        { code: 'TWENTY', reason: 'others save more' },
      ],
    });
  });

  test.each([
    ['less', 2_900],
    ['the same', 3_000],
  ])('an exclusive one that saves %s is not applied', (_, points) => {
    const special: Discount = { code: 'SPECIAL', off: { kind: 'percent', points }, exclusive: true };
    const { amounts, applied, refused } = apply(['100'], [special, tenPercent, twentyOff]);
    expect(amounts).toEqual([eur('70')]);
    expect(applied.map(({ code }) => code)).toEqual(['TEN', 'TWENTY']);
    expect(refused).toEqual([{ code: 'SPECIAL', reason: 'others save more' }]);
  });

  test('of two exclusive ones the better is applied, the first at a tie', () => {
    const exclusive = (code: string, amount: string): Discount => ({
      code,
      off: { kind: 'amount', amount: eur(amount) },
      exclusive: true,
    });
    const codes = (discounts: Discount[]) => apply(['100'], discounts).applied.map(({ code }) => code);
    expect(codes([exclusive('A', '30'), exclusive('B', '31')])).toEqual(['B']);
    expect(codes([exclusive('A', '31'), exclusive('B', '30')])).toEqual(['A']);
    expect(codes([exclusive('A', '30'), exclusive('B', '30')])).toEqual(['A']);
  });

  test('those that cannot be applied do not count as better', () => {
    const late: Discount = {
      ...twentyOff,
      code: 'LATE',
      exclusive: true,
      valid: span('2026-02-01', '2026-03-01'),
    };
    const { applied, refused } = apply(['100'], [late, tenPercent]);
    expect(applied).toEqual([{ code: 'TEN', amount: eur('10') }]);
    expect(refused).toEqual([{ code: 'LATE', reason: 'not valid on this date' }]);
  });
});
