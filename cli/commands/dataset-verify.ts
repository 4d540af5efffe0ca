import { z } from 'zod';
import { type Finding, verifyDataset } from '../../datasets/cases/dataset.ts';
import { Fault } from '../../datasets/fault.ts';
import { loadAnyTarget } from '../../loops/target/load-target.ts';
import { type DatasetVersion, findDataset, listDatasets } from '../../loops/workflows/find-dataset.ts';
import { configPath } from '../config-path.ts';
import { defineCommand } from '../define-command.ts';
import { formatCount } from '../format-figures.ts';

const Place = z.strictObject({ name: z.string(), version: z.int() });

export const datasetVerifyCommand = defineCommand({
  name: 'dataset verify',
  summary: 'find every byte of a frozen version that is not as it was frozen; exit code 1 where there is one',
  examples: ['whetstone dataset verify', 'whetstone dataset verify flights@v1 --json'],
  args: [{ notation: '[dataset]', describe: 'NAME or NAME@vN; every version of the target by default' }],
  options: [],
  input: z.object({ dataset: z.string().optional() }),
  output: z.strictObject({
    verified: z.array(Place),
    findings: z.array(
      Place.extend({
        /** Empty where the finding is about the whole version. */
        case: z.string(),
        path: z.string(),
        problem: z.string(),
      }),
    ),
  }),
  async run({ dataset: reference }, context) {
    const target = await loadAnyTarget(configPath(context));
    const known = await listDatasets(target);
    const chosen =
      reference === undefined && known.length > 0 ? known : [await findDataset(target, reference)];
    const verified = chosen.map(({ name, version }) => ({ name, version }));
    const findings = [];
    for (const one of chosen) {
      for (const finding of await findingsOf(one)) {
        findings.push({ name: one.name, version: one.version, ...finding });
      }
    }
    const names = verified.map(({ name, version }) => `${name}@v${version}`).join(', ');
    const lines = findings.map(
      (one) =>
        `${one.name}@v${one.version}  ${[one.case, one.path].filter(Boolean).join('/')}: ${one.problem}`,
    );
    const text =
      findings.length === 0
        ? `${names}: every byte is as it was frozen.`
        : [
            ...lines,
            '',
            `${formatCount(findings.length, 'finding')} in ${names}.`,
            `next: git -C ${target.datasets} status shows what was edited, git restore takes it back; \`whetstone dataset freeze\` keeps edits of the newest version as its next one.`,
          ].join('\n');
    return { document: { verified, findings }, text, exitCode: findings.length === 0 ? 0 : 1 };
  },
});

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
