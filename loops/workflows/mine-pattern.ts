import type { AdmissionCheck, QueryCase } from '../../datasets/cases/case.ts';
import type { Pattern } from '../../datasets/patterns/pattern.ts';
import { admitCase } from '../admit/admit-case.ts';
import { draftCase } from '../admit/draft-case.ts';
import type { OwnedQuery } from '../admit/read-queries.ts';
import type { Arm } from '../target/arm.ts';
import { ArmPool } from '../target/arm-pool.ts';
import type { LoopContext } from './context.ts';
import { wornParameters } from './worn-parameters.ts';

export type Mined =
  | { admitted: true; case: QueryCase; certificate: AdmissionCheck[] }
  | { admitted: false; check: string; detail: string; certificate: AdmissionCheck[] };

/** Arms that one pattern after the other is mined on: what mining writes, it takes back. */
export const miningArms = ({ target, signal }: LoopContext): ArmPool =>
  new ArmPool(target.config, { purpose: 'mine', signal });

/** Pattern → draft → admission, on arms of the base and of its shuffled copy. */
async function minePattern(
  context: LoopContext,
  arms: ArmPool,
  pattern: Pattern,
  query: OwnedQuery,
): Promise<Mined> {
  const { engine, target, images } = context;
  const worn = await wornParameters(context, pattern.id);
  return arms.lend(engine, images.base, async (base): Promise<Mined> => {
    const draft = await draftCase(base, target, query, { pattern, worn });
    if ('refused' in draft)
      return { admitted: false, check: 'owned', detail: draft.refused, certificate: [] };
    const onShuffled = <T>(use: (arm: Arm) => Promise<T>) => arms.lend(engine, images.shuffled, use);
    const { admitted, case: queryCase, certificate } = await admitCase(draft.case, draft, base, onShuffled);
    if (admitted) return { admitted, case: queryCase, certificate };
    const failed = certificate.at(-1);
    return { admitted, check: failed?.check ?? 'owned', detail: failed?.detail ?? '', certificate };
  });
}

/** Mines a pattern and keeps in the state what admission said of it. */
export async function mineAndRecord(
  context: LoopContext,
  arms: ArmPool,
  pattern: Pattern,
  query: OwnedQuery,
): Promise<Mined> {
  const { state, progress } = context;
  progress(`mining ${query.name}`);
  const mined = await minePattern(context, arms, pattern, query);
  await state.cases.save({
    id: `${query.name}-${pattern.id.slice(0, 8)}`,
    pattern: pattern.id,
    query: query.name,
    state: mined.admitted ? 'admitted' : 'refused',
    check: mined.admitted ? null : mined.check,
    detail: mined.admitted ? 'every check passed' : mined.detail,
    certificate: mined.certificate,
    path: null,
    dataset: null,
    version: null,
    split: mined.admitted ? 'dev' : null,
  });
  progress(
    mined.admitted ? `admitted ${query.name}` : `refused ${query.name}: ${mined.check}: ${mined.detail}`,
  );
  return mined;
}
