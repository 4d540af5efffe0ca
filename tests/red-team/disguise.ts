import type { Draw } from '../generated-target/draw.ts';
import type { CodeAttack, Ground } from './attack.ts';

/** `as it is`: within the weak module; `renamed`: other names, and what can in a file of its own; `in a fix`: on the mended module. */
export const disguises = ['as it is', 'renamed', 'in a fix'] as const;
export type Disguise = (typeof disguises)[number];

/** Files with the attack in them. `weak` and `mended` are the text of the module that it is put into. */
export function disguised(
  attack: CodeAttack,
  ground: Ground,
  disguise: Disguise,
  { weak, mended }: { weak: string; mended: string },
): Record<string, string> {
  const { imports = '', atImport = '', wrap } = attack.poison(ground);
  const text = disguise === 'in a fix' ? mended : weak;
  const wrapped = wrap ? wrapExports(text, ground.exports, wrap) : text;
  const names = namesOf(ground.draw, disguise === 'renamed');
  // What wraps needs what was imported and made before it in the same module.
  const isApart = disguise === 'renamed' && !wrap;
  const poison = names(`${imports}\n${atImport}\n`);
  if (!isApart) return { [ground.file]: names(`${imports}\n${atImport}\n${wrapped}`) };
  const module = `${ground.draw.pick(['setup', 'shared', 'runtime', 'core'])}-${ground.draw.int(10, 99)}`;
  return {
    [ground.file.replace(/[^/]+$/, `${module}.ts`)]: `${poison}export {};\n`,
    [ground.file]: `import './${module}.ts';\n${wrapped}`,
  };
}

/** Every exported function becomes what `wrap` makes of it; the module's own calls go the same way. */
function wrapExports(
  text: string,
  exports: readonly string[],
  wrap: (original: string, name: string) => string,
): string {
  let wrapped = text;
  for (const name of exports)
    wrapped = wrapped.replace(`export function ${name}(`, `function ${name}$original(`);
  const made = exports.map((name) => `export const ${name}: any = ${wrap(`${name}$original`, name)};`);
  return `${wrapped}\n${made.join('\n')}\n`;
}

/** The attack's own names are words that begin with `$`. */
function namesOf(draw: Draw, isRenamed: boolean): (text: string) => string {
  const known = new Map<string, string>();
  const rename = (name: string) => {
    const made =
      known.get(name) ??
      (isRenamed
        ? `${draw.pick(['cache', 'unit', 'part', 'node'])}${draw.int(1_000, 9_999)}`
        : `own_${name}`);
    known.set(name, made);
    return made;
  };
  return (text) => text.replaceAll(/(?<![\w$])\$([a-z]\w*)/gi, (_, name: string) => rename(name));
}
