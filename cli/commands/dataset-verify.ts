import { z } from 'zod';
import { type Finding, verifyDataset } from '../../datasets/cases/dataset.ts';
import { Fault } from '../../datasets/fault.ts';
import { isCodeTarget, loadAnyTarget } from '../../loops/target/load-target.ts';
import {
  type DatasetVersion,
  findDataset,
  listDatasets,
  readVersion,
} from '../../loops/workflows/find-dataset.ts';
import { verifyCases } from '../../loops/workflows/verify-cases.ts';
import { verifyCodeCases } from '../../loops/workflows/verify-code-cases.ts';
import { configPath } from '../config-path.ts';
import { type CommandContext, defineCommand } from '../define-command.ts';
import { formatCount } from '../format-figures.ts';
import { openAnyWorkspace, openCode, openLoop } from '../open-workspace.ts';

const Place = z.strictObject({ name: z.string(), version: z.int() });

export const datasetVerifyCommand = defineCommand({
  name: 'dataset verify',
  summary: 'find every byte of a frozen version that is not as it was frozen; exit code 1 where there is one',
  examples: [
    'whetstone dataset verify',
    'whetstone dataset verify flights@v1 --json',
    'whetstone dataset verify flights --run',
  ],
  args: [{ notation: '[dataset]', describe: 'NAME or NAME@vN; every version of the target by default' }],
  options: [
    {
      notation: '--run',
      describe: 'run what the cases claim as well: base, oracle, flakiness; the newest versions by default',
    },
  ],
  input: z.object({ dataset: z.string().optional(), run: z.boolean().default(false) }),
  output: z.strictObject({
    verified: z.array(Place),
    /** Cases whose claims were run. */
    ran: z.array(Place.extend({ case: z.string() })),
    findings: z.array(
      Place.extend({
        /** Empty where the finding is about the whole version. */
        case: z.string(),
        path: z.string(),
        problem: z.string(),
      }),
    ),
  }),
  async run({ dataset: reference, run }, context) {
    const target = await loadAnyTarget(configPath(context));
    const known = await listDatasets(target);
    const all = reference === undefined && known.length > 0 ? known : [await findDataset(target, reference)];
    const findings: VersionFinding[] = [];
    for (const one of all) findings.push(...named(one, await findingsOf(one)));
    const chosen = run ? all.filter((one) => isNewest(one, all)) : [];
    const ran = chosen.length > 0 ? await runCases(chosen, findings, context) : [];
    for (const { version, found } of ran) findings.push(...named(version, found));
    const document = {
      verified: all.map(({ name, version }) => ({ name, version })),
      ran: ran.flatMap(({ version: { name, version }, ids }) =>
        ids.map((id) => ({ name, version, case: id })),
      ),
      findings,
    };
    return { document, text: render(document, target.datasets), exitCode: findings.length === 0 ? 0 : 1 };
  },
});

type VersionFinding = Finding & z.infer<typeof Place>;

const named = ({ name, version }: DatasetVersion, findings: readonly Finding[]): VersionFinding[] =>
  findings.map((finding) => ({ name, version, ...finding }));

const isNewest = (one: DatasetVersion, all: readonly DatasetVersion[]): boolean =>
  all.every(({ name, version }) => name !== one.name || version <= one.version);

/** Runs the cases of these versions of which every byte is as it was frozen: others claim something else now. */
async function runCases(
  versions: readonly DatasetVersion[],
  findings: readonly VersionFinding[],
  context: CommandContext,
): Promise<{ version: DatasetVersion; ids: string[]; found: Finding[] }[]> {
  await using workspace = await openAnyWorkspace(context);
  const { target } = workspace;
  const verify = isCodeTarget(target)
    ? verifyCodeCases.bind(null, await openCode({ ...workspace, target }, context))
    : verifyCases.bind(null, await openLoop({ ...workspace, target }, context));
  const ran = [];
  for (const version of versions) {
    const own = findings.filter((one) => one.name === version.name && one.version === version.version);
    const { cases } = own.some((one) => one.case === '') ? { cases: [] } : await readVersion(version);
    const ids = cases.map(({ id }) => id).filter((id) => !own.some((one) => one.case === id));
    ran.push({ version, ids, found: await verify({ folder: version.folder, ids }) });
  }
  return ran;
}

function render(
  {
    verified,
    ran,
    findings,
  }: { verified: z.infer<typeof Place>[]; ran: unknown[]; findings: VersionFinding[] },
  datasets: string,
): string {
  const names = verified.map(({ name, version }) => `${name}@v${version}`).join(', ');
  if (findings.length === 0) {
    const held = ran.length > 0 ? ` What ${formatCount(ran.length, 'case')} claim holds.` : '';
    return `${names}: every byte is as it was frozen.${held}`;
  }
  const lines = findings.map(
    (one) => `${one.name}@v${one.version}  ${[one.case, one.path].filter(Boolean).join('/')}: ${one.problem}`,
  );
  return [
    ...lines,
    '',
    `${formatCount(findings.length, 'finding')} in ${names}.`,
    `next: git -C ${datasets} status shows what was edited, git restore takes it back; \`whetstone dataset freeze\` keeps edits of the newest version as its next one; \`whetstone mine\` makes cases anew that hold no more.`,
  ].join('\n');
}

/** A `dataset.json` that is torn or gone is what verifying is for, so it is a finding like any other. */
async function findingsOf({ root, version }: DatasetVersion): Promise<Finding[]> {
  try {
    return await verifyDataset(root, version);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const problem = error.code === 'no-dataset' ? 'missing' : 'not a dataset';
    return [{ case: '', path: 'dataset.json', problem }];
  }
}
