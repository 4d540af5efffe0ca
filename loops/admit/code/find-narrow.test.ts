import { describe, expect, it } from 'vitest';
import { findNarrow } from './find-narrow.ts';

const narrow = (run: string, test: { names?: string[]; literals?: string[] }, ...told: string[]): string[] =>
  findNarrow([run], { names: new Set(test.names ?? []), literals: new Set(test.literals ?? []) }, told);

describe('findNarrow', () => {
  it('finds a name that the oracle brings and its tests use', () => {
    const run = 'export function clampRange(low) { return low; }';
    expect(narrow(run, { names: ['clampRange', 'expect'] })).toEqual(['clampRange']);
    expect(narrow(run, { names: ['expect'] })).toEqual([]);
  });

  it('takes a name that a fixer is told for known, but not as a part of a longer one', () => {
    const run = 'const limit = 1;';
    expect(narrow(run, { names: ['limit'] }, 'The limit is off.')).toEqual([]);
    expect(narrow(run, { names: ['limit'] }, 'nothing', 'const limit = 2;')).toEqual([]);
    expect(narrow(run, { names: ['limit'] }, 'limits unlimited $limit limit_2')).toEqual(['limit']);
  });

  it('finds texts that the tests ask for word by word', () => {
    const run = "throw new Error('out of range');";
    expect(narrow(run, { literals: ['out of range'] })).toEqual(['"out of range"']);
    expect(narrow(run, { literals: ['Error: out of range!'] })).toEqual(['"out of range"']);
    expect(narrow(run, { literals: ['range'] })).toEqual(['"out of range"']);
    expect(narrow(run, { literals: ['out of reach'] })).toEqual([]);
    expect(narrow(run, { literals: ['out of range'] }, "say 'out of range'")).toEqual([]);
  });

  it('reads the pieces of a template', () => {
    const run = `throw new Error(\`too many of \${count} in one batch: \${name} given\`);`;
    for (const piece of ['too many of', 'in one batch', 'given'])
      expect(narrow(run, { literals: [piece] })).toEqual([expect.stringContaining(piece)]);
    expect(narrow('f(`plain words`);', { literals: ['plain words'] })).toEqual(['"plain words"']);
  });

  it('minds no blanks around', () => {
    expect(narrow("f(' is missing ');", { literals: ['it is missing'] })).toEqual(['" is missing "']);
    expect(narrow("f('it is missing');", { literals: [' missing '] })).toEqual(['"it is missing"']);
    expect(narrow("f(' is missing ');", { literals: ['it is missing'] }, 'is missing.')).toEqual([]);
  });

  it('takes short texts, and what has no word in it, for chance', () => {
    expect(narrow("f('abc');", { literals: ['abc'] })).toEqual([]);
    expect(narrow("f(' abc ');", { literals: [' abc '] })).toEqual([]);
    expect(narrow("f('abcd');", { literals: ['abcd'] })).toEqual(['"abcd"']);
    expect(narrow("f('12-34-5');", { literals: ['12-34-5'] })).toEqual([]);
    expect(narrow("f('ab-cd');", { literals: ['ab-cd'] })).toEqual([]);
    expect(narrow("f('range');", { literals: ['ran', ' ran  '] })).toEqual([]);
    expect(narrow("f('range');", { literals: ['rang'] })).toEqual(['"range"']);
  });

  it('says each once, over all runs', () => {
    const test = { names: new Set(['depth']), literals: new Set<string>() };
    expect(findNarrow(['let depth = 1;', 'depth += 1;'], test, [])).toEqual(['depth']);
  });
});
