import { appendFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { smallCase } from './support/small-case.ts';
import { smallTarget } from './support/small-target.ts';

// `target.program` starts the binary by execa, so this file is one of those that run alone.

test('list and show name every version with its hashes, and show no hidden parameter', async () => {
  await using target = await smallTarget();
  const empty = await target.whetstone('dataset', 'list');
  expect(empty.stdout).toContain('No dataset in');
  const first = await target.freeze([smallCase('orders'), smallCase('customers')]);
  await target.freeze([smallCase('orders')], { frontier: true });

  const list = await target.program('dataset', 'list', '--json');
  expect(JSON.parse(list.stdout)).toMatchObject({
    datasets: [
      { name: 'shop', version: 1, sha256: first.sha256, cases: [{ id: 'customers' }, { id: 'orders' }] },
      { name: 'shop-frontier', version: 1, cases: [{ id: 'orders', split: 'frontier' }] },
    ],
  });
  for (const name of ['shop', 'shop@v1', 'frontier', 'shop-frontier@v1']) {
    const shown = await target.whetstone('dataset', 'show', name);
    expect(shown.exitCode, shown.stderr).toBe(0);
    expect(shown.stdout).toMatch(/orders +\w+ +400 ms +50\.0 ms +1 \+ 1 hidden/);
    expect(shown.stdout).not.toContain('secret');
  }
  const json = await target.program('dataset', 'show', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ sha256: first.sha256, cases: [{ hidden: 1 }, {}] });
  expect(json.stdout).not.toContain('secret');
});

test('a dataset that is not there is bad input that names those that are', async () => {
  await using target = await smallTarget();
  const none = await target.whetstone('dataset', 'show');
  expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining('whetstone mine')]);
  await target.freeze([smallCase('orders')]);
  for (const name of ['shop@v2', 'stop', 'shop@v0', '@v1', 'shop@latest']) {
    const done = await target.whetstone('dataset', 'show', name, '--json');
    expect(done.exitCode, name).toBe(2);
    expect(JSON.parse(done.stdout).error.hint, name).toContain('shop@v1');
  }
});

test('diff tells added, removed and changed cases, by file', async () => {
  await using target = await smallTarget();
  await target.freeze([smallCase('orders'), smallCase('gone'), smallCase('same')]);
  await target.freeze([smallCase('orders', { objectiveMs: 20 }), smallCase('new'), smallCase('same')]);
  const done = await target.whetstone('dataset', 'diff', 'shop@v1', 'shop', '--json');
  expect(JSON.parse(done.stdout)).toMatchObject({
    name: 'shop',
    version: 2,
    from: { version: 1 },
    unchanged: 1,
    cases: [
      { id: 'gone', change: 'removed' },
      { id: 'new', change: 'added' },
      { id: 'orders', change: 'changed', files: expect.arrayContaining(['task.toml']) },
    ],
  });
  const text = await target.program('dataset', 'diff', 'shop@v1', 'shop@v2');
  expect(text.stdout).toContain('1 added, 1 removed, 1 changed, 1 case the same');
  expect(text.stdout).toContain('~ orders\n    ');
});

test('verify finds each edit; freeze makes them the next version and puts the frozen one back', async () => {
  await using target = await smallTarget();
  await target.freeze([smallCase('orders'), smallCase('customers')]);
  const whole = await target.whetstone('dataset', 'verify');
  expect([whole.exitCode, whole.stdout]).toEqual([0, 'shop@v1: every byte is as it was frozen.']);
  const untouched = await target.whetstone('dataset', 'freeze', '--json');
  expect(JSON.parse(untouched.stdout)).toMatchObject({ version: 1, changed: false });

  const cases = path.join(target.datasets, 'v1/cases');
  await appendFile(path.join(cases, 'orders/instruction.md'), 'Mind the index.\n');
  await writeFile(path.join(cases, 'orders/notes.txt'), 'mine');
  await rm(path.join(cases, 'customers'), { recursive: true });
  const edited = await target.program('dataset', 'verify', 'shop', '--json');
  expect(edited.exitCode).toBe(1);
  const { findings } = JSON.parse(edited.stdout);
  expect(findings).toContainEqual({
    name: 'shop',
    version: 1,
    case: 'orders',
    path: 'instruction.md',
    problem: 'changed',
  });
  expect(findings).toContainEqual(expect.objectContaining({ path: 'notes.txt', problem: 'added' }));
  expect(findings).toContainEqual(expect.objectContaining({ case: 'customers', problem: 'missing' }));

  const frozen = await target.program('dataset', 'freeze', '--json');
  expect(frozen.exitCode, frozen.stderr).toBe(0);
  expect(JSON.parse(frozen.stdout)).toMatchObject({
    version: 2,
    changed: true,
    cases: [{ id: 'orders', note: 'edited by hand after v1, not admitted anew' }],
  });
  const after = await target.whetstone('dataset', 'verify');
  expect([after.exitCode, after.stdout]).toEqual([0, 'shop@v1, shop@v2: every byte is as it was frozen.']);
  const diff = await target.whetstone('dataset', 'diff', 'shop@v1', 'shop@v2', '--json');
  expect(JSON.parse(diff.stdout)).toMatchObject({
    cases: [
      { id: 'customers', change: 'removed' },
      { id: 'orders', change: 'changed', files: ['instruction.md', 'notes.txt'] },
    ],
  });
});

test('freeze refuses what is no case any more and leaves everything as it was', async () => {
  await using target = await smallTarget();
  await target.freeze([smallCase('orders')]);
  await writeFile(path.join(target.datasets, 'v1/cases/orders/task.toml'), 'x = ');
  const done = await target.whetstone('dataset', 'freeze');
  expect(done.exitCode).toBe(2);
  expect(done.stderr.replaceAll(/\s+/g, ' ')).toContain('task.toml is not a case');
  const list = await target.whetstone('dataset', 'list', '--json');
  expect(JSON.parse(list.stdout).datasets).toHaveLength(1);
});

test('a torn dataset.json is a finding, not a crash', async () => {
  await using target = await smallTarget();
  await target.freeze([smallCase('orders')]);
  await writeFile(path.join(target.datasets, 'v1/dataset.json'), '{');
  const done = await target.whetstone('dataset', 'verify', '--json');
  expect(done.exitCode).toBe(1);
  expect(JSON.parse(done.stdout).findings).toEqual([
    { name: 'shop', version: 1, case: '', path: 'dataset.json', problem: 'not a dataset' },
  ]);
});
