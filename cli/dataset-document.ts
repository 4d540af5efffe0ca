import { z } from 'zod';
import { Split } from '../datasets/cases/case.ts';
import type { Dataset } from '../datasets/cases/dataset.ts';

/** What every `dataset` command says of one frozen version. */
export const DatasetDocument = z.strictObject({
  name: z.string(),
  version: z.int(),
  sha256: z.string(),
  frozenAt: z.iso.datetime(),
  folder: z.string(),
  cases: z.array(
    z.strictObject({ id: z.string(), split: Split, sha256: z.string(), note: z.string().optional() }),
  ),
});
export type DatasetDocument = z.infer<typeof DatasetDocument>;

export function describeDataset(dataset: Dataset, folder: string): DatasetDocument {
  const { name, version, sha256, frozenAt, cases } = dataset;
  return { name, version, sha256, frozenAt, folder, cases: cases.map(({ files: _, ...one }) => one) };
}
