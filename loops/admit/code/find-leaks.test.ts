import { describe, expect, it } from 'vitest';
import { findLeaks } from './find-leaks.ts';

const solution = 'return Math.max(low, Math.min(high, value - offset));';
const leaks = (files: Record<string, string>, runs = [solution]) =>
  findLeaks(runs, new Map(Object.entries(files)));

describe('findLeaks', () => {
  it('finds an instruction that says what the oracle adds, however it is set', () => {
    expect(leaks({ 'instruction.md': `Use this:\n\n    ${solution}` })).toEqual(['instruction.md']);
    expect(
      leaks({
        'a.md': '> + return `Math.max(low,\n> + Math.min(high,   value - offset))`',
        'b.md': 'Mend it.',
      }),
    ).toEqual(['a.md']);
    expect(leaks({ 'a.md': '* return Math.max(low,\n  - Math.min(high, value' })).toEqual(['a.md']);
  });

  it('finds it in a patch, whose lines begin with marks', () => {
    const lines = ['const first = start + 1;', 'const last = end - 1;', 'const size = last - first;'];
    const patch = lines.map((line) => `+${line}`).join('\n');
    expect(leaks({ 'old.diff': patch }, [lines.join('\n')])).toEqual(['old.diff']);
  });

  it('takes eight tokens in a row, and not seven', () => {
    const run = 'alpha beta gamma delta epsilon zeta eta theta iota';
    expect(leaks({ 'a.md': 'beta gamma delta epsilon zeta eta theta iota' }, [run])).toEqual(['a.md']);
    expect(leaks({ 'a.md': 'gamma delta epsilon zeta eta theta iota' }, [run])).toEqual([]);
    expect(leaks({ 'a.md': 'alphabeta gamma delta epsilon zeta eta theta iotas' }, [run])).toEqual([]);
  });

  it('looks for a shorter line as a whole, and for none of fewer than five tokens', () => {
    expect(leaks({ 'a.md': 'return size + 1 * 2' }, ['return size + 1 * 2;'])).toEqual(['a.md']);
    expect(leaks({ 'a.md': 'total = size + one' }, ['total = size + one'])).toEqual(['a.md']);
    expect(leaks({ 'a.md': 'size = 1.5 + one' }, ['size = 1.5 + two'])).toEqual([]);
    expect(leaks({ 'a.md': 'return size + 1' }, ['return size + 1'])).toEqual([]);
  });

  it('does not mind blocks and semicolons', () => {
    const run = 'if (a < b) { left = a; right = b; }';
    expect(leaks({ 'a.md': 'if (a < b) left = a right = b' }, [run])).toEqual(['a.md']);
  });

  it('looks at the comments of code alone', () => {
    const code = (text: string) => ({ 'src/a.ts': text });
    expect(leaks(code(`// ${solution}\nreturn 1;`))).toEqual(['src/a.ts']);
    expect(
      leaks(code(`/**\n * return Math.max(low,\n * Math.min(high, value - offset));\n */\nf();`)),
    ).toEqual(['src/a.ts']);
    expect(leaks(code(`f(); // ${solution}`))).toEqual(['src/a.ts']);
    expect(leaks(code(`function f() {\n  g(1 /* ${solution} */);\n}`))).toEqual(['src/a.ts']);
    expect(leaks({ 'a.jsx': '', 'b.mjs': `// ${solution}`, 'c.cts': `f();\n// ${solution}` })).toEqual([
      'b.mjs',
      'c.cts',
    ]);
    expect(leaks(code(`const text = "${solution}";`))).toEqual([]);
  });

  it('takes what code does already for no secret', () => {
    const files = { 'src/b.ts': `function f() { ${solution} }`, 'a.md': `It holds: ${solution}` };
    expect(leaks(files)).toEqual([]);
    expect(leaks({ ...files, 'src/b.ts': `/* ${solution} */` })).toEqual(['src/b.ts', 'a.md']);
  });

  it('takes no comment of an oracle for what it adds', () => {
    const said = 'keeps the value between both of the limits that were given';
    expect(leaks({ 'a.md': said }, [`// ${said}\nreturn 1;`])).toEqual([]);
    expect(
      leaks({ 'a.md': `${solution}` }, [`return Math.max(low, /* why */ Math.min(high, value - offset));`]),
    ).toEqual(['a.md']);
  });

  it('has nothing to find without an oracle', () => {
    expect(leaks({ 'a.md': solution }, [])).toEqual([]);
  });

  it('finds a line with a template in it, though documents put code in backticks', () => {
    const line = 'result += count > 1 ? `${text[at]}${count}` : text[at];';
    const files = {
      'docs/a.md': `It has to be \`${line}\` there.`,
      'src/a.ts': `// ${line}\nexport const A = 1;\n`,
    };
    expect(findLeaks([line], new Map(Object.entries(files)))).toEqual(['docs/a.md', 'src/a.ts']);
  });
});
