import { describe, expect, it } from 'vitest';
import type { CodeCase } from '../../../datasets/cases/code-case.ts';
import { groundsOf, type OracleRuns } from './case-grounds.ts';

const test = (title: string, file = 'test/a.test.ts') => ({
  id: `${file} > ${title}`,
  file,
  path: [title],
  message: 'Error: expected 1',
});
const blob = '0'.repeat(40);
const draft: CodeCase = {
  id: 'a',
  pattern: 'p',
  title: 'a',
  visible: [test('told')],
  hidden: [test('hidden')],
  guards: ['test/a.test.ts > keeps', 'test/b.test.ts > stays', 'test/c.test.ts > elsewhere', 'unknown > x'],
  besideGuards: [],
  decisive: { 'test/a.test.ts': blob, 'test/b.test.ts': blob, 'test/c.test.ts': blob },
  oracle: null,
};
const texts = new Map([
  ['test/a.test.ts', "import '../src/a.ts';\ntest('told', () => one());\ntest('hidden', () => two());"],
  ['test/b.test.ts', "import '../src/a.ts';"],
  ['test/c.test.ts', "import '../src/c.ts';"],
  ['src/a.ts', "import './deep.ts';"],
  ['src/deep.ts', ''],
  ['src/c.ts', ''],
]);
const oracle = (name: string, sources: Record<string, string>): OracleRuns => ({
  oracle: {
    name,
    patch: '',
    sources: new Map(Object.entries(sources)),
    added: new Map(Object.keys(sources).map((file) => [file, new Map([[1, 'x']])])),
  },
  plain: [],
  varied: [],
});
const grounds = (...oracles: OracleRuns[]) => groundsOf(draft, { oracles, alone: null, texts });

describe('groundsOf', () => {
  it("takes an oracle's part that the case's tests reach, and the guards that reach it", () => {
    const { solutions } = grounds(
      oracle('far', { 'src/c.ts': '' }),
      oracle('near', { 'src/deep.ts': '', 'src/c.ts': '' }),
    );
    expect(solutions.map(({ oracle: { name } }) => name)).toEqual(['near']);
    expect([...(solutions[0]?.part.keys() ?? [])]).toEqual(['src/deep.ts']);
    expect(solutions[0]?.guards).toEqual(['test/a.test.ts > keeps', 'test/b.test.ts > stays']);
  });

  it('reaches a file that the oracle alone imports', () => {
    const [solution] = grounds(
      oracle('new', { 'src/a.ts': "import './new.ts';", 'src/new.ts': '' }),
    ).solutions;
    expect([...(solution?.part.keys() ?? [])]).toEqual(['src/a.ts', 'src/new.ts']);
  });

  it("shows a fixer all but the case's own tests, and reads those", () => {
    const { checkout, test: own, instruction, solutions } = grounds();
    expect(checkout.has('test/a.test.ts')).toBe(false);
    expect(checkout.size).toBe(texts.size - 1);
    expect(own.text).toBe('() => one()\n() => two()');
    expect(instruction).toContain('told');
    expect(instruction).not.toContain('hidden\n');
    expect(solutions).toEqual([]);
  });

  it('reads a case of one file', () => {
    const two = { ...draft, hidden: [test('hidden', 'test/b.test.ts')] };
    expect(() => groundsOf(two, { oracles: [], alone: null, texts })).toThrow('2 files');
    const gone = groundsOf(draft, { oracles: [], alone: null, texts: new Map() });
    expect(gone.test.text).toBe('');
  });
});
