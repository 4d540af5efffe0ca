import type { Draw } from '../../generated-target/draw.ts';
import { callOf, capital, drawFeature, expectation, type Nouns, type Row, testFile } from './feature.ts';
import { caseOfModule, type ModuleWithSlip } from './module-with-slip.ts';
import type { Kind, PlantedCase } from './planted-case.ts';

type Form = (draw: Draw, noun: string) => ModuleWithSlip & { otherRight?: string };

/** Tests that ask for something by what only the author of one solution knows. */
const OVER_NARROW: Record<string, Form> = {
  'a helper that only the solution adds'(draw, noun) {
    const [name, helper] = [
      `sum${capital(noun)}`,
      `${draw.pick(['normalise', 'tidy', 'coerce'])}${capital(noun)}Row`,
    ];
    const body = `export function ${helper}(row: { price: number; count?: number }): { price: number; count: number } {
  return { price: row.price, count: row.count ?? 1 };
}

`;
    return {
      right: `${body}export function ${name}(rows: readonly { price: number; count?: number }[]): number {
  return rows.map(${helper}).reduce((sum, row) => sum + row.price * row.count, 0);
}
`,
      slips: [
        [body, ''],
        [
          `rows.map(${helper}).reduce((sum, row) => sum + row.price * row.count, 0)`,
          'rows.reduce((sum, row) => sum + row.price, 0)',
        ],
      ],
      names: `${name}, ${helper}`,
      suite: `sum of a ${noun}`,
      tests: `  test('counts a row once where it says nothing', () => {
    expect(${helper}({ price: 3 })).toEqual({ price: 3, count: 1 });
    expect(${helper}({ price: 3, count: 2 })).toEqual({ price: 3, count: 2 });
  });
  test('adds up', () => {
    expect(${name}([{ price: 2, count: 3 }, { price: 5 }])).toBe(11);
    expect(${name}([])).toBe(0);
  });
`,
    };
  },
  'the exact words of an error'(draw, noun) {
    const name = `open${capital(noun)}`;
    const words = draw.pick([
      `cannot unlock the ${noun} twice, release it first`,
      `${noun} is still held by its former owner`,
      `refusing to open a sealed ${noun}`,
    ]);
    return {
      right: `export function ${name}(state: string): string {
  if (state === 'open') throw new Error('${words}');
  return 'open';
}
`,
      slips: [[`  if (state === 'open') throw new Error('${words}');\n`, '']],
      names: name,
      suite: `opening a ${noun}`,
      tests: `  test('of an open one is an error', () => {
    expect(() => ${name}('open')).toThrow('${words}');
  });
  test('of a closed one', () => {
    expect(${name}('closed')).toBe('open');
  });
`,
    };
  },
  'a code of an error, by a pattern'(draw, noun) {
    const name = `move${capital(noun)}`;
    const code = `E_${noun.toUpperCase()}_${draw.pick(['BOUNDS', 'EDGE', 'OUTSIDE'])}`;
    return {
      right: `export function ${name}(from: number, by: number): number {
  const to = from + by;
  if (to < 0) throw new RangeError(\`${code}: \${to}\`);
  return to;
}
`,
      slips: [[`  if (to < 0) throw new RangeError(\`${code}: \${to}\`);\n`, '']],
      names: name,
      suite: `moving a ${noun}`,
      tests: `  test('never beyond the edge', () => {
    expect(() => ${name}(${draw.int(1, 4)}, -9)).toThrow(/^${code}: -\\d/);
    expect(() => ${name}(0, -1)).toThrow(/${code}/);
  });
  test('up to the edge', () => {
    expect(${name}(4, -4)).toBe(0);
  });
`,
    };
  },
  'a field of the result that nothing names'(draw, noun) {
    const name = `count${capital(noun)}`;
    const field = draw.pick(['skippedEntries', 'droppedRows', 'ignoredLines']);
    return {
      right: `export function ${name}(values: readonly string[]) {
  const numbers = values.map(Number).filter((value) => !Number.isNaN(value));
  return { total: numbers.length, ${field}: values.length - numbers.length };
}
`,
      slips: [[`, ${field}: values.length - numbers.length`, '']],
      names: name,
      suite: `counting a ${noun}`,
      tests: `  test('says what it left out', () => {
    expect(${name}(['1', 'x', '3', 'y'])).toEqual({ total: 2, ${field}: 2 });
    expect(${name}(['1']).${field}).toBe(0);
  });
  test('counts', () => {
    expect(${name}(['7', '8', 'b']).total).toBe(2);
  });
`,
    };
  },
  'an inner method of a class'(draw, noun) {
    const name = `${capital(noun)}Queue`;
    const inner = draw.pick(['_evictOldest', '_dropStale', '_makeRoom']);
    const most = draw.int(2, 4);
    return {
      right: `export class ${name} {
  items: number[] = [];

  add(item: number): number {
    this.items.push(item);
    this.${inner}();
    return this.items.length;
  }

  ${inner}(): void {
    while (this.items.length > ${most}) this.items.shift();
  }
}
`,
      slips: [
        [`    this.${inner}();\n`, ''],
        [`\n  ${inner}(): void {\n    while (this.items.length > ${most}) this.items.shift();\n  }\n`, ''],
      ],
      names: name,
      suite: `queue of a ${noun}`,
      tests: `  test('drops the oldest', () => {
    const queue = new ${name}();
    for (let item = 1; item <= ${most + 1}; item++) queue.add(item);
    expect(queue.items.length).toBe(${most});
    queue.${inner}();
    expect(queue.items[0]).toBe(2);
  });
  test('grows', () => {
    expect(new ${name}().add(1)).toBe(1);
  });
`,
    };
  },
  'how often the code asks'(draw, noun) {
    const name = `total${capital(noun)}`;
    const count = draw.int(3, 6);
    return {
      right: `export function ${name}(ids: readonly string[], priceOf: (id: string) => number): number {
  const prices = new Map<string, number>();
  for (const id of ids) if (!prices.has(id)) prices.set(id, priceOf(id));
  return ids.reduce((sum, id) => sum + (prices.get(id) ?? 0), 0);
}
`,
      slips: [
        [
          'ids.reduce((sum, id) => sum + (prices.get(id) ?? 0), 0)',
          '[...prices.values()].reduce((sum, one) => sum + one, 0)',
        ],
      ],
      otherRight: `export function ${name}(ids: readonly string[], priceOf: (id: string) => number): number {
  let sum = 0;
  for (const id of ids) sum += priceOf(id);
  return sum;
}
`,
      names: name,
      suite: `total of a ${noun}`,
      tests: `  test('asks for each price once', () => {
    let asked = 0;
    const priceOf = (id: string) => {
      asked += 1;
      return id.length;
    };
    expect(${name}([${Array.from({ length: count }, () => "'aa'").join(', ')}, 'b'], priceOf)).toBe(${2 * count + 1});
    expect(asked).toBe(2);
  });
`,
    };
  },
};

