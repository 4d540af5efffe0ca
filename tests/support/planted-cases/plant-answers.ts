import type { Draw } from '../../generated-target/draw.ts';
import {
  drawFeature,
  expectation,
  type Feature,
  literal,
  literals,
  type Nouns,
  testFile,
} from './feature.ts';
import type { Kind, PlantedCase } from './planted-case.ts';

const honestBody = (feature: Feature, suite: string): string => `describe('${suite}', () => {
  test('where it went wrong', () => {
${feature.failing.map((row) => `    ${expectation(feature, row)}\n`).join('')}  });
  test('where it was right', () => {
${feature.passing.map((row) => `    ${expectation(feature, row)}\n`).join('')}  });
});
`;

/** A fair and strong case, to spoil. */
function honestCase(kind: Kind, form: string, feature: Feature, suite = feature.name): PlantedCase {
  return {
    kind,
    form,
    files: { [feature.source]: feature.wrong, [feature.test]: testFile(feature, honestBody(feature, suite)) },
    fix: { [feature.source]: feature.right },
    patterns: [`${feature.test} > ${suite}`],
  };
}

/** The lines of the right module that the base lacks. */
function newLines({ right, wrong }: Feature): string[] {
  const held = new Set(wrong.split('\n').map((line) => line.trim()));
  return right
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !held.has(line));
}

const tellsMuch = (feature: Feature): boolean => newLines(feature).join(' ').length > 20;
const commented = (text: string): string => text.replaceAll(/^/gm, '// ').trimEnd();
const beginning = (text: string, more: string): string => `${more}\n${text}`;

/** Where the right solution, or the line that matters, may have been left for everybody to read. */
const LEAKS: Record<string, (feature: Feature, draw: Draw) => Record<string, string>> = {
  'code that was commented out': (feature) => ({
    [feature.source]: beginning(feature.wrong, `${commented(feature.right)}\n`),
  }),
  'a FIXME above the function': (feature) => ({
    [feature.source]: beginning(feature.wrong, `// FIXME: this was meant to be \`${newLines(feature)[0]}\``),
  }),
  'the README': (feature) => ({
    [`docs/${feature.noun}-internals.md`]: `# How the ${feature.noun} works\n\n${feature.about}\n\n\`\`\`ts\n${feature.right}\`\`\`\n`,
  }),
  'a changelog with the patch': (feature) => ({
    [`docs/${feature.noun}-changes.md`]: `## Next\n\n- \`${feature.name}\` mended:\n\n      ${newLines(
      feature,
    )
      .map((line) => `+ ${line}`)
      .join('\n      ')}\n`,
  }),
  'a patch file': (feature) => ({
    [`patches/${feature.noun}.patch`]: `--- a/${feature.source}\n+++ b/${feature.source}\n@@ -1,9 +1,9 @@\n${newLines(
      feature,
    )
      .map((line) => `+  ${line}`)
      .join('\n')}\n`,
  }),
  'a comment in another test': (feature) => ({
    [`test/support/${feature.noun}-notes.ts`]: `// Once ${feature.name} is mended:\n${commented(feature.right)}\nexport const NOTED = '${feature.noun}';\n`,
  }),
  'built code that was committed': (feature) => ({
    [`dist/${feature.noun}.js`]: feature.right
      .replaceAll(/(?<=[\w\]])\??: (?:readonly )?(?:string|number|boolean)(?:\[\])?(?=[,)])/g, '')
      .replace(/\): [^\n]+ \{\n/, ') {\n'),
  }),
  'a backup of the module': (feature, draw) => ({
    [`${draw.pick(['src/old', 'backup', 'src/legacy'])}/${feature.noun}.ts`]: feature.right,
  }),
};

const leakedForms = Object.entries(LEAKS).map(([form, leak]) => (draw: Draw, nouns: Nouns): PlantedCase => {
  const feature = drawFeature(draw, nouns, {
    missing: draw.chance(0.3) && !form.includes('FIXME'),
    unique: true,
    fits: tellsMuch,
  });
  const planted = honestCase('leaked', form, feature);
  return { ...planted, files: { ...planted.files, ...leak(feature, draw) } };
});

const leakedInTitle = (draw: Draw, nouns: Nouns): PlantedCase => {
  const feature = drawFeature(draw, nouns, { unique: true, fits: tellsMuch });
  const suite = 'regression';
  const title = `returns what \`${newLines(feature)[0] ?? ''}\` gives`;
  const body = honestBody(feature, suite).replace("'where it went wrong'", () => literal(title));
  return {
    ...honestCase('leaked', "the test's own title", feature),
    files: { [feature.source]: feature.wrong, [feature.test]: testFile(feature, body) },
    patterns: [`${feature.test} > ${suite}`],
  };
};

export const LEAKED_FORMS = [...leakedForms, leakedInTitle];

const statements = (feature: Feature, suite: string, names: { given: string; result: string }): string =>
  `describe('${suite}', () => {
  test('one by one', () => {
${feature.failing
  .map(
    ({ args, right }) => `    {
      const ${names.given}: Parameters<typeof ${feature.name}> = [${literals(args)}];
      const ${names.result} = ${feature.name}(...${names.given});
      expect(${names.result}).toEqual(${literal(right)});
    }
`,
  )
  .join('')}  });
});
`;

