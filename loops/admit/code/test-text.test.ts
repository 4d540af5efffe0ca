import { describe, expect, it } from 'vitest';
import { readTestText } from './test-text.ts';

const file = `
import { expect, test } from 'vitest';
import { add, sub } from '../src/sum.js';

describe('sum', () => {
  test('adds', () => {
    expect(add(1, 2)).toBe('three words');
  });
  it.only("subtracts", async () => {
    expect(() => sub(1)).toThrow(/^not\\.enough$/i);
  });
  test.each([[1]])(\`table %i\`, (n) => { expect(n).toBe('row'); });
  notTest('adds elsewhere', () => other());
});
`;
const read = (text: string, ...paths: string[][]) =>
  readTestText(
    text,
    paths.map((path) => ({ id: path.join(' > '), file: 'test/a.test.ts', path, message: '' })),
  );

describe('readTestText', () => {
  it('reads the call that has the title, and neither its neighbours nor the title itself', () => {
    const { text, names, literals } = read(file, ['sum', 'adds']);
    expect(text).toBe("() => { expect(add(1, 2)).toBe('three words'); }");
    expect([...names]).toEqual(expect.arrayContaining(['test', 'expect', 'add', 'toBe']));
    expect(names.has('sub')).toBe(false);
    expect([...literals]).toEqual(['three words']);
  });

  it('reads what an expression asks for as text', () => {
    expect([...read(file, ['sum', 'subtracts']).literals]).toEqual(['not.enough']);
  });

  it('joins the texts of several tests, each once', () => {
    const { text } = read(file, ['sum', 'adds'], ['sum', 'subtracts'], ['sum', 'adds']);
    expect(text.match(/=>/g)).toHaveLength(3);
    expect(text).toMatch(/toBe\('three words'\); \}\nasync/);
  });

  it('takes the suite where the title is not written as reported, and then no test in it again', () => {
    const { text, literals } = read(file, ['sum', 'table 1'], ['sum', 'adds']);
    expect(text.match(/three words/g)).toHaveLength(1);
    expect([...literals].sort()).toEqual(['adds elsewhere', 'not.enough', 'row', 'three words']);
  });

  it('takes the whole file where no title is written, but for what it imports from packages', () => {
    const { text, names, literals } = read(file, ['unknown']);
    expect(text).toContain('import { add, sub }');
    expect([...names]).toEqual(expect.arrayContaining(['add', 'sub', 'other']));
    expect(names.has('vitest')).toBe(false);
    expect(literals.has('../src/sum.js')).toBe(false);
    expect(literals.has('vitest')).toBe(false);
    expect(read("import { only } from 'vitest';\nf();", ['unknown']).names.has('only')).toBe(false);
  });

  it('takes each of two tests of one title', () => {
    const twice = "test('a', () => one());\ntest('a', () => two());";
    expect(read(twice, ['a']).text).toBe('() => one()\n() => two()');
  });

  it('takes no other call with a title for a test', () => {
    const other = "check('a', () => one());\ntest('a', 5);\ntest(a, () => two());\ntestify('a', () => {});";
    expect(read(other, ['a']).text).toBe(other.replaceAll('\n', ' '));
    expect([...read("test('b', () => f('b', g));", ['b']).literals]).toEqual(['b']);
    expect([...read("test('b', () => f(g, 'later'), 'note');", ['b']).literals].sort()).toEqual([
      'later',
      'note',
    ]);
  });
});

const readAdds = (file: string) => read(file, ['adds']);
const textOf = (file: string) => readAdds(file).text;
const shapeOf = (file: string) => readAdds(file).shape;

const WRITTEN = `test('adds', () => {
  const items = [1, 2];
  const total = sum({ items });
  expect(total).toBe(3);
});`;

describe('the text of a test', () => {
  it('is the same with other names of variables and with comments', () => {
    const renamed = `test('adds', () => {
  // As reported.
  const values = [1, 2];
  const result = sum({ items: values });
  /* three */
  expect(result).toBe(3);
});`;
    expect(textOf(renamed)).toBe(textOf(WRITTEN.replace('{ items }', '{ items: items }')));
  });

  it('is another with another function, field or value', () => {
    const others = [
      WRITTEN.replace('sum(', 'product('),
      WRITTEN.replace('{ items }', '{ parts: items }'),
      WRITTEN.replace('toBe(3)', 'toBe(4)'),
    ];
    for (const other of others) expect(textOf(other)).not.toBe(textOf(WRITTEN));
  });
});

describe('the shape of a test', () => {
  const asks = (given: string, answer: string) => `test('adds', () => {
  const given = ${given};
  expect(sum(given)).toBe(${answer});
});`;

  it('is the same with other values, however they are nested', () => {
    expect(shapeOf(asks('1', "'one'"))).toBe('() => { const v0 = _; expect(sum(v0)).toBe(_); }');
    for (const value of ['-2', '/x/', '[1, [true, null]]', '[]', '`so`', '7n'])
      expect(shapeOf(asks(value, value))).toBe(shapeOf(asks('1', 'false')));
  });

  it('is another with another function, variable or field in them', () => {
    for (const value of ['[1, start]', '{ a: 1 }', 'sum(1)', '-start'])
      expect(shapeOf(asks(value, '1'))).not.toBe(shapeOf(asks('1', '1')));
  });
});
