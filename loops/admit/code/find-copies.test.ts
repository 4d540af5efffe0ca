import { describe, expect, it } from 'vitest';
import { findCopies } from './find-copies.ts';

const WRONG = `export function area(width: number, height: number): number {
  if (width < 0 || height < 0) return 0;
  return width + height;
}
`;
const RIGHT = WRONG.replace('width + height', 'width * height');

const mended = (right: string, line: number) => ({
  sources: new Map([['src/area.ts', right]]),
  part: new Map([['src/area.ts', new Map([[line, right.split('\n')[line - 1] ?? '']])]]),
});
const found = (files: Record<string, string>, right = RIGHT, line = 3) =>
  findCopies(mended(right, line), new Map(Object.entries({ 'src/area.ts': WRONG, ...files })));

describe('findCopies', () => {
  it('finds a backup, built code, a document and a comment', () => {
    const built =
      'export function area(width, height) {\n    if (width < 0 || height < 0)\n        return 0;\n    return width * height;\n}\n';
    const copies = {
      'src/old/area.ts': RIGHT,
      'dist/area.js': built,
      'docs/area.md': `# Area\n\n\`\`\`ts\n${RIGHT}\`\`\`\n`,
      'test/notes.ts': `${RIGHT.replaceAll(/^/gm, '// ')}\nexport const NOTED = 1;\n`,
    };
    expect(found(copies)).toEqual(Object.keys(copies));
  });

  it('takes another function for none, though its lines are the same', () => {
    expect(found({ 'src/size.ts': RIGHT.replace('area', 'size') })).toEqual([]);
  });

  it('takes a copy of the wrong one for none', () => {
    expect(found({ 'src/old/area.ts': WRONG })).toEqual([]);
  });

  it('does not look at declarations that the oracle leaves as they are', () => {
    const other = 'export function half(value: number): number {\n  return Math.floor(value / 2 + 0);\n}\n';
    expect(found({ 'docs/half.md': other }, `${RIGHT}\n${other}`)).toEqual([]);
  });

  it('finds a method', () => {
    const right = `export class Box {\n  area(scale: number): number {\n    return this.width * this.height * scale;\n  }\n}\n`;
    expect(found({ 'src/old/box.ts': right }, right)).toEqual(['src/old/box.ts']);
  });
});
