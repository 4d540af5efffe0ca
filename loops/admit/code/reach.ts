import path from 'node:path';
import ts from 'typescript';

const ENDS = ['', '.ts', '.tsx', '.mts', '.js', '.mjs', '/index.ts', '/index.js'];

/** The files that a file imports, itself among them, and what those import; packages are left out. */
export function reachOf(file: string, texts: ReadonlyMap<string, string>): Set<string> {
  const reached = new Set<string>();
  const open = [file];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const text = texts.get(at);
    if (text === undefined || reached.has(at)) continue;
    reached.add(at);
    for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
      if (!fileName.startsWith('.')) continue;
      const found = resolve(path.posix.join(path.posix.dirname(at), fileName), texts);
      if (found !== undefined) open.push(found);
    }
  }
  return reached;
}

/** `x.js` may be written for `x.ts`, as compilers have it. */
function resolve(place: string, texts: ReadonlyMap<string, string>): string | undefined {
  const stems = [place, place.replace(/\.([cm]?)js$/, '.$1ts')];
  return stems.flatMap((stem) => ENDS.map((end) => stem + end)).find((candidate) => texts.has(candidate));
}
