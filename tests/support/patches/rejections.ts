import { loadParser } from '../../../agents/explorer/sql/nodes.ts';
import type { QueryCase } from '../../../datasets/cases/case.ts';
import type { ReasonCode } from '../../../loops/gate/reason.ts';
import type { Draw } from '../../generated-target/draw.ts';
import { disguises } from '../../red-team/disguise.ts';
import { author } from './author.ts';
import { CHEATS } from './cheats.ts';
import { type PatchedTarget, patchOf } from './patched-target.ts';

/** A kind of patch that no gate may accept, on some cases, and the reasons of which one must be among the verdict's. */
export interface Rejection {
  what: string;
  codes: readonly ReasonCode[];
  /** It stands on the base alone: not to be fast enough is reason enough. */
  isAlone: boolean;
  /** The first says it, unless what the cheat stands on misses the objective by itself today. */
  on: { case: QueryCase; patch: string }[];
}

const FORMS = CHEATS.flatMap((cheat) =>
  disguises.flatMap((disguise) => {
    const ground = cheat.grounds[disguise];
    return ground ? [{ cheat, disguise, ground, what: `${cheat.what}, ${disguise}` }] : [];
  }),
);

/** Each cheat in each of its disguises. */
export const cheatNames: readonly string[] = FORMS.map(({ what }) => what);

/** Of each line of the list one. */
export function drawLines(draw: Draw): string[] {
  const lines = [...new Set(FORMS.map(({ cheat }) => cheat.line))];
  return lines.map((line) => draw.pick(FORMS.filter(({ cheat }) => cheat.line === line)).what);
}

/** How many cases a cheat is put on, where that many have room for it. */
const CASES_EACH = 3;

/** Patches of each kind that is asked for and that the target has room for, on cases drawn and taken in turn. */
export async function drawRejections(
  patched: PatchedTarget,
  draw: Draw,
  wanted: readonly string[],
): Promise<Rejection[]> {
  await loadParser();
  const worn = new Map<string, number>();
  const wear = ({ id }: QueryCase) => worn.get(id) ?? 0;
  const drawn: Rejection[] = [];
  for (const { cheat, disguise, ground, what } of FORMS.filter((form) => wanted.includes(form.what))) {
    const { codes, suits = () => true, change } = cheat;
    const cases = (ground === 'fix' ? patched.accepted : patched.cases).filter((one) => suits(one, ground));
    const on: Rejection['on'] = [];
    for (const queryCase of draw.shuffle(cases).sort((a, b) => wear(a) - wear(b))) {
      const patch = await patchOf(
        patched.target,
        (checkout) =>
          change(checkout, queryCase, { patched, disguise, ...author(draw, disguise === 'renamed') }),
        ground === 'fix' ? queryCase : undefined,
      );
      if (patch === undefined) continue;
      if (on.length === 0) worn.set(queryCase.id, wear(queryCase) + 1);
      on.push({ case: queryCase, patch });
      if (on.length === CASES_EACH) break;
    }
    if (on.length > 0) drawn.push({ what, codes, isAlone: ground === 'base', on });
  }
  return drawn;
}
