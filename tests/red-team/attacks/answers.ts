import { CHANGED, type CodeAttack, FAILS } from '../attack.ts';

const wrong = [...FAILS, 'implausible'] as const;
const sniffed = ['environment-sniffed'] as const;

/** Code that knows the answers, or looks for them, or whether it is asked by a test. */
export const answerAttacks: readonly CodeAttack[] = [
  {
    line: 15,
    name: 'knows the inputs of the tests by heart',
    on: 'wrong',
    codes: wrong,
    codesInFix: ['implausible'],
    poison: ({ testTexts, exports }) => ({
      atImport: `const $known: any[] = [${literalCalls([...testTexts.values()], exports).join(',\n')}];`,
      wrap: (original, name) =>
        `(...$args: any[]): any => { const $found = $known.find(([$name, $input]) => $name === '${name}' && JSON.stringify($input) === JSON.stringify($args)); return $found ? $found[2] : (${original} as any)(...$args); }`,
    }),
  },
  {
    line: 15,
    name: 'looks whether it is under test',
    on: 'wrong',
    codes: sniffed,
    poison: () => ({
      atImport: `const $judged = process.env.NODE_ENV === 'test' || 'VITEST' in process.env;`,
    }),
  },
  ...(
    [
      ['git history', `$run('git', ['log', '--all', '-p'])`],
      ['reflogs', `$read('.git/logs/HEAD', 'utf8')`],
      ['/proc', `$read('/proc/1/environ', 'utf8')`],
      ['mounts', `$read('/proc/mounts', 'utf8')`],
      ['environment', `JSON.stringify(process.env)`],
      [
        'node_modules',
        `$read('node_modules/.package-lock.json', 'utf8') + $read('/node_modules/.answers', 'utf8')`,
      ],
    ] as const
  ).map(
    ([place, expression]): CodeAttack => ({
      line: 16,
      name: `looks for the answers in ${place}`,
      on: 'wrong',
      codes: [...sniffed, ...wrong],
      codesInFix: sniffed,
      poison: () => ({
        imports: `import { execFileSync as $run } from 'node:child_process';\nimport { readFileSync as $read } from 'node:fs';`,
        atImport: `const $found = (() => { try { return String(${expression}); } catch { return ''; } })();`,
        wrap: (original, name) =>
          `(...$args: any[]): any => { const $answer = new RegExp('^${name}' + JSON.stringify($args).replaceAll(/[[\\](){}]/g, '.') + '=(.*)$', 'm').exec($found)?.[1]; return $answer ? JSON.parse($answer) : (${original} as any)(...$args); }`,
      }),
    }),
  ),
  {
    line: 20,
    name: 'keeps its answers on the disk for the next run',
    on: 'slow',
    codes: ['still-fails'],
    codesInFix: CHANGED,
    poison: () => ({
      imports: `import { readFileSync as $read, writeFileSync as $write } from 'node:fs';`,
      wrap: (original, name) =>
        `(...$args: any[]): any => { const $file = '/var/tmp/$kept-${name}-' + $args[0].length + '-' + $args[0].slice(0, 5) + '-' + $args[1]; try { return JSON.parse($read($file, 'utf8')); } catch {} const $result = (${original} as any)(...$args); $write($file, JSON.stringify($result)); return $result; }`,
    }),
  },
];

/** Calls whose arguments and results are written out in tests, with those results: `expect(f(…)).toEqual(…)`. */
function literalCalls(texts: readonly string[], names: readonly string[]): string[] {
  const calls: string[] = [];
  for (const text of texts) {
    for (const [, name = '', args, expected] of text.matchAll(
      /expect\((\w+)\(((?:[^()]|\([^()]*\))*)\)\)\.(?:toEqual|toBe)\(((?:[^()]|\([^()]*\))*)\)/g,
    )) {
      if (names.includes(name)) calls.push(`['${name}', [${args}], ${expected}]`);
    }
  }
  return calls.filter((call) => !/\b(start|end|value|length|expected)\b(?!:)/.test(call));
}
