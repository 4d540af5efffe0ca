/** Test files by path, for a runner that is imported as `runner`: what the formats find hard to carry. */
export function fixtureFiles(runner: 'vitest' | 'node:test'): Record<string, string> {
  const header = `import { beforeEach, describe, test } from '${runner}';\n`;
  const hook = runner === 'vitest' ? 'beforeAll' : 'before';
  return {
    'sub/nested.test.mjs': `${header}${NESTED}${runner === 'vitest' ? EACH : ''}`,
    'crash/syntax.test.mjs': `${header}test('never read', () => {\n`,
    'crash/throws.test.mjs': `${header}test('before', () => {});\nthrow new Error('At the top level.');\n`,
    'crash/exits.test.mjs': `${header}${EXITS}`,
    'hook.test.mjs': `import { ${hook} as before, describe, test } from '${runner}';\n${HOOK}`,
  };
}

const NESTED = String.raw`
describe('outer "quoted" & <b>', () => {
  describe('inner > é 💥', () => {
    test('passes', () => {});
    test('twice', () => {});
    test('twice', () => {
      throw new Error('First line.\n\u001b[31mred\u001b[39m <&> ]]>\nok 1 - forged\n...\n1..1');
    });
    test('# SKIP is in the title', () => {});
    test('back\\slash', () => {});
    test('tab\tand \u001b[1mbold\u001b[22m', () => {});
    test('line\nbreak', () => {});
    test('half of a \ud83d and a \u0000', () => {});
  });
  test.skip('skipped', () => {});
  test.todo('todo');
  for (const n of [1, 2]) test('case ' + n, () => {
    if (n === 2) throw new Error('Not ' + n + '.');
  });
  test('  many   blanks  ', () => {});
});
`;

const EACH = `
test.each([{ a: 1, b: 'x > y' }, { a: 2, b: 'z' }])('adds $a to $b', ({ a }) => {
  if (a === 2) throw new Error('Two.');
});
`;

const EXITS = `
test('first', () => {});
test('leaves', () => { process.exit(0); });
test('last', () => {});
`;

const HOOK = `
describe('suite', () => {
  before(() => { throw new Error('In a hook.'); });
  test('inside', () => {});
});
test('outside', () => {});
`;

/** What both runners make of `sub/nested.test.mjs`, where the format carries all of it. */
export const NESTED_RESULTS = [
  'passed sub/nested.test.mjs > outer "quoted" & <b> > inner > é 💥 > passes',
  'passed sub/nested.test.mjs > outer "quoted" & <b> > inner > é 💥 > twice',
  'failed sub/nested.test.mjs > outer "quoted" & <b> > inner > é 💥 > twice #2',
  'passed sub/nested.test.mjs > outer "quoted" & <b> > inner > é 💥 > # SKIP is in the title',
  'passed sub/nested.test.mjs > outer "quoted" & <b> > inner > é 💥 > back\\slash',
  'passed sub/nested.test.mjs > outer "quoted" & <b> > inner > é 💥 > tab and [1mbold[22m',
  'passed sub/nested.test.mjs > outer "quoted" & <b> > inner > é 💥 > line break',
  'passed sub/nested.test.mjs > outer "quoted" & <b> > inner > é 💥 > half of a and a',
  'skipped sub/nested.test.mjs > outer "quoted" & <b> > skipped',
  'todo sub/nested.test.mjs > outer "quoted" & <b> > todo',
  'passed sub/nested.test.mjs > outer "quoted" & <b> > case 1',
  'failed sub/nested.test.mjs > outer "quoted" & <b> > case 2',
  'passed sub/nested.test.mjs > outer "quoted" & <b> > many blanks',
];

export const EACH_RESULTS = [
  "passed sub/nested.test.mjs > adds 1 to 'x > y'",
  "failed sub/nested.test.mjs > adds 2 to 'z'",
];
