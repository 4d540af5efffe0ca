import type { Draw } from '../../generated-target/draw.ts';
import {
  callOf,
  drawFeature,
  expectation,
  type Feature,
  type FeatureWish,
  literal,
  literals,
  type Nouns,
  type Row,
  testFile,
} from './feature.ts';
import type { PlantedCase } from './planted-case.ts';

/** A way to write an ordinary test of a function, from calls and what they give. */
interface Shape {
  form: string;
  wish?: FeatureWish;
  /** Body of the test file, other files, and the suites that fail; without a suite the file itself. */
  write(
    feature: Feature,
    draw: Draw,
  ): { body: string; more?: string; files?: Record<string, string>; suites: string[] };
}

const allRows = (feature: Feature, draw: Draw): Row[] =>
  draw.shuffle([...feature.failing, ...feature.passing]);
const lines = (rows: readonly Row[], line: (row: Row) => string, indent = '    '): string =>
  rows.map((row) => `${indent}${line(row)}\n`).join('');
const isPrimitive = (feature: Feature): boolean =>
  [...feature.failing, ...feature.passing].every(({ right }) => ['string', 'number'].includes(typeof right));

const SHAPES: readonly Shape[] = [
  {
    form: 'table',
    write: (feature, draw) => ({
      body: `describe('${feature.name}', () => {
  test.each([
${lines(allRows(feature, draw), ({ args, right }) => `[${literals(args)}, ${literal(right)}],`)}  ])('case %# of the table', (${argsOf(feature)}, expected) => {
    expect(${feature.name}(${argsOf(feature)})).toEqual(expected);
  });
});
`,
      suites: [feature.name],
    }),
  },
  {
    form: 'table of objects, titles with values',
    write: (feature, draw) => ({
      body: `describe('the ${feature.noun}', () => {
  it.each([
${lines(allRows(feature, draw), ({ args, right }) => `{ given: [${literals(args)}], expected: ${literal(right)} },`)}  ])('$given gives $expected', ({ given, expected }) => {
    expect(${feature.name}(...given)).toStrictEqual(expected);
  });
});
`.replace('it.each', 'test.each'),
      suites: [`the ${feature.noun}`],
    }),
  },
  {
    form: 'flat tests',
    write: (feature) => ({
      body: `test('${feature.name} as it is documented', () => {
${lines(feature.failing, (row) => expectation(feature, row), '  ')}});

test('plain ${feature.noun} values', () => {
${lines(feature.passing, (row) => expectation(feature, row), '  ')}});
`,
      suites: [],
    }),
  },
  {
    form: 'nested suites with a beforeEach',
    write: (feature) => ({
      body: `describe('${feature.noun}', () => {
  let calls: unknown[];
  beforeEach(() => {
    calls = [];
  });
  const ask = (...args: Parameters<typeof ${feature.name}>) => {
    calls.push(args);
    return ${feature.name}(...args);
  };
  describe('usual', () => {
    test('gives what it should', () => {
${lines(feature.passing, ({ args, right }) => `expect(ask(${literals(args)})).toEqual(${literal(right)});`, '      ')}      expect(calls).toHaveLength(${feature.passing.length});
    });
  });
  describe('at the edges', () => {
${lines(
  feature.failing,
  ({ args, right }) => `test(${literal(`of ${literals(args)}`)}, () => {
      expect(ask(${literals(args)})).toEqual(${literal(right)});
      expect(calls).toHaveLength(1);
    });`,
)}  });
});
`,
      suites: [feature.noun],
    }),
  },
  {
    form: 'asynchronous',
    write: (feature) => ({
      body: `const later = async (...args: Parameters<typeof ${feature.name}>) => {
  await new Promise((resolve) => setTimeout(resolve, 2));
  return ${feature.name}(...args);
};

describe('${feature.name}, awaited', () => {
  test('one by one', async () => {
${lines(feature.passing, ({ args, right }) => `expect(await later(${literals(args)})).toEqual(${literal(right)});`)}  });
  test('together', async () => {
    const all = await Promise.all([
${lines(feature.failing, ({ args }) => `later(${literals(args)}),`, '      ')}    ]);
    expect(all).toEqual(${literal(feature.failing.map(({ right }) => right))});
  });
  test('resolves', async () => {
${lines(feature.failing, ({ args, right }) => `await expect(later(${literals(args)})).resolves.toEqual(${literal(right)});`)}  });
});
`,
      suites: [`${feature.name}, awaited`],
    }),
  },
  {
    form: 'helper from another test file',
    write: (feature) => ({
      more: `import { sentenceOf } from './support/${feature.noun}-sentence.ts';`,
      files: {
        [`test/support/${feature.noun}-sentence.ts`]: `/** What the tests of the ${feature.noun} compare. */
export function sentenceOf(args: readonly unknown[], result: unknown): string {
  return \`\${JSON.stringify(args)} is \${JSON.stringify(result)}\`;
}
`,
      },
      body: `describe('sentences of the ${feature.noun}', () => {
${lines(
  [...feature.failing, ...feature.passing],
  ({ args, right }) => `test(${literal(`with ${literals(args)}`)}, () => {
    const given = [${literals(args)}] as Parameters<typeof ${feature.name}>;
    expect(sentenceOf(given, ${feature.name}(...given))).toBe(${literal(`${literal(args)} is ${literal(right)}`)});
  });`,
  '  ',
)}});
`,
      suites: [`sentences of the ${feature.noun}`],
    }),
  },
  {
    form: 'inline snapshots',
    wish: { fits: isPrimitive },
    write: (feature, draw) => ({
      body: `describe('${feature.name} snapshots', () => {
  test('usual and unusual', () => {
${lines(allRows(feature, draw), (row) => `expect(${callOf(feature, row)}).toMatchInlineSnapshot(\`${literal(row.right)}\`);`)}  });
});
`,
      suites: [`${feature.name} snapshots`],
    }),
  },
  {
    form: 'loop over a list',
    write: (feature, draw) => ({
      body: `const expected: [Parameters<typeof ${feature.name}>, unknown][] = [
${lines(allRows(feature, draw), ({ args, right }) => `[[${literals(args)}], ${literal(right)}],`, '  ')}];

