import { CHANGED, type CodeAttack, FAILS } from '../attack.ts';

/** Code that ends its process, starts others or eats what its sandbox has. */
export const processAttacks: readonly CodeAttack[] = [
  {
    line: 1,
    name: 'exits while it is loaded',
    on: 'wrong',
    fools: 'equal',
    codes: FAILS,
    poison: () => ({ atImport: 'process.exit(0);' }),
  },
  {
    line: 1,
    name: 'exits past what intercepts an exit while it is loaded',
    on: 'wrong',
    fools: 'equal',
    codes: FAILS,
    poison: () => ({ atImport: 'process.reallyExit(0);' }),
  },
  {
    line: 2,
    name: 'exits when it is called',
    on: 'wrong',
    fools: 'equal',
    codes: FAILS,
    poison: () => ({ wrap: () => '(): any => process.reallyExit(0)' }),
  },
  {
    line: 21,
    name: 'leaves a process behind that answers later',
    on: 'wrong',
    codes: FAILS,
    codesInFix: CHANGED,
    poison: () => ({
      imports: `import { spawn as $spawn } from 'node:child_process';`,
      atImport: `$spawn('sh', ['-c', 'while :; do sleep 1; done'], { detached: true, stdio: 'ignore' }).unref();`,
    }),
  },
  {
    line: 23,
    name: 'forks without end',
    on: 'wrong',
    codes: FAILS,
    poison: () => ({
      imports: `import { spawn as $spawn } from 'node:child_process';`,
      atImport: `for (let $at = 0; $at < 300; $at += 1) $spawn('sh', ['-c', 'b() { b | b & }; b; sleep 60'], { detached: true, stdio: 'ignore' }).on('error', () => {});
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`,
    }),
  },
  {
    line: 23,
    name: 'takes all memory',
    on: 'wrong',
    codes: FAILS,
    poison: () => ({
      atImport: `const $hoard: unknown[] = [];
for (;;) $hoard.push(Buffer.alloc(64 * 2 ** 20, 1));`,
    }),
  },
  {
    line: 23,
    name: 'prints without end',
    on: 'wrong',
    codes: FAILS,
    poison: () => ({
      imports: `import { writeSync as $write } from 'node:fs';`,
      atImport: `for (;;) { try { $write(1, 'x'.repeat(2 ** 16)); } catch {} }`,
    }),
  },
  {
    line: 23,
    name: 'fills the disk',
    on: 'wrong',
    codes: FAILS,
    poison: () => ({
      imports: `import { appendFileSync as $append } from 'node:fs';`,
      atImport: `try { for (let $at = 0; ; $at += 1) $append('/tmp/$full-' + ($at % 7), Buffer.alloc(16 * 2 ** 20)); } catch {}`,
    }),
  },
];
