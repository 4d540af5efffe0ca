import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clockMoves } from './clock-moves.ts';

const DAY_MS = 86_400_000;

it('moves the clock to a weekend and to the end of a month, whatever today is', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('2020-01-01'), max: new Date('2060-01-01'), noInvalidDate: true }),
      (now) => {
        const [year, five, ago] = clockMoves(now).map(({ days }) => new Date(now.getTime() + days * DAY_MS));
        expect([year?.getUTCDay(), year?.getUTCHours()]).toEqual([6, 22]);
        expect([five?.getUTCDay(), five?.getUTCDate(), five?.getUTCHours()]).toEqual([0, 31, 4]);
        expect((ago?.getTime() ?? 0) - now.getTime()).toBe(-365 * DAY_MS);
        const daysOn = ((year?.getTime() ?? 0) - now.getTime()) / DAY_MS;
        expect(daysOn).toBeGreaterThan(364);
        expect(daysOn).toBeLessThan(373);
      },
    ),
  );
});