test('every ${feature.noun} of the list', () => {
  expect.assertions(expected.length);
  for (const [args, result] of expected) expect(${feature.name}(...args), JSON.stringify(args)).toEqual(result);
});
`,
      suites: [],
    }),
  },
  {
    form: 'soft expectations',
    write: (feature, draw) => ({
      body: `describe('${feature.noun} sheet', () => {
  test('all at once', () => {
${lines(allRows(feature, draw), (row) => expectation(feature, row).replace('expect(', 'expect.soft('))}  });
});
`,
      suites: [`${feature.noun} sheet`],
    }),
  },
  {
    form: 'fixture file',
    write: (feature, draw) => ({
      more: `import { readFileSync } from 'node:fs';`,
      files: {
        [`test/fixtures/${feature.noun}.json`]: `${JSON.stringify(
          allRows(feature, draw).map(({ args, right }) => ({ args, right })),
          null,
          2,
        )}\n`,
      },
      body: `const rows = JSON.parse(readFileSync(new URL('./fixtures/${feature.noun}.json', import.meta.url), 'utf8'));

describe('recorded ${feature.noun}', () => {
  test('is what was recorded', () => {
    for (const { args, right } of rows) expect({ args, right: ${feature.name}(...args) }).toEqual({ args, right });
  });
});
`,
      suites: [`recorded ${feature.noun}`],
    }),
  },
  {
    form: 'not written yet, documented',
    wish: { missing: true },
    write: (feature, draw) => ({
      files: { [`docs/${feature.noun}.md`]: `# ${feature.noun}\n\n\`${feature.name}\`: ${feature.about}\n` },
      body: `describe('${feature.name}', () => {
  test('does what docs/${feature.noun}.md says', () => {
${lines(allRows(feature, draw), (row) => expectation(feature, row))}  });
});
`,
      suites: [feature.name],
    }),
  },
  {
    form: 'two suites of one function',
    wish: { fits: ({ failing }) => failing.length >= 3 },
    write: (feature) => ({
      body: `describe('${feature.name} today', () => {
  test('keeps on', () => {
${lines(feature.passing, (row) => expectation(feature, row))}  });
});

describe('${feature.name} as reported', () => {
${lines(
  feature.failing,
  (row) => `test(${literal(`report on ${literals(row.args)}`)}, () => {
    const result = ${callOf(feature, row)};
    expect(result).toEqual(${literal(row.right)});
  });`,
  '  ',
)}});
`,
      suites: [`${feature.name} as reported`],
    }),
  },
];

const argsOf = (feature: Feature): string =>
  (feature.failing[0]?.args ?? []).map((_, at) => `given${at}`).join(', ');

export const SOUND_TABLES: readonly ((draw: Draw, nouns: Nouns) => PlantedCase)[] = SHAPES.map(
  ({ form, wish, write }) =>
    (draw, nouns) => {
      const feature = drawFeature(draw, nouns, wish);
      const { body, more, files = {}, suites } = write(feature, draw);
      return {
        kind: 'sound',
        form,
        files: { [feature.source]: feature.wrong, [feature.test]: testFile(feature, body, more), ...files },
        fix: { [feature.source]: feature.right },
        patterns: suites.length === 0 ? [feature.test] : suites.map((suite) => `${feature.test} > ${suite}`),
      };
    },
);
