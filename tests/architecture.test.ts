import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

/** What each folder may import from, besides itself. */
const mayImport: Record<string, readonly string[]> = {
  datasets: [],
  sandboxes: [],
  tools: ['datasets', 'sandboxes'],
  // Agents act through tool values alone.
  agents: ['datasets', 'tools'],
  loops: ['datasets', 'sandboxes', 'tools', 'agents'],
  web: ['datasets', 'sandboxes', 'tools', 'agents', 'loops'],
  cli: ['datasets', 'sandboxes', 'tools', 'agents', 'loops', 'web'],
};
const free = ['bench', 'tests'];

/** Copied into targets: part of their code, not of ours. */
const template = 'loops/target/template';

const forbiddenWords = ['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'misc'];
const lineGoal = 250;
/** Test code is mostly lists of examples, which read no better in two files. */
const lineLimit = (file: SourceFile) => (isTestCode(file) ? 400 : 300);

interface SourceFile {
  /** From the repository's root. */
  file: string;
  folder: string;
  lines: number;
  /** Files of ours that it imports, from the repository's root. */
  imports: string[];
  /** Those of them that are there at run time: `import type` is erased. */
  needs: string[];
}

const root = path.resolve(import.meta.dirname, '..');
const sources = [...Object.keys(mayImport), ...free].flatMap(readFolder);

/** Tests, and what stands beside them only for them. */
function isTestCode({ file }: { file: string }): boolean {
  return /\.test\.ts$|(^|\/)(testing|fixtures|tests)\/|(^|\/)test-[^/]*\.ts$/.test(file);
}

describe('architecture', () => {
  test('a folder imports only from those to its left', () => {
    const breaches = sources.flatMap(({ file, folder, imports }) =>
      imports
        .filter((imported) => !isAllowed(file, folder, imported))
        .map((imported) => `${file} → ${imported}`),
    );
    expect(
      breaches,
      'datasets, sandboxes ← tools ← agents ← loops ← web ← cli, and agents never import sandboxes. Move what both ' +
        'sides need to the left, or declare an interface on the left (as tools/services.ts does) and inject it in cli/.',
    ).toEqual([]);
  });

  test('what is copied into a target imports nothing of ours', () => {
    const breaches = sources
      .filter(({ file }) => file.startsWith(`${template}/`) && !isTestCode({ file }))
      .flatMap(({ file, imports }) =>
        imports.filter((one) => !one.startsWith(`${template}/`)).map((one) => `${file} → ${one}`),
      );
    expect(
      breaches,
      `${template} must work where this repository is not: copy what it needs into it.`,
    ).toEqual([]);
  });

  test('no file needs itself by way of others', () => {
    expect(
      findCycles(new Map(sources.map(({ file, needs }) => [file, needs]))),
      'Move what the files of a cycle share into one that imports none of them.',
    ).toEqual([]);
  });

  test('file names are kebab-case and say what is in the file', () => {
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|config|d))?\.m?ts$/;
    const names = sources.map(({ file }) => file);
    expect(
      names.filter((file) => !kebab.test(path.basename(file))),
      'Name a file after its main export, in kebab-case.',
    ).toEqual([]);
    const vague = names.filter((file) => file.split(/[/.-]/).some((word) => forbiddenWords.includes(word)));
    expect(vague, 'Name it after what it does: these words say nothing.').toEqual([]);
  });

  test('files stay short', () => {
    const name = ({ file, lines }: SourceFile) => `${file} (${lines} lines)`;
    const long = sources.filter((source) => source.lines > lineGoal && !isTestCode(source));
    if (long.length > 0) console.warn(`Longer than ${lineGoal} lines: ${long.map(name).join(', ')}.`);
    expect(
      sources.filter((source) => source.lines > lineLimit(source)).map(name),
      `Split at ${lineGoal} lines, or when it takes "and" to say what a file does.`,
    ).toEqual([]);
  });
});

describe('the rules above find what they look for', () => {
  test('a breach of the import direction', () => {
    expect(isAllowed('agents/a.ts', 'agents', 'sandboxes/b.ts')).toBe(false);
    expect(isAllowed('datasets/a.ts', 'datasets', 'sandboxes/b.ts')).toBe(false);
    expect(isAllowed('tools/a.ts', 'tools', 'loops/b.ts')).toBe(false);
    expect(isAllowed('loops/a.ts', 'loops', 'tests/support/b.ts')).toBe(false);
    expect(isAllowed('loops/a.test.ts', 'loops', 'tests/support/b.ts')).toBe(true);
    expect(isAllowed('cli/a.ts', 'cli', 'loops/b.ts')).toBe(true);
  });

  test('every way to import a file', () => {
    const text = `import './a.ts'; import type { B } from "./b.ts"; export * from './c.ts'; await import('./d.ts'); // './e.ts'`;
    expect(importsOf('cli/x.ts', text, () => true)).toEqual(['cli/a.ts', 'cli/b.ts', 'cli/c.ts', 'cli/d.ts']);
  });

  test('what is left of imports at run time', () => {
    const text = `import { type A } from './a.ts'; import type { B } from './b.ts'; import { c } from './c.ts'; c();`;
    expect(importsOf('cli/x.ts', withoutTypes(text), () => true)).toEqual(['cli/a.ts', 'cli/c.ts']);
  });

  test('a cycle', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['a']],
      ['d', []],
    ]);
    expect(findCycles(graph)).toEqual(['a → b → c → a']);
  });
});

function isAllowed(file: string, folder: string, imported: string): boolean {
  const from = imported.split('/')[0] as string;
  if (free.includes(folder) || from === folder) return true;
  if (from === 'tests') return isTestCode({ file });
  return mayImport[folder]?.includes(from) ?? false;
}

function readFolder(folder: string): SourceFile[] {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.m?ts$/.test(name) && !name.includes('node_modules/') && !name.startsWith('results/'))
    .map((name) => {
      const file = `${folder}/${name}`;
      const text = readFileSync(path.join(root, file), 'utf8');
      const exists = (imported: string) => existsSync(path.join(root, imported));
      const lines = text.trimEnd().split('\n').length;
      return {
        file,
        folder,
        lines,
        imports: importsOf(file, text, exists),
        needs: importsOf(file, withoutTypes(text), exists),
      };
    });
}

/** Only what exists: a text that is written by a test may hold imports of its own. */
function importsOf(file: string, text: string, exists: (imported: string) => boolean): string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => path.join(path.dirname(file), name))
    .filter(exists);
}

function withoutTypes(text: string): string {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ESNext,
      verbatimModuleSyntax: true,
    },
  });
  return outputText;
}

/** Each cycle once, from its first file in the order of the graph. */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start !== -1) {
      cycles.push([...trail.slice(start), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const imported of graph.get(file) ?? []) visit(imported, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
}
