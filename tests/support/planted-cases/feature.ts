import vm from 'node:vm';
import ts from 'typescript';
import type { Draw } from '../../generated-target/draw.ts';
import { FAMILIES } from './families.ts';
import type { Family } from './family.ts';

/** A call and what comes of it, right and with the fault. */
export interface Row {
  args: unknown[];
  right: unknown;
  wrong: unknown;
}

/** A function of a module of its own, with a fault in the base. */
export interface Feature {
  name: string;
  noun: string;
  source: string;
  test: string;
  about: string;
  right: string;
  wrong: string;
  /** Where the base is wrong. */
  failing: Row[];
  /** Where it is right. */
  passing: Row[];
}

const NOUNS =
  `parcel invoice booking ticket voucher tariff station ferry canal harbour orchard cellar barrel meadow quarry
timber gravel copper lantern anchor saddle bridle mortar kettle basket ribbon button collar mantle gutter chimney
shutter cabin garden parlour attic pantry ladder pulley winch rudder keel sail tiller compass beacon signal semaphore
whistle drum fiddle trumpet organ chapel steeple abbey cloister priory manor hamlet borough parish county province`.split(
    /\s+/,
  );

/**
 * Hands out each noun once, so that no two modules of a target have one name, and families in turn: two functions of one family
 * with tests of one form would be the same case twice.
 */
export class Nouns {
  readonly #open: string[];
  #families: Family[];
  readonly #used = new Set<Family>();

  constructor(draw: Draw) {
    this.#open = draw.shuffle(NOUNS);
    this.#families = draw.shuffle(FAMILIES);
  }

  /**
   * What `write` makes of the first family for which it makes something; that one is the last to come again. `once`: of one that
   * is not in use, and that never comes again.
   */
  family<T>(write: (family: Family) => T | undefined, { once = false } = {}): T | undefined {
    for (const family of this.#families) {
      if (once && this.#used.has(family)) continue;
      const written = write(family);
      if (written === undefined) continue;
      const others = this.#families.filter((one) => one !== family);
      this.#families = once ? others : [...others, family];
      this.#used.add(family);
      return written;
    }
    return undefined;
  }

  next(): string {
    const noun = this.#open.pop();
    if (noun === undefined) throw new Error('more cases than nouns');
    return noun;
  }
}

export const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

export interface FeatureWish {
  /** The base has nothing of it yet: every call ends in an error. */
  missing?: boolean;
  /** No other module of the target may hold the same lines. */
  unique?: boolean;
  fits?: (feature: Feature) => boolean;
}

/** A feature with a slip in it, or without a body, that a test can notice. */
export function drawFeature(
  draw: Draw,
  nouns: Nouns,
  { missing = false, unique = false, fits }: FeatureWish = {},
): Feature {
  const noun = nouns.next();
  const least = missing ? 0 : 2;
  // A slip may be one that too few of the calls show.
  for (let tries = 0; tries < 20; tries++) {
    const drawn = nouns.family(
      (family) => {
        const feature = missing ? unwritten(draw, family, noun) : slipped(draw, family, noun);
        const isFit =
          feature.failing.length >= 2 && feature.passing.length >= least && (fits?.(feature) ?? true);
        return isFit ? feature : undefined;
      },
      { once: unique },
    );
    if (drawn) return drawn;
  }
  throw new Error('no feature fits');
}

function slipped(draw: Draw, family: Family, noun: string): Feature {
  const name = `${draw.pick(family.verbs)}${capital(noun)}`;
  const { text, slips, inputs, about } = family.write(draw, name);
  const [from, to] = draw.pick(slips);
  if (!text.includes(from)) throw new Error(`${name} does not hold ${from}`);
  return featureOf({ name, noun, about, right: text, wrong: text.replace(from, () => to) }, inputs);
}

function unwritten(draw: Draw, family: Family, noun: string): Feature {
  const name = `${draw.pick(family.verbs)}${capital(noun)}`;
  const { text, inputs, about } = family.write(draw, name);
  const head = text.slice(0, text.indexOf('{\n') + 2);
  const wrong = `${head}  throw new Error('not implemented');\n}\n`;
  return featureOf({ name, noun, about, right: text, wrong }, inputs);
}

function featureOf(
  given: Pick<Feature, 'name' | 'noun' | 'about' | 'right' | 'wrong'>,
  inputs: readonly unknown[][],
): Feature {
  const right = load(given.right, given.name);
  const wrong = load(given.wrong, given.name);
  const rows = inputs.map((args) => ({ args, right: answer(right, args), wrong: answer(wrong, args) }));
  const isSame = (row: Row) => JSON.stringify(row.right) === JSON.stringify(row.wrong);
  return {
    ...given,
    source: `src/${given.noun}.ts`,
    test: `test/${given.noun}.test.ts`,
    failing: rows.filter((row) => !isSame(row)),
    passing: rows.filter(isSame),
  };
}

type Callable = (...args: unknown[]) => unknown;

function load(text: string, name: string): Callable {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  const { outputText } = ts.transpileModule(text, { compilerOptions });
  const exported: Record<string, Callable> = {};
  vm.runInThisContext(`(exports) => {${outputText}\n}`)(exported);
  const loaded = exported[name];
  if (!loaded) throw new Error(`${name} is not exported`);
  return loaded;
}

function answer(call: Callable, args: readonly unknown[]): unknown {
  try {
    return call(...structuredClone(args));
  } catch {
    return { error: true };
  }
}

export const literal = (value: unknown): string => JSON.stringify(value);
export const literals = (values: readonly unknown[]): string => values.map(literal).join(', ');
export const callOf = ({ name }: Feature, { args }: Row): string => `${name}(${literals(args)})`;
/** `expect(f(1)).toEqual(2);` */
export const expectation = (feature: Feature, row: Row): string =>
  `expect(${callOf(feature, row)}).toEqual(${literal(row.right)});`;

/** A test file: what it imports from the runner and from the module, then its body. */
export const testFile = (feature: Pick<Feature, 'name' | 'noun'>, body: string, more = ''): string =>
  `import { describe, expect, test, vi, beforeEach } from 'vitest';
import { ${feature.name} } from '../src/${feature.noun}.ts';
${more}
${body}`;
