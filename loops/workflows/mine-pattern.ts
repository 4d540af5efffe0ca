import type { AdmissionCheck, QueryCase } from '../../datasets/cases/case.ts';
import type { Pattern } from '../../datasets/patterns/pattern.ts';
import { admitCase } from '../admit/admit-case.ts';
import { draftCase } from '../admit/draft-case.ts';
import type { OwnedQuery } from '../admit/read-queries.ts';
import { Arm } from '../target/arm.ts';
import type { LoopContext } from './context.ts';

export type Mined =
  | { admitted: true; case: QueryCase; certificate: AdmissionCheck[] }
  | { admitted: false; check: string; detail: string; certificate: AdmissionCheck[] };

/** Pattern → draft → admission, on fresh containers of the base and of its shuffled copy. */
async function minePattern(context: LoopContext, pattern: Pattern, query: OwnedQuery): Promise<Mined> {
  const { engine, target, images, signal } = context;
  const open = (image: string) =>
    Arm.open(engine, image, target.config, { purpose: `mine ${query.name}`, signal });
  await using base = await open(images.base);
  const draft = await draftCase(base, target, query, pattern);
  if ('refused' in draft) return { admitted: false, check: 'owned', detail: draft.refused, certificate: [] };
  let shuffled: Arm | undefined;
  try {
    const openShuffled = async () => {
      shuffled = await open(images.shuffled);
      return shuffled;
    };
    const { admitted, case: queryCase, certificate } = await admitCase(draft.case, draft, base, openShuffled);
    if (admitted) return { admitted, case: queryCase, certificate };
    const failed = certificate.at(-1);
    return { admitted, check: failed?.check ?? 'owned', detail: failed?.detail ?? '', certificate };
  } finally {
    await shuffled?.[Symbol.asyncDispose]();
  }
}

/** Mines a pattern and keeps in the state what admission said of it. */
export async function mineAndRecord(
  context: LoopContext,
  pattern: Pattern,
  query: OwnedQuery,
): Promise<Mined> {
  const { state, progress } = context;
  progress(`mining ${query.name}`);
  const mined = await minePattern(context, pattern, query);
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
