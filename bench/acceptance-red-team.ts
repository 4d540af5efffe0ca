import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { REPOSITORY } from '../tests/support/repository.ts';
import { type AcceptanceRun, atLeast, atMost, type Finding } from './finding.ts';

/** Lines of attacks on code judged by tests; those on SQL are the part `cheats`. */
const LINES = 20;
const DISGUISES = 3;

const Report = z.object({
  testResults: z.array(
    z.object({
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()),
          title: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()),
        }),
      ),
    }),
  ),
});
type Result = z.infer<typeof Report>['testResults'][number]['assertionResults'][number];

/** Every attack on code in every disguise: the tests of the red team, all of them. */
export async function redTeam({ folder, seed, say }: AcceptanceRun): Promise<Finding[]> {
  const file = path.join(folder, 'red-team.json');
  const child = execa(
    'npx',
    ['vitest', 'run', 'tests/red-team', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    {
      cwd: REPOSITORY,
      env: { WHETSTONE_RED_TEAM: 'all', WHETSTONE_SEED: String(seed), NO_COLOR: '1' },
      reject: false,
      lines: true,
    },
  );
  for await (const line of child) say(line);
  const report = Report.parse(JSON.parse(await readFile(file, 'utf8')));
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const attacks = results.filter(
    ({ ancestorTitles, title }) => ancestorTitles.length === 0 && /^\d+: /.test(title),
  );
  const others = results.filter((one) => !attacks.includes(one));
  const lines = new Set(
    attacks.map(({ title }) => `${Number.parseInt(title, 10)} ${title.slice(title.lastIndexOf(','))}`),
  );
  return [
    atLeast('lines of the red team, each in its disguises', lines.size, LINES * DISGUISES),
    atMost(`of ${attacks.length} attacks, not rejected for the right reason`, ...failed(attacks)),
    atMost(`of ${others.length} honest fixes accepted and naive runners fooled, failed`, ...failed(others)),
  ];
}

function failed(results: readonly Result[]): [number, number, string[]] {
  const found = results.filter(({ status }) => status !== 'passed');
  return [
    found.length,
    0,
    found.map(({ title, failureMessages: [first] }) => `${title}: ${first?.slice(0, 400) ?? ''}`),
  ];
}