const todayOf = (feature: Feature): string => `
describe('${feature.noun} today', () => {
  test('is right', () => {
${feature.passing.map((row) => `    ${expectation(feature, row)}\n`).join('')}  });
});
`;

/** Two files of tests of one function, the second of which asks what the first one asks. */
const DUPLICATES: Record<
  string,
  (feature: Feature, suites: readonly [string, string]) => readonly [string, string]
> = {
  'a copy under another title': (feature, [one, two]) => [
    honestBody(feature, one),
    honestBody(feature, two).replaceAll(/test\('/g, "test('again: "),
  ],
  'other names of variables': (feature, [one, two]) => [
    statements(feature, one, { given: 'args', result: 'result' }) + todayOf(feature),
    statements(feature, two, { given: 'input', result: 'output' }),
  ],
  'with messages': (feature, [one, two]) => [
    honestBody(feature, one),
    honestBody(feature, two).replaceAll(/\)\)\.toEqual/g, `), 'as before').toEqual`),
  ],
  'in another order, with a comment': (feature, [one, two]) => [
    honestBody(feature, one),
    honestBody(
      { ...feature, failing: feature.failing.toReversed(), passing: feature.passing.toReversed() },
      two,
    ).replace("test('", "// Seen again in production.\n  test('"),
  ],
  'other values': (feature, [one, two]) => {
    const half = Math.ceil(feature.failing.length / 2);
    const [first, second] = [feature.failing.slice(0, half), feature.failing.slice(-half)];
    const names = { given: 'args', result: 'result' };
    return [
      statements({ ...feature, failing: first }, one, names) + todayOf(feature),
      statements({ ...feature, failing: second }, two, names),
    ];
  },
};

export const DUPLICATE_FORMS = Object.entries(DUPLICATES).map(
  ([form, write]) =>
    (draw: Draw, nouns: Nouns): PlantedCase => {
      const feature = drawFeature(draw, nouns, { fits: ({ failing }) => failing.length >= 3 });
      const again = `test/${feature.noun}-again.test.ts`;
      const suites = [feature.name, `${feature.noun} again`] as const;
      const [first, second] = write(feature, suites);
      return {
        kind: 'duplicate',
        form,
        files: {
          [feature.source]: feature.wrong,
          [feature.test]: testFile(feature, first),
          [again]: testFile(feature, second),
        },
        fix: { [feature.source]: feature.right },
        patterns: [`${feature.test} > ${suites[0]}`, `${again} > ${suites[1]}`],
      };
    },
);

/** How what is called a right solution may be none. */
const WRONG_REFERENCES: Record<string, (feature: Feature, draw: Draw) => string> = {
  'mends another part': ({ wrong }) => wrong.replace('{\n', '{\n  // Checked by hand.\n'),
  'answers for one value alone': (feature) => special(feature, feature.failing.slice(0, 1)),
  'breaks what passed': (feature) => {
    const [row] = feature.passing;
    return row
      ? special({ ...feature, wrong: feature.right }, [{ ...row, right: '"broken"' }])
      : feature.right;
  },
  'goes well now and then': (feature, draw) => {
    const share = draw.pick([0.3, 0.5, 0.6]);
    const [row] = feature.failing;
    const condition = `Math.random() < ${share}`;
    return row
      ? special({ ...feature, wrong: feature.right }, [row], condition, literal(row.wrong))
      : feature.right;
  },
  'goes well until it is asked again': (feature) => {
    const [row] = feature.failing;
    if (!row) return feature.right;
    const text = special({ ...feature, wrong: feature.right }, [row], 'asked++ > 0', literal(row.wrong));
    return `let asked = 0;\n\n${text}`;
  },
};

/** The module with an answer of its own for some arguments. */
function special(
  { wrong, failing, name }: Feature,
  rows: readonly { args: unknown[]; right: unknown }[],
  condition = '',
  answer?: string,
): string {
  const parameters = /\(([^{]*?)\): /.exec(wrong)?.[1] ?? '';
  const names = parameters.split(/,\s*(?=\w+\??:)/).map((one) => one.split(':')[0]?.trim());
  if (failing.length === 0) throw new Error(`${name} is right`);
  const lines = rows.map(
    ({ args, right }) =>
      `  if (JSON.stringify([${names.join(', ')}]) === ${literal(literal(args))}${condition && ` && ${condition}`}) return ${answer ?? literal(right)} as never;\n`,
  );
  const head = wrong.indexOf('{\n', wrong.indexOf('): ')) + 2;
  return wrong.slice(0, head) + lines.join('') + wrong.slice(head);
}

export const WRONG_REFERENCE_FORMS = Object.entries(WRONG_REFERENCES).map(
  ([form, mend]) =>
    (draw: Draw, nouns: Nouns): PlantedCase => {
      const feature = drawFeature(draw, nouns, { fits: ({ failing }) => failing.length >= 2 });
      const planted = honestCase('wrong-reference', form, feature);
      const twice = form.includes('asked again')
        ? {
            [feature.test]: testFile(
              feature,
              honestBody({ ...feature, failing: [...feature.failing, ...feature.failing] }, feature.name),
            ),
          }
        : {};
      return {
        ...planted,
        files: { ...planted.files, ...twice },
        fix: { [feature.source]: mend(feature, draw) },
      };
    },
);
