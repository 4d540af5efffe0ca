/** A Dockerfile's instructions as far as they matter here. */
interface Instruction {
  word: string;
  /** After the word, continued lines joined. */
  rest: string;
  /** Number of the line after its last one. */
  end: number;
}

/**
 * The Dockerfile with these labels set at the start of each stage, so that whatever a build leaves behind, containers and
 * images between its steps, carries them; and with those of the image at its end.
 */
export function labelStages(
  dockerfile: string,
  labels: Readonly<Record<string, string>>,
  ofImage: Readonly<Record<string, string>>,
): string {
  const lines = dockerfile.split('\n');
  for (const { word, end } of readInstructions(dockerfile).reverse()) {
    if (word === 'FROM') lines.splice(end, 0, labelLine(labels));
  }
  return [...lines, labelLine(ofImage), ''].join('\n');
}

// All in one line: each step of its own costs a container.
function labelLine(labels: Readonly<Record<string, string>>): string {
  const set = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `LABEL ${set.join(' ')}`;
}

/** The images that its stages start from, without its own stages and `scratch`; build arguments are filled in. */
export function baseImages(dockerfile: string, args: Readonly<Record<string, string>>): string[] {
  const known = new Map<string, string>();
  const stages = new Set(['scratch']);
  const bases = new Set<string>();
  for (const { word, rest } of readInstructions(dockerfile)) {
    // Arguments after the first FROM have no say in a later one.
    if (word === 'ARG' && bases.size === 0 && stages.size === 1) {
      for (const [, name = '', , value] of rest.matchAll(/([A-Za-z_]\w*)(=("[^"]*"|'[^']*'|\S*))?/g)) {
        known.set(name, args[name] ?? (value ?? '').replace(/^(["'])(.*)\1$/, '$2'));
      }
    }
    if (word !== 'FROM') continue;
    const words = rest.split(/\s+/).filter((one) => !one.startsWith('--'));
    const image = fillIn(words[0] ?? '', known);
    if (image !== '' && !stages.has(image.toLowerCase())) bases.add(image);
    if (words[1]?.toUpperCase() === 'AS' && words[2] !== undefined) stages.add(words[2].toLowerCase());
  }
  return [...bases];
}

function fillIn(text: string, known: ReadonlyMap<string, string>): string {
  return text.replace(
    /\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g,
    (_, braced: string | undefined, fallback: string | undefined, plain: string | undefined) =>
      known.get(braced ?? plain ?? '') || (fallback ?? ''),
  );
}

/** As Docker reads them: comments and empty lines may stand within a continued instruction. */
function readInstructions(dockerfile: string): Instruction[] {
  const lines = dockerfile.split('\n').map((line) => line.replace(/\r$/, ''));
  const continued = escapeOf(lines) === '`' ? /`[ \t]*$/ : /\\[ \t]*$/;
  const instructions: Instruction[] = [];
  let open: string | undefined;
  lines.forEach((line, at) => {
    if (/^\s*(#|$)/.test(line)) return;
    const text = `${open ?? ''}${line.replace(continued, ' ')}`;
    open = continued.test(line) ? text : undefined;
    if (open !== undefined && at < lines.length - 1) return;
    const [, word = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(text) ?? [];
    instructions.push({ word: word.toUpperCase(), rest: rest.trim(), end: at + 1 });
  });
  return instructions;
}

/** Directives stand in comments before all else. */
function escapeOf(lines: readonly string[]): string {
  for (const line of lines) {
    const [, name, value] = /^\s*#\s*(\w+)\s*=\s*(\S+)\s*$/.exec(line) ?? [];
    if (name === undefined) break;
    if (name.toLowerCase() === 'escape') return value ?? '\\';
  }
  return '\\';
}
