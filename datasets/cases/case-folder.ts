import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify } from 'smol-toml';
import { z } from 'zod';
import { Fault } from '../fault.ts';
import { Params } from '../patterns/pattern.ts';
import { QueryCase, Variant } from './case.ts';
import { type HarborEnvironment, writeHarborFiles } from './harbor/write-harbor-files.ts';

/** What is sealed: `tests/` is never mounted for a fixer. */
const SealedFile = z.strictObject({ hidden: z.array(Variant), pool: z.array(Params) });

const OpenMetadata = QueryCase.omit({ hidden: true, pool: true, basePlan: true });

/** Writes one case as a Harbor task: see docs/cases.md for the files. */
export async function writeCase(
  folder: string,
  queryCase: QueryCase,
  environment: HarborEnvironment,
): Promise<void> {
  const { hidden, pool, basePlan, ...open } = queryCase;
  await mkdir(path.join(folder, 'tests'), { recursive: true });
  await mkdir(path.join(folder, 'environment'), { recursive: true });
  await writeFile(path.join(folder, 'instruction.md'), instructionOf(queryCase, environment.canary));
  const task = {
    schema_version: '1.4',
    artifacts: ['/target'],
    task: {
      name: `whetstone/${queryCase.id}`,
      description: `Make the query ${queryCase.query} fast without changing its rows.`,
    },
    agent: { timeout_sec: 3600 },
    verifier: { timeout_sec: 900, environment_mode: 'separate' },
    environment: { build_timeout_sec: 1800, cpus: 1, memory_mb: 1024 },
    metadata: { whetstone: { canary: environment.canary, domain: 'slow-query', case: JSON.stringify(open) } },
  };
  await writeFile(path.join(folder, 'task.toml'), `${stringify(task)}\n`);
  await writeFile(
    path.join(folder, 'tests', 'variants.json'),
    json({ hidden, pool } satisfies z.input<typeof SealedFile>),
  );
  await writeFile(path.join(folder, 'tests', 'base-plan.json'), json(basePlan));
  await writeHarborFiles(folder, queryCase, environment);
}

/** Reads a case back, sealed parts included: for the loop and the operator alone. */
export async function readCase(folder: string): Promise<QueryCase> {
  const read = async (...names: string[]): Promise<string> => {
    const file = path.join(folder, ...names);
    try {
      return await readFile(file, 'utf8');
    } catch (cause) {
      throw new Fault('broken-case', `${file} cannot be read`, {
        hint: 'a frozen dataset must not be edited: restore it from its git repository',
        cause,
      });
    }
  };
  const file = path.join(folder, 'task.toml');
  try {
    const task = parse(await read('task.toml')) as { metadata?: { whetstone?: { case?: string } } };
    const open = OpenMetadata.parse(JSON.parse(task.metadata?.whetstone?.case ?? 'null'));
    const sealed = SealedFile.parse(JSON.parse(await read('tests', 'variants.json')));
    const basePlan: unknown = JSON.parse(await read('tests', 'base-plan.json'));
    return { ...open, ...sealed, basePlan };
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault(
      'broken-case',
      `${file} is not a case: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        hint: 'a frozen dataset must not be edited: restore it from its git repository',
        cause,
      },
    );
  }
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** All that the fixer is told. */
export function instructionOf(queryCase: QueryCase, canary: string): string {
  const { query, sql, objectiveMs, stalenessS, visible } = queryCase;
  const parameters = visible.map((variant) => `    ${JSON.stringify(variant.params)}`).join('\n');
  const copies =
    stalenessS > 0
      ? `A derived copy may lag behind the system of record by ${stalenessS} s, and the target's refresh must bring it up to date.`
      : 'The answer must always be that of the system of record: no copy that lags behind.';
  return `<!-- canary ${canary} -->
# Make the query \`${query}\` fast

The repository is at \`/target\`; PostgreSQL 15 with its data is up. The query \`${query}\` is too slow: it must answer
within ${objectiveMs} ms for any parameters, and give exactly the rows that it gives today.

    ${sql.trim().replaceAll('\n', '\n    ')}

Parameters that it is called with, among others:

${parameters}

${copies} Other queries must not become slower or wrong, nor writes much slower. Existing tests must not be changed; new
ones are welcome. The change is judged in fresh sandboxes with other parameters and on changed data.
`;
}
