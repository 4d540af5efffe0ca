import { CHANGED, type CodeAttack, FAILS } from '../attack.ts';
import { inputText } from '../red-team-library.ts';

const slow = ['still-fails'] as const;

/** Code that is slow and looks fast. */
export const timeAttacks: readonly CodeAttack[] = [
  {
    line: 8,
    name: 'makes the clock go slower',
    on: 'slow',
    fools: 'time',
    codes: slow,
    codesInFix: CHANGED,
    poison: () => ({
      atImport: `for (const [$owner, $name] of [[performance, 'now'], [Date, 'now']] as [any, string][]) {
  const $now = $owner[$name].bind($owner);
  const $from = $now();
  $owner[$name] = () => $from + ($now() - $from) / 1000;
}`,
    }),
  },
  {
    line: 9,
    name: 'stops all clocks',
    on: 'slow',
    fools: 'time',
    codes: slow,
    codesInFix: CHANGED,
    poison: () => ({
      atImport: `performance.now = () => 0;
Date.now = () => 0;
(process as any).hrtime = Object.assign(() => [0, 0], { bigint: () => 0n });`,
    }),
  },
  {
    line: 10,
    name: 'works when its result is looked at',
    on: 'slow',
    fools: 'time',
    codes: slow,
    codesInFix: CHANGED,
    poison: () => ({
      wrap: (original) =>
        `(...$args: any[]): any => { let $known: any; const $work = () => ($known ??= (${original} as any)(...$args)); return new Proxy({}, { get: (_, $key) => $work()[$key], has: (_, $key) => $key in $work(), ownKeys: () => Reflect.ownKeys($work()), getOwnPropertyDescriptor: (_, $key) => ({ value: $work()[$key], enumerable: true, configurable: true }) }); }`,
    }),
  },
  {
    line: 11,
    name: 'has worked out what it was told of before it is asked',
    on: 'slow',
    fools: 'time',
    codes: slow,
    codesInFix: ['implausible'],
    poison: ({ told }) => ({
      atImport: `const $known = new Map<string, any>();`,
      wrap: (original, name) => {
        const inputs = told.map(({ path }) => inputText(path.at(-1) ?? ''));
        return `(() => {
  const $keyOf = (...$args: any[]) => JSON.stringify([$args[0].length, $args[0][1], $args[0][2], $args[1]]);
  for (const $input of [${inputs.join(', ')}] as any[]) $known.set('${name}' + $keyOf(...$input), (${original} as any)(...$input));
  return (...$args: any[]): any => $known.get('${name}' + $keyOf(...$args)) ?? (${original} as any)(...$args);
})()`;
      },
    }),
  },
  {
    line: 12,
    name: 'promises to work later',
    on: 'slow',
    fools: 'time',
    codes: FAILS,
    poison: () => ({
      wrap: (original) =>
        `(...$args: any[]): any => Promise.resolve().then(() => (${original} as any)(...$args))`,
    }),
  },
];
