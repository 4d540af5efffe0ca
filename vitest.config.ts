import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const tests = ['datasets', 'sandboxes', 'tools', 'agents', 'loops', 'web', 'cli', 'bench', 'tests']
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => `${folder}/${file}`))
  .filter((file) => file.endsWith('.test.ts'));

const matching = (files: readonly string[], words: RegExp): string[] =>
  files.filter((file) => words.test(readFileSync(file, 'utf8')));

/**
 * The shared loop and what it has left in the docs, and the search for plans: both keep the whole machine busy or time
 * what they do, so each of these files has it to itself.
 */
const wantsMachine = /\bexploreCase\b|test\('npm start has run/;
/** These use the engine, the state or the shared loop, two files at a time, each under an owner of its own. */
const usesMachine =
  /\b(testEngine|connectEngine|openState|openPostgres|temporaryState)\b|support\/(flights-loop|tiny-target|small-target)|test-engine/;
/** These wait for processes of their own. */
const startsProcesses = /\b(execa|spawn\w*|startPostgres)\b|support\/postgres/;

const alone = matching(tests, wantsMachine);
const shared = tests.filter((file) => !alone.includes(file));
const machine = matching(shared, usesMachine);
const rest = shared.filter((file) => !machine.includes(file));
const processes = matching(rest, startsProcesses);
const unit = rest.filter((file) => !processes.includes(file));

/** The longest file first, beside all the short ones; then those that measure for minutes, beside each other. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) =>
      /generated-target/.test(moduleId) ? 0 : /gate-rejects|interruptions/.test(moduleId) ? 2 : 1;
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

const report = process.env['WHETSTONE_TEST_REPORT'];

export default defineConfig({
  test: {
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
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
          name: 'alone',
          globalSetup: 'tests/support/flights-loop-setup.ts',
          include: alone,
          testTimeout: 120_000,
          hookTimeout: 300_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
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
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
