import type { QueryCase } from '../../datasets/cases/case.ts';
import { Arm } from '../target/arm.ts';
import { planCost, planShape } from '../verify/plan-shape.ts';
import { isDatabaseError } from '../verify/reference.ts';
import { isQueryFile, touchedPaths } from '../verify/touched-paths.ts';
import type { LoopContext } from './context.ts';

/**
 * The case that a patch of unknown aim is judged by: one whose query file it touches; else, of those whose plan it
 * changes, the one whose estimated cost falls most; else the one with the most to gain, which then shows no gain.
 * `image` is the candidate's arm.
 */
export async function chooseCase(
  context: LoopContext,
  cases: readonly QueryCase[],
  patch: string,
  image: string,
): Promise<QueryCase | undefined> {
  const { engine, target, images, signal } = context;
  const paths = touchedPaths(patch);
  const slowest = (some: readonly QueryCase[]) => some.toSorted((a, b) => b.baseMs - a.baseMs)[0];
  const folder = target.config.target.layout.queries;
  const touched = cases.filter(({ query }) => paths.some((file) => isQueryFile(file, query, folder)));
  if (touched.length > 0) return slowest(touched);

  const open = (of: string) => Arm.open(engine, of, target.config, { purpose: 'choose a case', signal });
  await using base = await open(images.base);
  await using candidate = await open(image);
  let best: { queryCase: QueryCase; gain: number } | undefined;
  for (const queryCase of cases) {
    const params = queryCase.visible[0]?.params ?? [];
    try {
      const [before, after] = await Promise.all([
        planShape(base.sql, queryCase.sql, params),
        planShape(candidate.sql, queryCase.sql, params),
      ]);
      if (before === after) continue;
      const gain =
        (await planCost(base.sql, queryCase.sql, params)) /
        (await planCost(candidate.sql, queryCase.sql, params));
      if (!best || gain > best.gain) best = { queryCase, gain };
    } catch (error) {
      // A candidate on which the base SQL fails is judged by its rows.
      if (!isDatabaseError(error)) throw error;
      return queryCase;
    }
  }
  return best?.queryCase ?? slowest(cases);
}
