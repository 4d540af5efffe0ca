import { z } from 'zod';
import { loadAnyTarget } from '../../loops/target/load-target.ts';
import { listDatasets, readVersion } from '../../loops/workflows/find-dataset.ts';
import { configPath } from '../config-path.ts';
import { DatasetDocument, describeDataset } from '../dataset-document.ts';
import { defineCommand } from '../define-command.ts';
import { renderTable } from '../render-table.ts';

export const datasetListCommand = defineCommand({
  name: 'dataset list',
  summary: "every frozen version of the target's datasets",
  examples: ['whetstone dataset list', "whetstone dataset list --json | jq '.datasets[].sha256'"],
  args: [],
  options: [],
  input: z.object({}),
  output: z.strictObject({ datasets: z.array(DatasetDocument) }),
  async run(_, context) {
    const target = await loadAnyTarget(configPath(context));
    const datasets: DatasetDocument[] = [];
    for (const found of await listDatasets(target)) {
      datasets.push(describeDataset(await readVersion(found), found.folder));
    }
    const rows = datasets.map(({ name, version, cases, frozenAt, sha256 }) => [
      `${name}@v${version}`,
      String(cases.length),
      frozenAt.slice(0, 16).replace('T', ' '),
      sha256,
    ]);
    const table = renderTable(['dataset', 'cases', 'frozen (UTC)', 'sha256'], rows, {
      columns: process.stdout.columns ?? 120,
      right: [1],
    });
    const text =
      rows.length === 0
        ? `No dataset in ${target.datasets} yet; \`whetstone mine\` freezes the first.`
        : [...table, '', 'next: whetstone dataset show · whetstone dataset verify'].join('\n');
    return { document: { datasets }, text, exitCode: 0 };
  },
});
