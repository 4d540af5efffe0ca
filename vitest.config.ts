import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Of the sandboxes' tests those that take long: killed engines and controllers, other runtimes and endpoints, floods, big trees. They are
 * run by `npm run test:sandboxes`, and the rest of them by every `npm test`.
 */
const fullSize = new RegExp(
  `^sandboxes/(${[
    'chaos|engine/(engine-dies|remote-engine|runtimes)|containers/two-owners|testing/private-engine|trials/engine-restart',
    'environments/(run-commands|diff|files|snapshots)|network/(hostile-sandbox|open-proxy)',
    'images/(ensure-dockerfile-image|prune-images)',
  ].join('|')})\\.test`,
);
const runsAll = process.env['WHETSTONE_SANDBOXES'] === 'all';

const tests = ['datasets', 'sandboxes', 'tools', 'agents', 'loops', 'web', 'cli', 'bench', 'tests']
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => `${folder}/${file}`))
  .filter((file) => file.endsWith('.test.ts') && (runsAll || !fullSize.test(file)));

const matching = (files: readonly string[], words: RegExp): string[] =>
  files.filter((file) => words.test(readFileSync(file, 'utf8')));

/** What must have the machine to itself: it keeps all of it busy, and makes claims that hold on a quiet one. */
const alone = ['tests/flights-loop.test.ts'];
/** A loop that makes its images with one core first, beside which the other processes find room. */
const generated = ['tests/generated-target/generated-target.test.ts'];
/** These use the engine, the state or the shared loop, two files at a time, each under an owner of its own. */
const usesMachine =
  /\b(testEngine|connectEngine|openState|openPostgres|temporaryState)\b|support\/(flights-loop|tiny-target|small-target|faulty-target)|test-engine|red-team-target/;
/** These wait for processes of their own. */
const startsProcesses =
  /\b(execa|spawn\w*|startPostgres|openTargetDatabase|openTwoDatabases)\b|support\/postgres|run-target-tests/;

const shared = tests.filter((file) => ![...alone, ...generated].includes(file));
const machine = matching(shared, usesMachine);
const rest = shared.filter((file) => !machine.includes(file));
const processes = [...generated, ...matching(rest, startsProcesses)];
export const unit = rest.filter((file) => !processes.includes(file));

/** By the minutes that they take: those come first, beside each other, so that no long one is left for the end. */
const LONGEST = [
  /red-team/,
  /generated-target|gate-rejects|interruptions|docs\.test|code-target|separate\.test/,
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONGEST.findIndex((names) => names.test(moduleId));
      return place === -1 ? LONGEST.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
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
          // Pure: nothing of one file reaches another, and modules are loaded once.
          isolate: false,
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
