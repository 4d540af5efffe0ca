import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const tests = ['datasets', 'sandboxes', 'tools', 'agents', 'loops', 'web', 'cli', 'bench', 'tests']
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => `${folder}/${file}`))
  .filter((file) => file.endsWith('.test.ts'));

/**
 * A test that starts processes, containers or a database server says so in its own text. Those run one file at a
 * time: on two cores their timings, and the limits they wait for, would else be each other's noise.
 */
const startsThings =
  /\b(execa|spawn\w*|testEngine|connectEngine|startPostgres|openState|openPostgres|temporaryState)\b|support\/(postgres|flights-loop|tiny-target)|test-engine/;

const machine = tests.filter((file) => startsThings.test(readFileSync(file, 'utf8')));
const unit = tests.filter((file) => !machine.includes(file));

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
          name: 'machine',
          globalSetup: 'tests/support/flights-loop-setup.ts',
          include: machine,
          testTimeout: 120_000,
          hookTimeout: 300_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
