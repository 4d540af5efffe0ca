import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const tests = ['datasets', 'sandboxes', 'tools', 'agents', 'loops', 'web', 'cli', 'bench', 'tests']
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => `${folder}/${file}`))
  .filter((file) => file.endsWith('.test.ts'));

const matching = (files: readonly string[], words: RegExp): string[] =>
  files.filter((file) => words.test(readFileSync(file, 'utf8')));

/**
 * A test that uses the engine or the state, or that times what it does, says so in its own text. Those run one file
 * at a time: on two cores their timings, and the limits they wait for, would else be each other's noise.
 */
const usesMachine =
  /\b(testEngine|connectEngine|openState|openPostgres|temporaryState|exploreCase)\b|support\/(flights-loop|tiny-target|small-target)|test-engine/;
/** These wait for processes of their own, two files at a time. */
const startsProcesses = /\b(execa|spawn\w*|startPostgres)\b|support\/postgres/;

const machine = matching(tests, usesMachine);
const rest = tests.filter((file) => !machine.includes(file));
const processes = matching(rest, startsProcesses);
const unit = rest.filter((file) => !processes.includes(file));

const report = process.env['WHETSTONE_TEST_REPORT'];

export default defineConfig({
  test: {
    pool: 'forks',
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: unit,
          testTimeout: 30_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'processes',
          include: processes,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'machine',
          globalSetup: 'tests/support/flights-loop-setup.ts',
          include: machine,
          testTimeout: 120_000,
          hookTimeout: 300_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
