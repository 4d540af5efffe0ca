import type { Draw } from '../../generated-target/draw.ts';
import { capital, type Nouns } from './feature.ts';
import type { PlantedCase } from './planted-case.ts';

/** What a form writes: the module right and wrong, and its test file, of one suite. */
interface Written {
  right: string;
  /** Replacements that bring the fault in. */
  slip: readonly [string, string];
  test: string;
  suite: string;
  files?: Record<string, string>;
}

const imports = (names: string, noun: string): string =>
  `import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ${names} } from '../src/${noun}.ts';
`;

/** Ordinary tests of code that keeps state, calls back, waits, fails or is told the time. */
const FORMS: Record<string, (draw: Draw, noun: string) => Written> = {
  'class, an instance a test'(draw, noun) {
    const name = `${capital(noun)}Stack`;
    const most = draw.int(3, 6);
    return {
      right: `export class ${name} {
  #items: string[] = [];

  push(item: string): boolean {
    if (this.#items.length >= ${most}) return false;
    this.#items.push(item);
    return true;
  }

  pop(): string | undefined {
    return this.#items.pop();
  }

  get size(): number {
    return this.#items.length;
  }
}
`,
      slip: [`this.#items.length >= ${most}`, `this.#items.length > ${most}`],
      suite: name,
      test: `${imports(name, noun)}
describe('${name}', () => {
  test('gives back what came last', () => {
    const stack = new ${name}();
    stack.push('a');
    stack.push('b');
    expect([stack.pop(), stack.size, stack.pop(), stack.pop()]).toEqual(['b', 1, 'a', undefined]);
  });
  test('takes no more than ${most}', () => {
    const stack = new ${name}();
    for (let at = 0; at < ${most}; at++) expect(stack.push(String(at))).toBe(true);
    expect(stack.push('more')).toBe(false);
    expect(stack.size).toBe(${most});
    expect(stack.pop()).toBe('${most - 1}');
  });
});
`,
    };
  },
  'errors that the base words'(draw, noun) {
    const name = `reserve${capital(noun)}`;
    const most = draw.int(4, 12);
    return {
      right: `export function ${name}(seats: number): string {
  if (!Number.isInteger(seats)) throw new TypeError('whole ${noun} seats only');
  if (seats < 1 || seats > ${most}) throw new RangeError(\`no \${seats} seats in a ${noun}\`);
  return \`\${seats} reserved\`;
}
`,
      slip: [`seats < 1 || seats > ${most}`, `seats < 0 || seats >= ${most}`],
      suite: `reserving a ${noun}`,
      test: `${imports(name, noun)}
describe('reserving a ${noun}', () => {
  test('of none', () => {
    expect(() => ${name}(0)).toThrow(RangeError);
    expect(() => ${name}(0)).toThrow('no 0 seats in a ${noun}');
  });
  test('of all', () => {
    expect(${name}(${most})).toBe('${most} reserved');
    expect(() => ${name}(${most + 1})).toThrow(/no ${most + 1} seats/);
  });
  test('of one and of a half', () => {
    expect(${name}(1)).toBe('1 reserved');
    expect(() => ${name}(1.5)).toThrow(TypeError);
  });
});
`,
    };
  },
  'callbacks counted by a mock'(draw, noun) {
    const name = `each${capital(noun)}`;
    const size = draw.int(2, 4);
    return {
      right: `export function ${name}(items: readonly number[], visit: (batch: number[], at: number) => void): number {
  let batches = 0;
  for (let start = 0; start < items.length; start += ${size}) {
    visit(items.slice(start, start + ${size}), batches);
    batches += 1;
  }
  return batches;
}
`,
      slip: [`items.slice(start, start + ${size})`, `items.slice(start, ${size})`],
      suite: `batches of a ${noun}`,
      test: `${imports(name, noun)}
describe('batches of a ${noun}', () => {
  test('of none', () => {
    const visit = vi.fn();
    expect(${name}([], visit)).toBe(0);
    expect(visit).not.toHaveBeenCalled();
  });
  test('of two full ones and a rest', () => {
    const visit = vi.fn();
    const items = Array.from({ length: ${2 * size + 1} }, (_, at) => at);
    expect(${name}(items, visit)).toBe(3);
    expect(visit).toHaveBeenNthCalledWith(1, items.slice(0, ${size}), 0);
    expect(visit).toHaveBeenNthCalledWith(2, items.slice(${size}, ${2 * size}), 1);
    expect(visit).toHaveBeenNthCalledWith(3, [${2 * size}], 2);
  });
});
`,
    };
  },
  'fake clock that the code is told'(draw, noun) {
    const name = `create${capital(noun)}Cache`;
    const life = draw.int(2, 9) * 1000;
    return {
      right: `export function ${name}(now: () => number) {
  const entries = new Map<string, { value: number; until: number }>();
  return {
    put: (key: string, value: number): void => {
      entries.set(key, { value, until: now() + ${life} });
    },
    take: (key: string): number | undefined => {
      const entry = entries.get(key);
      return entry !== undefined && now() < entry.until ? entry.value : undefined;
    },
  };
}
`,
      slip: [`until: now() + ${life}`, 'until: now()'],
      suite: `${noun} cache`,
      test: `${imports(name, noun)}
describe('${noun} cache', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.setSystemTime(new Date('2031-03-05T10:00:00Z'));
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  test('keeps for ${life / 1000} s', () => {
    const cache = ${name}(() => Date.now());
    cache.put('a', ${draw.int(5, 50)});
    expect(cache.take('a')).toBeGreaterThan(4);
    vi.advanceTimersByTime(${life - 1});
    expect(cache.take('a')).toBeGreaterThan(4);
    vi.advanceTimersByTime(1);
    expect(cache.take('a')).toBeUndefined();
  });
  test('has nothing else', () => {
    expect(${name}(() => Date.now()).take('b')).toBeUndefined();
  });
});
`,
    };
  },
  'dates that are passed in'(draw, noun) {
    const name = `dueOf${capital(noun)}`;
    const days = draw.int(5, 20);
    const year = draw.int(2019, 2025);
    return {
      right: `export function ${name}(start: Date, today: Date): { due: string; late: boolean } {
  const due = new Date(start);
  due.setUTCDate(due.getUTCDate() + ${days});
  return { due: due.toISOString().slice(0, 10), late: today.getTime() > due.getTime() };
}
`,
      slip: [`due.getUTCDate() + ${days}`, `due.getUTCDate() + ${days - 1}`],
      suite: `due date of a ${noun}`,
      test: `${imports(name, noun)}
describe('due date of a ${noun}', () => {
  const start = new Date('${year}-01-01T00:00:00Z');
  test.each([
    [${days - 1}, false],
    [${days}, false],
    [${days + 1}, true],
  ])('%i days on', (passed, late) => {
    const today = new Date(start.getTime() + passed * 86_400_000);
    expect(${name}(start, today)).toEqual({ due: '${year}-01-${String(days + 1).padStart(2, '0')}', late });
  });
});
`,
    };
  },
  'waits with room to spare'(draw, noun) {
    const name = `retry${capital(noun)}`;
    const most = draw.int(3, 5);
    return {
      right: `export async function ${name}<T>(run: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run(attempt);
    } catch (error) {
      if (attempt >= ${most}) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt));
    }
  }
}
`,
      slip: [`attempt >= ${most}`, 'attempt >= 1'],
      suite: `trying a ${noun} again`,
      test: `${imports(name, noun)}
describe('trying a ${noun} again', () => {
  test('until it goes well', async () => {
    const attempts: number[] = [];
    const result = await ${name}(async (attempt) => {
      attempts.push(attempt);
      if (attempt < ${most}) throw new Error('not yet');
      return 'done';
    });
    expect(result).toBe('done');
    expect(attempts).toEqual([${Array.from({ length: most }, (_, at) => at + 1).join(', ')}]);
  });
  test('not for ever', async () => {
    const attempts: number[] = [];
    const failing = ${name}(async (attempt) => {
      attempts.push(attempt);
      throw new Error('never');
    });
    await expect(failing).rejects.toThrow('never');
    expect(attempts).toHaveLength(${most});
  });
  test('once where once is enough', async () => {
    expect(await ${name}(async (attempt) => attempt)).toBe(1);
  });
});
`,
    };
  },
  'random numbers by a seed'(draw, noun) {
    const name = `deal${capital(noun)}`;
    return {
      right: `export function ${name}(items: readonly number[], random: () => number): number[] {
  const left = [...items];
  const dealt: number[] = [];
  while (left.length > 0) dealt.push(...left.splice(Math.floor(random() * left.length), 1));
  return dealt;
}
`,
      slip: ['while (left.length > 0)', 'while (left.length > 1)'],
      suite: `dealing a ${noun}`,
      test: `${imports(name, noun)}
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

describe('dealing a ${noun}', () => {
  const items = [${Array.from({ length: draw.int(5, 8) }, (_, at) => at * 3).join(', ')}];
  test('deals each once', () => {
    const dealt = ${name}(items, generator(${draw.int(1, 999)}));
    expect([...dealt].sort((a, b) => a - b)).toEqual(items);
  });
  test('takes the first where the number is 0, the last where it is nearly 1', () => {
    expect(${name}(items, () => 0)).toEqual(items);
    expect(${name}(items, () => 0.999)).toEqual(items.toReversed());
  });
});
`,
    };
  },
  'new option that the README names'(draw, noun) {
    const name = `label${capital(noun)}`;
    const option = draw.pick(['upper', 'padded', 'quoted']);
    const effect =
      { upper: 'text.toUpperCase()', padded: 'text.padStart(8)', quoted: '`"${text}"`' }[option] ?? '';
    const apply = (text: string) =>
      option === 'upper' ? text.toUpperCase() : option === 'padded' ? text.padStart(8) : `"${text}"`;
    return {
      right: `export interface ${capital(noun)}Options {
  ${option}?: boolean;
}

export function ${name}(number: number, options: ${capital(noun)}Options = {}): string {
  const text = \`no \${number}\`;
  if (options.${option} === true) return ${effect};
  return text;
}
`,
      slip: [`  if (options.${option} === true) return ${effect};\n`, ''],
      suite: `labels of a ${noun}`,
      files: {
        [`docs/${noun}-labels.md`]: `# Labels\n\n\`${name}(number, { ${option}: true })\` gives the label ${option}; padded ones are 8 characters wide.\n`,
      },
      test: `${imports(name, noun)}
describe('labels of a ${noun}', () => {
  test('plain', () => {
    expect(${name}(7)).toBe('no 7');
    expect(${name}(7, { ${option}: false })).toBe('no 7');
  });
  test('${option}', () => {
    expect(${name}(12, { ${option}: true })).toBe(${JSON.stringify(apply('no 12'))});
    expect(${name}(3, { ${option}: true })).toBe(${JSON.stringify(apply('no 3'))});
  });
});
`,
    };
  },
};

export const SOUND_BEHAVIOURS: readonly ((draw: Draw, nouns: Nouns) => PlantedCase)[] = Object.entries(
  FORMS,
).map(([form, write]) => (draw, nouns) => {
  const noun = nouns.next();
  const { right, slip, test, suite, files = {} } = write(draw, noun);
  const [from, to] = slip;
  if (!right.includes(from)) throw new Error(`${form}: the module does not hold ${from}`);
  const [source, file] = [`src/${noun}.ts`, `test/${noun}.test.ts`];
  return {
    kind: 'sound',
    form,
    files: { [source]: right.replace(from, () => to), [file]: test, ...files },
    fix: { [source]: right },
    patterns: [`${file} > ${suite}`],
  };
});
