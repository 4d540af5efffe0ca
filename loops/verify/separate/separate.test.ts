import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { cheatingTarget, cheats } from './testing/cheats.ts';
import { honestTarget } from './testing/honest-target.ts';
import {
  openProcess,
  readReport,
  runSeparate,
  runTogether,
  type TestRun,
  type TestTarget,
  writeTarget,
} from './testing/run-tests.ts';

const targets: TestTarget[] = [];
afterAll(async () => {
  for (const { root } of targets) await rm(root, { recursive: true, force: true });
});

async function target(files: Record<string, string>): Promise<TestTarget> {
  const written = await writeTarget(files);
  targets.push(written);
  return written;
}

const statuses = ({ files }: TestRun) =>
  Object.entries(files)
    .flatMap(([file, { tests }]) =>
      Object.entries(tests).map(([name, one]) => `${file}: ${name}: ${one.status}`),
    )
    .toSorted();

/** What the only test of this name came to. */
function found(run: TestRun, file: string, name: string): { status: string; message: string } {
  const report = run.files[`tests/${file}.test.ts`];
  if (!report) throw new Error(`no report of ${file}: ${run.stderr}`);
  const status =
    report.status === 'passed' && Object.keys(report.tests).length === 0 ? 'no tests' : report.status;
  return report.tests[name] ?? { status, message: report.message };
}

test('an honest library passes its tests from another process as it does beside them', async () => {
  const honest = await target(honestTarget);
  const together = await runTogether(honest);
  const separate = await runSeparate(honest);
  expect(together.exitCode).toBe(0);
  expect(statuses(together).length).toBeGreaterThan(60);
  expect(statuses(separate)).toEqual(statuses(together));
  expect(separate.exitCode).toBe(0);
  expect(separate.outcome).toMatchObject({ outcome: 'tests-ended', files: [{}, {}, {}] });
});

describe('a wrong answer that fools vitest where both share a process', () => {
  let together: TestRun;
  let separate: TestRun;
  beforeAll(async () => {
    const cheating = await target(cheatingTarget(cheats));
    together = await runTogether(cheating);
    separate = await runSeparate(cheating);
  });

  test.each(cheats)('$name', ({ name, file }) => {
    expect(found(together, file, `${name} the test`).status).not.toBe('failed');
    expect(found(separate, file, `${name} the test`).status).toBe('failed');
  });
});

test('what a process says is heard to its end, though its stdin closes first', async () => {
  const said = openProcess(['sh', '-c', 'exec 0<&-; sleep 0.3; echo said'], '/');
  const failed = vi.fn();
  const heard = vi.fn();
  said.on('error', failed).on('data', (chunk: Buffer) => heard(chunk.toString()));
  await once(said, 'end');
  expect(await said.exitCode).toBe(0);
  expect(heard.mock.calls).toEqual([['said\n']]);
  expect(failed).not.toHaveBeenCalled();
});

test('stdin and stdout may be pipes, and promises that nobody settles trouble no later file', async () => {
  const forever = `import { expect, test } from 'vitest';
import { never, next } from '../src/never';
test('one', async () => { void never(); expect(next()).toBe(1); });`;
  const files = {
    'src/never.ts': `let at = 0; export const never = () => new Promise(() => {}); export const next = () => ++at;`,
    'tests/one.test.ts': forever,
    'tests/two.test.ts': forever,
  };
  const run = await runSeparate(await target(files), { pipes: true });
  expect(run.outcome).toMatchObject({
    outcome: 'tests-ended',
    files: [{ end: 'closed' }, { end: 'closed' }],
  });
  expect([found(run, 'one', 'one').status, found(run, 'two', 'one').status]).toEqual(['passed', 'passed']);
});

test('06: a report forged by a process that outlives the run', async () => {
  const forge = `const fs = require('node:fs');
    const until = Date.now() + 20000;
    const timer = setInterval(() => {
      if (Date.now() > until) process.exit();
      if (!fs.existsSync('report.json')) return;
      const text = fs.readFileSync('report.json', 'utf8');
      if (!text.endsWith('}')) return;
      fs.writeFileSync('report.json', text.replaceAll('"failed"', '"passed"'));
      process.exit();
    }, 20);`;
  const forging = await target({
    'src/sum.ts': `import { spawn } from 'node:child_process';
spawn(process.execPath, ['-e', ${JSON.stringify(forge)}], { detached: true, stdio: 'ignore' }).unref();
console.log('{"numFailedTests":0,"success":true}');
export const sum = (a: number, b: number) => 4;`,
    'tests/sum.test.ts': `import { expect, test } from 'vitest';
import { sum } from '../src/sum';
test('sums', () => expect(sum(2, 3)).toBe(5));`,
  });
  await runTogether(forging);
  await sleep(1_500);
  const forged = await readReport(forging.whole);
  expect(found({ exitCode: 0, stderr: '', files: forged }, 'sum', 'sums').status).toBe('passed');
  const separate = await runSeparate(forging);
  await sleep(1_500);
  expect(found({ ...separate, files: await readReport(forging.tests) }, 'sum', 'sums').status).toBe('failed');
});

