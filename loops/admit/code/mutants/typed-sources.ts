import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';

/** Texts by their path from the target's root. */
export type Sources = ReadonlyMap<string, string>;

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2023.d.ts'],
  types: [],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  allowImportingTsExtensions: true,
  noEmit: true,
};

const ROOT = '/target';
const absolute = (file: string) => path.posix.join(ROOT, file);
const LIBRARIES = path.dirname(ts.getDefaultLibFilePath(OPTIONS));
const library = new Map<string, ts.SourceFile>();

/** Sources that a compiler has read; what they import from elsewhere has no type. */
export interface TypedSources {
  program: ts.Program;
  checker: ts.TypeChecker;
  source(file: string): ts.SourceFile;
  /** The messages of a file's errors. */
  errors(file: string): string[];
}

/** Where only some files differ from earlier ones, `before` saves most of the work. */
export function typeSources(sources: Sources, before?: TypedSources): TypedSources {
  const program = ts.createProgram({
    rootNames: [...sources.keys()].map(absolute),
    options: OPTIONS,
    host: hostOf(sources, before?.program),
    ...(before ? { oldProgram: before.program } : {}),
  });
  const source = (file: string): ts.SourceFile => {
    const found = program.getSourceFile(absolute(file));
    if (!found) throw new Error(`${file} is not among the sources`);
    return found;
  };
  return {
    program,
    checker: program.getTypeChecker(),
    source,
    errors: (file) =>
      [...program.getSyntacticDiagnostics(source(file)), ...program.getSemanticDiagnostics(source(file))].map(
        ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
      ),
  };
}

function hostOf(sources: Sources, before: ts.Program | undefined): ts.CompilerHost {
  const textOf = (file: string) => sources.get(path.posix.relative(ROOT, file));
  return {
    getSourceFile: (file, languageVersion) => {
      if (file.startsWith(LIBRARIES)) return libraryFile(file, languageVersion);
      const text = textOf(file);
      if (text === undefined) return undefined;
      const known = before?.getSourceFile(file);
      return known?.text === text ? known : ts.createSourceFile(file, text, languageVersion, true);
    },
    getDefaultLibFileName: () => path.join(LIBRARIES, 'lib.es2023.d.ts'),
    getDefaultLibLocation: () => LIBRARIES,
    writeFile: () => undefined,
    getCurrentDirectory: () => ROOT,
    getCanonicalFileName: (file) => file,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (file) => textOf(file) !== undefined,
    readFile: textOf,
    directoryExists: () => true,
    getDirectories: () => [],
  };
}

function libraryFile(
  file: string,
  languageVersion: ts.ScriptTarget | ts.CreateSourceFileOptions,
): ts.SourceFile {
  const known = library.get(file);
  if (known) return known;
  const source = ts.createSourceFile(file, ts.sys.readFile(file) ?? '', languageVersion, true);
  library.set(file, source);
  return source;
}

const NOT_SOURCE =
  /(^|\/)(node_modules|dist|coverage|tests?|__tests__|fixtures|\.[^/]*)\/|(\.d|\.test|\.spec|\.config)\.ts$/;

/** What a target does: its TypeScript without tests, configuration and what was built or installed. */
export async function readSources(folder: string): Promise<Sources> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => !NOT_SOURCE.test(file))
    .toSorted();
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  return new Map(files.map((file, index) => [file, texts[index] ?? '']));
}
