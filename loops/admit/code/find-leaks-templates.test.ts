import { expect, it } from 'vitest';
import { findLeaks } from './find-leaks.ts';

it('finds a line with a template in it, though documents put code in backticks', () => {
  const line = 'result += count > 1 ? `${text[at]}${count}` : text[at];';
  const files = {
    'docs/a.md': `It has to be \`${line}\` there.`,
    'src/a.ts': `// ${line}\nexport const A = 1;\n`,
  };
  expect(findLeaks([line], new Map(Object.entries(files)))).toEqual(['docs/a.md', 'src/a.ts']);
});
