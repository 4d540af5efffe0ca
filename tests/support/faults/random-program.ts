import fc from 'fast-check';
import ts from 'typescript';
import { callsWithTypes } from '../../../loops/admit/code/mutants/calls-with-types.ts';

/** What a program's main function answers. */
export type Program = (a: number, b: number, xs: readonly number[]) => unknown;

const expression = fc.letrec<{ number: string; condition: string }>((tie) => ({
  number: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('a', 'b', 'total', 'xs.length', '0', '1', '2', '10', '0.1'),
    fc
      .tuple(tie('number'), fc.constantFrom('+', '-', '*', '/', '%'), tie('number'))
      .map(([left, sign, right]) => `(${left} ${sign} ${right})`),
    fc
      .tuple(
        fc.constantFrom('a', 'b', '3', 'total'),
        fc.constantFrom('+', '*'),
        fc.constantFrom('a', 'b', '0.7'),
      )
      .map(([left, sign, right]) => `${left} ${sign} ${right} + b`),
    tie('number').map((value) => `(-${value})`),
    fc.tuple(tie('number'), tie('number')).map(([x, y]) => `Math.min(${x}, ${y})`),
    fc.tuple(tie('number'), tie('number')).map(([x, y]) => `shift(${x}, ${y})`),
    fc
      .tuple(tie('condition'), tie('number'), tie('number'))
      .map(([condition, yes, no]) => `(${condition} ? ${yes} : ${no})`),
  ),
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .tuple(tie('number'), fc.constantFrom('<', '<=', '>', '>=', '===', '!=='), tie('number'))
      .map(([left, sign, right]) => `${left} ${sign} ${right}`),
    fc
      .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
      .map(([left, sign, right]) => `(${left} ${sign} ${right})`),
    tie('condition').map((condition) => `!(${condition})`),
  ),
}));

const statement = fc.oneof(
  expression.number.map((value) => `total = ${value};`),
  expression.number.map((value) => `total += ${value};`),
  fc
    .tuple(expression.condition, expression.number)
    .map(([condition, value]) => `if (${condition}) return ${value};`),
  fc
    .tuple(expression.condition, expression.number, expression.number)
    .map(
      ([condition, yes, no]) =>
        `if (${condition}) {\n    total = ${yes};\n  } else {\n    total = ${no};\n  }`,
    ),
  expression.number.map((value) => `for (const x of xs) {\n    total += x * 2 + ${value};\n  }`),
  expression.number.map(
    (value) => `const list = xs.map((total, index) => total * index + ${value});\n  seen.push(...list);`,
  ),
);

/** Functions of numbers, with whatever a change might trip over: shadowed names, shorthands, loops, early returns. */
export const programs: fc.Arbitrary<string> = fc
  .tuple(
    fc.uniqueArray(statement, { maxLength: 4, selector: (text) => text.slice(0, 8) }),
    expression.condition,
    expression.number,
    expression.number,
  )
  .map(([statements, condition, yes, no]) =>
    [
      "const UNIT = 'unit';",
      'function shift(x: number, y = 2): number {',
      '  const { x: moved } = { x: x + y };',
      '  return moved > 100 ? 100 : moved;',
      '}',
      'function pack(total: number, seen: number[]): { total: number; seen: number[]; unit: string } {',
      '  const unit = UNIT;',
      '  return { total, seen, unit };',
      '}',
      'function rest(a: number, b: number, total: number, xs: readonly number[]): number {',
      `  if (${condition}) {`,
      `    return ${yes};`,
      '  }',
      `  return ${no};`,
      '}',
      'function main(a: number, b: number, xs: readonly number[]): unknown {',
      '  const seen: number[] = [];',
      '  let total = 0;',
      ...statements.map((text) => `  ${text}`),
      '  return pack(rest(a, b, total, xs), seen);',
      '}',
    ].join('\n'),
  )
  // Two comparisons that TypeScript reads as a call with type arguments.
  .filter((text) => callsWithTypes(text) === 0);

/** Throws a SyntaxError where the text is no program. */
export function compile(text: string): Program {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
  });
  return new Function(`${outputText}\nreturn main;`)() as Program;
}