export const NARROW_FORMS = Object.entries(OVER_NARROW).map(
  ([form, write]) =>
    (draw: Draw, noun: string): PlantedCase => {
      const { otherRight, ...module } = write(draw, noun);
      const planted = caseOfModule('over-narrow', form, noun, module);
      return otherRight === undefined
        ? planted
        : { ...planted, otherFix: { [`src/${noun}.ts`]: otherRight } };
    },
);

/** What a careless test says of a right result. */
const WEAK: Record<string, (call: string, row: Row) => string> = {
  'only its type': (call, { right }) => `expect(typeof ${call}).toBe('${typeof right}');`,
  'only that there is something': (call) => `expect(${call}).toBeDefined();`,
  'only that it does not throw': (call) => `expect(() => ${call}).not.toThrow();`,
  'only one value of many': () => '',
  'only that it is not null': (call) => `expect(${call}).not.toBeNull();`,
};

export const WEAK_FORMS = Object.entries(WEAK).map(
  ([form, assert]) =>
    (draw: Draw, nouns: Nouns): PlantedCase => {
      // A constant answers no branch but one.
      const fits =
        form === 'only one value of many'
          ? ({ failing }: { failing: Row[] }) => failing.length > 3
          : undefined;
      const feature = drawFeature(draw, nouns, { missing: true, ...(fits && { fits }) });
      const rows = draw.shuffle(feature.failing);
      const [row] = rows;
      if (!row) throw new Error('nothing fails');
      const suite = draw.pick([feature.name, `the ${feature.noun}`]);
      const line = assert(callOf(feature, row), row) || expectation(feature, row);
      const body = `describe('${suite}', () => {
  test('gives a result', () => {
    ${line}
  });
});
`;
      return {
        kind: 'weak' satisfies Kind,
        form,
        files: { [feature.source]: feature.wrong, [feature.test]: testFile(feature, body) },
        fix: { [feature.source]: feature.right },
        patterns: [`${feature.test} > ${suite}`],
      };
    },
);