describe('what goes wrong', () => {
  const named = (name: string, body: string) => `import { expect, test, vi } from 'vitest';
import * as code from '../src/${name}';
${body}`;
  const after = `test('after', () => { expect(1).toBe(1); });`;
  const files = {
    'src/hangs.ts': `export const f = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`,
    'tests/hangs.test.ts': named(
      'hangs',
      `test('one', () => { expect(() => code.f()).toThrow(); }); ${after}`,
    ),
    'src/crashes.ts': `export const f = () => { setTimeout(() => { throw new Error('nobody catches this'); }, 1); };`,
    'tests/crashes.test.ts': named(
      'crashes',
      `test('one', async () => { code.f(); await new Promise((r) => setTimeout(r, 300)); }); ${after}`,
    ),
    'src/speaks.ts': `import { writeSync } from 'node:fs';
export const f = () => { writeSync(4, Buffer.from([3, 0, 0, 0, 1, 2, 3])); return 5; };
export const g = () => { writeSync(4, Buffer.from([4, 0, 0, 0, 10, 1, 5, 5, 0])); return 5; };`,
    'tests/speaks.test.ts': named('speaks', `test('one', () => { expect(code.f()).toBe(5); }); ${after}`),
    'src/garbage.ts': `import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
export const f = () => { for (;;) writeSync(4, randomBytes(999)); };`,
    'tests/garbage.test.ts': named('garbage', `test('one', () => { expect(code.f()).toBe(5); });`),
    'src/prints.ts': `export const f = () => { for (let at = 0; at < 20_000; at += 1) console.log('x'.repeat(100)); process.stdout.write('{'); return 5; };`,
    'tests/prints.test.ts': named('prints', `test('one', () => { expect(code.f()).toBe(5); });`),
    'src/state.ts': `export let count = 0; export const next = () => ++count;`,
    'src/old.cjs': `module.exports = 1;`,
    'tests/state-1.test.ts': named(
      'state',
      `test('one', () => { expect(code.next()).toBe(1); expect(code.count).toBe(1); });`,
    ),
    'tests/state-2.test.ts': named('state', `test('one', () => { expect(code.next()).toBe(1); });`),
    'tests/past.test.ts': named(
      'state',
      `import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
test('one', () => { expect(readFileSync('src/state.ts', 'utf8')).toContain('export'); });
test('two', () => { createRequire(process.cwd() + '/x.js')('./src/old.cjs'); });
test('three', async () => { code.next(); vi.resetModules(); await import('../src/state'); });`,
    ),
    'tests/mock.test.ts': named(
      'state',
      `vi.mock('../src/state', () => ({ next: () => 7 })); test('one', () => { code.next(); });`,
    ),
  };
  let run: Awaited<ReturnType<typeof runSeparate>>;

  beforeAll(async () => {
    const wrong = await target(files);
    run = await runSeparate(wrong, { limits: { answerMs: 6_000 } });
  });
  const endOf = (name: string) => run.outcome.files.find(({ file }) => file.endsWith(`/${name}.test.ts`));

  test('code that does not answer is cut, and its file fails from there on', () => {
    expect(found(run, 'hangs', 'one')).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/no answer within 6000 ms/),
    });
    expect(found(run, 'hangs', 'after')).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/code under test ended/),
    });
    expect(endOf('hangs')).toMatchObject({ end: 'code-timed-out' });
  });

  test('so is code that crashes between two calls', () => {
    expect(found(run, 'crashes', 'one')).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/code under test ended/),
    });
    expect(found(run, 'crashes', 'after').status).toBe('failed');
    expect(endOf('crashes')).toMatchObject({ end: 'code-ended' });
  });

  test('code that speaks for itself, and bytes without sense, are breaches of the code', () => {
    for (const name of ['speaks', 'garbage']) {
      expect(found(run, name, 'one').status).toBe('failed');
      expect(endOf(name)).toMatchObject({ end: 'code-breach' });
    }
    expect(run.outcome.outcome).toBe('code-breach');
    expect(found(run, 'speaks', 'after').status).toBe('failed');
  });

  test('what code prints does not get in the way', () => {
    expect(found(run, 'prints', 'one').status).toBe('passed');
    expect(run.outcome.files.find(({ file }) => file.includes('prints'))?.codeBytes).toBeLessThan(1_000);
  });

  test('state stays within a file', () => {
    for (const name of ['state-1', 'state-2']) {
      expect(found(run, name, 'one').status).toBe('passed');
      expect(endOf(name)).toMatchObject({ end: 'closed' });
    }
  });

  test('tests that cannot be separated fail and say why', () => {
    const why = /under test, and runs in another process/;
    expect(found(run, 'past', 'one').status).toBe('failed');
    expect(found(run, 'past', 'two')).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(why),
    });
    expect(found(run, 'past', 'three')).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/vi.resetModules/),
    });
    expect(found(run, 'mock', 'one')).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/calls vi.mock, which does not reach/),
    });
  });
});
