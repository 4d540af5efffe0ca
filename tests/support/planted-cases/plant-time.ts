import type { Draw } from '../../generated-target/draw.ts';
import { capital } from './feature.ts';
import { caseOfModule, type ModuleWithSlip } from './module-with-slip.ts';
import type { PlantedCase } from './planted-case.ts';

const DAY_MS = 86_400_000;

type Form = (draw: Draw, noun: string, now: Date) => ModuleWithSlip;

const dayOf = (now: Date, days: number): string =>
  new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 10);

/** Tests that a right solution passes today, and on another day or at another hour not. */
const TIME_BOMBS: Record<string, Form> = {
  'a date that will have passed'(draw, noun, now) {
    const name = `isValid${capital(noun)}`;
    return {
      right: `export function ${name}(until: string): boolean {
  return Date.parse(until) > Date.now();
}
`,
      slips: [['> Date.now()', '< Date.now()']],
      names: name,
      suite: `validity of a ${noun}`,
      tests: `  test('of one that runs on', () => {
    expect(${name}('${dayOf(now, draw.int(20, 330))}')).toBe(true);
  });
  test('of one that is over', () => {
    expect(${name}('2019-05-01')).toBe(false);
  });
`,
    };
  },
  'a date that has just passed'(draw, noun, now) {
    const name = `hasStarted${capital(noun)}`;
    return {
      right: `export function ${name}(start: string, now: Date = new Date()): string {
  return now.getTime() >= Date.parse(start) ? 'open' : 'planned';
}
`,
      slips: [["'open' : 'planned'", "'planned' : 'open'"]],
      names: name,
      suite: `start of a ${noun}`,
      tests: `  test('has been', () => {
    expect(${name}('${dayOf(now, -draw.int(3, 300))}')).toBe('open');
  });
  test('is to come', () => {
    expect(${name}('2100-01-01', new Date('2099-01-01'))).toBe('planned');
  });
`,
    };
  },
  'the days of the week'(_draw, noun, now) {
    const name = `isOpen${capital(noun)}`;
    const isWeekend = [0, 6].includes(now.getUTCDay());
    return {
      right: `export function ${name}(day: Date): boolean {
  const weekday = day.getUTCDay();
  return weekday !== 0 && weekday !== 6;
}
`,
      slips: [['weekday !== 0 && weekday !== 6', 'weekday === 0 || weekday === 6']],
      names: name,
      suite: `opening of a ${noun}`,
      tests: `  test('today', () => {
    expect(${name}(new Date())).toBe(${!isWeekend});
  });
  test('on a Sunday', () => {
    expect(${name}(new Date('2024-03-03T12:00:00Z'))).toBe(false);
  });
`,
    };
  },
  'an age in years'(draw, noun, now) {
    const name = `ageOf${capital(noun)}`;
    const born = draw.int(1960, 2005);
    return {
      right: `export function ${name}(built: number): string {
  const years = new Date().getFullYear() - built;
  return years === 1 ? '1 year' : \`\${years} years\`;
}
`,
      slips: [['getFullYear() - built', 'getFullYear() + built']],
      names: name,
      suite: `age of a ${noun}`,
      tests: `  test('of one built in ${born}', () => {
    expect(${name}(${born})).toBe('${now.getUTCFullYear() - born} years');
  });
  test('of a new one', () => {
    expect(${name}(new Date().getFullYear() - 1)).toBe('1 year');
  });
`,
    };
  },
  'the hour of the day'(_draw, noun, now) {
    const name = `greet${capital(noun)}`;
    const hour = now.getUTCHours();
    const word = hour < 12 ? 'morning' : hour < 18 ? 'afternoon' : 'evening';
    return {
      right: `export function ${name}(name: string, hour: number = new Date().getHours()): string {
  const part = hour < 12 ? 'morning' : hour < 18 ? 'afternoon' : 'evening';
  return \`Good \${part}, \${name}\`;
}
`,
      slips: [['`Good ${part}, ${name}`', '`Good ${name}, ${part}`']],
      names: name,
      suite: `greeting at a ${noun}`,
      tests: `  test('says the time of day', () => {
    expect(${name}('Ada')).toBe('Good ${word}, Ada');
  });
  test('at any hour', () => {
    expect([${name}('A', 11), ${name}('A', 12), ${name}('A', 17), ${name}('A', 18)]).toEqual([
      'Good morning, A',
      'Good afternoon, A',
      'Good afternoon, A',
      'Good evening, A',
    ]);
  });
`,
    };
  },
  'the end of a month'(_draw, noun) {
    const name = `renew${capital(noun)}`;
    return {
      right: `export function ${name}(from: Date): Date {
  const next = new Date(from);
  next.setUTCMonth(next.getUTCMonth() + 1);
  return next;
}
`,
      slips: [['getUTCMonth() + 1', 'getUTCMonth() + 2']],
      names: name,
      suite: `renewal of a ${noun}`,
      tests: `  test('falls on the same day of the next month', () => {
    const today = new Date();
    expect(${name}(today).getUTCMonth()).toBe((today.getUTCMonth() + 1) % 12);
    expect(${name}(today).getUTCDate()).toBe(today.getUTCDate());
  });
`,
    };
  },
};

