import path from 'node:path';
import { readCase } from '../../datasets/cases/case-folder.ts';
import { listVersions, readDataset } from '../../datasets/cases/dataset.ts';
import type { Params } from '../../datasets/patterns/pattern.ts';
import { holdoutOf } from '../gate/protocol/holdout.ts';
import { ATTEMPTS } from '../gate/statistics/attempt-level.ts';
import type { LoopContext } from './context.ts';

/**
 * Hidden parameters of a pattern's earlier cases that `ATTEMPTS` confirm stages looked at: a case that is mined anew asks
 * with others, where the log has them. Every version counts, so that the holdout before the last does not come back.
 */
export async function wornParameters(
  { state, target }: Pick<LoopContext, 'state' | 'target'>,
  pattern: string,
): Promise<Params[]> {
  const worn = new Set(await state.candidates.holdoutsWith(pattern, ATTEMPTS));
  if (worn.size === 0) return [];
  const parameters: Params[] = [];
  for (const version of await listVersions(target.datasets)) {
    for (const { id } of (await readDataset(target.datasets, version)).cases) {
      const found = await readCase(path.join(target.datasets, `v${version}`, 'cases', id));
      if (found.pattern === pattern && worn.has(holdoutOf(found)))
        parameters.push(...found.hidden.map(({ params }) => params));
    }
  }
  return parameters;
}
