import { describe, expect, it } from 'vitest';
import { packageProblem } from './package-changes.ts';
import type { PatchFile } from './read-patch.ts';

const packages = { '@scope/engine': '1.5.6-r.1', pg: '8.23.1' };

/** A change of package.json, a line each, as in a hunk. */
function changed(...lines: string[]): PatchFile {
  const hunk = lines.map((line) => ({ kind: line[0] as '+' | '-' | ' ', text: line.slice(1) }));
  const path = 'package.json';
  return { oldPath: path, newPath: path, oldMode: null, newMode: null, binary: false, hunks: [hunk] };
}
const problem = (...lines: string[]) => packageProblem(changed(...lines), packages);

const block = (name = 'pg', ...more: string[]) => [
  `+    "node_modules/${name}": {`,
  '+      "version": "8.23.1",',
  `+      "resolved": "https://registry.npmjs.org/${name}/-/${name}-8.23.1.tgz",`,
  ...more,
  '+    },',
];

const section = ['+"dependencies": {', '+  "pg": "8.23.1"', '+},'];

describe('what a patch may add', () => {
  it.each([
    ['an entry', [' "dependencies": {', '+  "pg": "8.23.1",', '   "tsx": "4.0.0"']],
    ['two entries', ['+  "pg": "8.23.1",', '+  "@scope/engine": "1.5.6-r.1",', ' }']],
    ['a last entry', ['-  "tsx": "4.0.0"', '+  "tsx": "4.0.0",', '+  "pg": "8.23.1"', ' }']],
    ['a section', ['+"devDependencies": {', '+  "pg": "8.23.1"', '+},', ' "scripts": {']],
    ['an optional section', ['+"optionalDependencies": {', '+  "pg": "8.23.1"', '+},']],
    [
      'entries of an empty section',
      ['-"dependencies": {},', '+"dependencies": {', '+  "pg": "8.23.1"', '+},'],
    ],
    ['a section behind a brace', [' "a": {', '+},', '+"dependencies": {', '+  "pg": "8.23.1"', ' }']],
    ['its block in the lockfile', [' "packages": {', ...block(), ' "x": {']],
    ['a block with more in it', block('pg', '+      "engines": {', '+        "node": ">=20"', '+      },')],
    ['a block of a source of its own', ['+ "node_modules/pg": {', '+  "version": "8.23.1"', '+ }']],
  ])('%s', (_, lines) => expect(problem(...lines)).toBe(null));

  it('in several places, and lines that git shows again', () => {
    expect(problem('+  "pg": "8.23.1",', ' between', '-  "tsx": "4.0.0"', '+  "tsx": "4.0.0",')).toBe(null);
    expect(problem(' as', ' it was')).toBe(null);
  });
});

describe('what it may not', () => {
  it.each([
    ['another version', ['+  "pg": "8.23.2",']],
    ['another package', ['+  "evil": "1.0.0",']],
    ['what an object has by itself', ['+  "constructor": "1.0.0",']],
    ['a removed line', ['-  "tsx": "4.0.0",', ' }']],
    ['a changed line', ['-  "tsx": "4.0.0",', '+  "tsx": "4.0.1",', ' }']],
    ['lines in another order', ['-  "a": "1",', '-  "b": "2",', '+  "b": "2",', '+  "a": "1",']],
    ['a script', ['+  "test": "true",']],
    ['another section', ['+"overrides": {', '+  "pg": "8.23.1"', '+},']],
    ['a section with more in it', ['+"dependencies": {', '+  "pg": "8.23.1",', '+  "evil": "1.0.0"', '+},']],
    ['a section that is not closed', ['+"dependencies": {', '+  "pg": "8.23.1"']],
    [
      'a section in the place of another',
      ['-"scripts": {},', '+"dependencies": {', '+  "pg": "8.23.1"', '+},'],
    ],
    ['a section that goes', ['-"dependencies": {},', ' }']],
    ['a section that only begins like an empty one', ['-"dependencies": {}, "x": 1', ...section]],
    ['a section that only ends like an empty one', ['-"x": 1, "dependencies": {}', ...section]],
    ['a section in the place of two lines', ['-"dependencies": {}', '-"x": 1', ...section]],
    ['an entry that only begins like one', ['+  "pg": "8.23.1", "evil": "1.0.0"']],
    ['an entry that only ends like one', ['+  "evil": "1.0.0", "pg": "8.23.1"']],
    [
      'a section that only begins like one',
      ['+"dependencies": { "evil": "1.0.0"', '+  "pg": "8.23.1"', '+}'],
    ],
    ['a section that only ends like one', ['+"x": {}, "dependencies": {', '+  "pg": "8.23.1"', '+}']],
    ['a block that only begins like one', ['+ "node_modules/pg": { "x": 1', '+  "version": "8.23.1"', '+ }']],
    ['a block that only ends like one', ['+ "x": {}, "node_modules/pg": {', '+  "version": "8.23.1"', '+ }']],
    ['a comma within a line', ['-  "a", "b"', '+  "a" "b"', ' }']],
    ['a brace that moves', ['+}', '+"scripts": {', ' "x": 1']],
    ['a brace in the place of a line', ['-x', '+}', '+"dependencies": {', '+  "pg": "8.23.1"', ' }']],
    ['an unknown block', block('evil')],
    ['an unknown block in a section', ['+"dependencies": {', ...block('evil'), '+},']],
    ['a block of another version', ['+ "node_modules/pg": {', '+  "version": "8.23.2"', '+ }']],
    ['a block of no version', ['+ "node_modules/pg": {', '+ }']],
    ['a nested block', block('@scope/engine/node_modules/pg')],
    ['a link', block('pg', '+      "link": true,')],
    ['what is in a bundle', block('pg', '+      "inBundle": true')],
  ])('%s', (_, lines) => expect(problem(...lines)).toEqual(expect.any(String)));

  it('names the line that changes, or the package and what is wrong with it', () => {
    expect(problem('-  "tsx": "4.0.0",', '+  "tsx": "4.0.1",')).toContain('"tsx": "4.0.1"');
    expect(problem('-  "tsx": "4.0.0",', ' }')).toContain('"tsx": "4.0.0"');
    expect(problem('-  "a": "1",', '-  "b": "2",', '+  "b": "2",', '+  "a": "1",')).toContain('"a": "1"');
    expect(problem(`+  "long": "${'x'.repeat(200)}"`)?.length).toBeLessThan(180);
    expect(problem(...block('evil'))).toContain('evil');
    expect(problem(...block().map((line) => line.replace('8.23.1"', '9.0.0"')))).toContain('9.0.0');
    const elsewhere = block().map((line) => line.replace('registry.npmjs.org', 'evil.example'));
    expect(problem(...elsewhere)).toContain('https://evil.example');
    const inside = block().map((line) => line.replace('org/pg/', 'org/evil/'));
    expect(problem(...inside)).toContain('https://registry.npmjs.org/evil');
  });

  it('the whole file', () => {
    const lines = ['+  "pg": "8.23.1",'];
    expect(packageProblem({ ...changed(...lines), oldPath: null }, packages)).toEqual(expect.any(String));
    expect(packageProblem({ ...changed(...lines), newPath: null }, packages)).toEqual(expect.any(String));
  });
});