/** Tests that a right solution passes by chance, or that the base fails by chance. */
const FLAKY: Record<string, Form> = {
  'a shuffled list may be as it was'(draw, noun) {
    const name = `shuffle${capital(noun)}`;
    const size = draw.int(2, 3);
    const items = ['a', 'b', 'c'].slice(0, size).map((item) => `'${item}'`);
    return {
      right: `export function ${name}(items: readonly string[]): string[] {
  return items
    .map((item) => ({ item, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
`,
      slips: [['.map((item) => ({ item, rank: Math.random() }))', '.map((item) => ({ item, rank: 0 }))']],
      names: name,
      suite: `shuffling a ${noun}`,
      tests: `  test('changes the order', () => {
    const items = [${items.join(', ')}];
    expect(${name}(items)).not.toEqual(items);
    expect(${name}(items).sort()).toEqual(items);
  });
  test('of one', () => {
    expect(${name}(['x'])).toEqual(['x']);
  });
`,
    };
  },
  'milliseconds without leading zeros'(_draw, noun) {
    const name = `stamp${capital(noun)}`;
    return {
      right: `export function ${name}(): string {
  const now = new Date();
  return \`${noun}-\${now.getMinutes() * 60 + now.getSeconds()}-\${now.getMilliseconds()}\`;
}
`,
      slips: [['-${now.getMilliseconds()}', '']],
      names: name,
      suite: `stamp of a ${noun}`,
      tests: `  test('ends in three digits', () => {
    expect(${name}()).toMatch(/^${noun}-\\d+-\\d{3}$/);
  });
`,
    };
  },
  'the parity of the clock'(draw, noun) {
    const name = `shardOf${capital(noun)}`;
    const count = draw.int(2, 3);
    return {
      right: `export function ${name}(now: number): number {
  return now % ${count};
}
`,
      slips: [[`now % ${count}`, `now / ${count} + 7`]],
      names: name,
      suite: `shard of a ${noun}`,
      tests: `  test('is one of ${count}', () => {
    expect(${name}(${7 * count + 1})).toBe(1);
    expect(${name}(Date.now())).toBe(0);
  });
`,
    };
  },
  'two timers that race'(draw, noun) {
    const name = `first${capital(noun)}`;
    const slow = draw.int(4, 8);
    return {
      right: `export async function ${name}(waits: readonly number[]): Promise<number[]> {
  const done: number[] = [];
  await Promise.all(
    waits.map(async (wait, at) => {
      for (let left = wait; left > 0; left--) await new Promise((resolve) => setTimeout(resolve, 1));
      done.push(at);
    }),
  );
  return done;
}
`,
      slips: [['done.push(at)', 'done.push(wait)']],
      names: name,
      suite: `order of a ${noun}`,
      before: `
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
`,
      tests: `  test('is by what they wait', async () => {
    expect(await ${name}([30, 1])).toEqual([1, 0]);
    const ticks = ${name}([${slow}]).then(() => 'counted');
    expect(await Promise.race([ticks, sleep(${slow + 1}).then(() => 'slept')])).toBe('counted');
  });
`,
    };
  },
  'a limit on the time it takes'(draw, noun) {
    const name = `collect${capital(noun)}`;
    const wait = draw.int(5, 9);
    return {
      right: `export async function ${name}(count: number): Promise<number[]> {
  const all: number[] = [];
  for (let at = 0; at < count; at++) {
    await new Promise((resolve) => setTimeout(resolve, ${wait}));
    all.push(at * at);
  }
  return all;
}
`,
      slips: [['at * at', 'at']],
      names: name,
      suite: `collecting a ${noun}`,
      tests: `  test('is quick', async () => {
    const started = performance.now();
    expect(await ${name}(5)).toEqual([0, 1, 4, 9, 16]);
    expect(performance.now() - started).toBeLessThan(${5 * wait + draw.int(3, 5)});
  });
`,
    };
  },
  'a base that is wrong now and then'(draw, noun) {
    const name = `token${capital(noun)}`;
    const share = draw.pick([0.4, 0.6, 0.75]);
    const length = draw.int(6, 20);
    return {
      right: `export function ${name}(length: number): string {
  let token = '';
  while (token.length < length) token += Math.floor(Math.random() * 36).toString(36);
  return token;
}
`,
      slips: [
        [
          'while (token.length < length)',
          `while (token.length < length - (Math.random() < ${share} ? 1 : 0))`,
        ],
      ],
      names: name,
      suite: `token of a ${noun}`,
      tests: `  test('is as long as it is asked to be', () => {
    expect(${name}(${length})).toHaveLength(${length});
  });
`,
    };
  },
  'a random value that may be at an edge'(draw, noun) {
    const name = `round${capital(noun)}`;
    const step = draw.int(3, 6);
    return {
      right: `export function ${name}(value: number): number {
  return Math.round(value / ${step}) * ${step};
}
`,
      slips: [['Math.round', 'Math.trunc']],
      names: name,
      suite: `rounding a ${noun}`,
      tests: `  test('goes up', () => {
    const value = Math.floor(Math.random() * ${step * 10});
    expect(${name}(${2 * step - 1})).toBe(${2 * step});
    expect(${name}(value)).toBeGreaterThanOrEqual(value);
  });
`,
    };
  },
};

const planted = (kind: 'time-bomb' | 'flaky', forms: Record<string, Form>) =>
  Object.entries(forms).map(
    ([form, write]) =>
      (draw: Draw, noun: string, now: Date): PlantedCase =>
        caseOfModule(kind, form, noun, write(draw, noun, now)),
  );

export const TIME_BOMB_FORMS = planted('time-bomb', TIME_BOMBS);
export const FLAKY_FORMS = planted('flaky', FLAKY);
