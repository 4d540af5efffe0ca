import { seededRandom } from '../../loops/gate/statistics/seeded-random.ts';
import { Draw } from '../generated-target/draw.ts';
import { type FinishedLoop, type Gated, gate } from './gate-command.ts';
import { drawNullPatches } from './patches/null-patches.ts';
import { openPatchedTarget } from './patches/patched-target.ts';
import { drawRejections } from './patches/rejections.ts';

export interface Judged extends Gated {
  what: string;
  case: string;
  /** What is wrong with the verdict; empty where it is as it must be. */
  problem: string;
  wallMs: number;
}

/** The cheats that are asked for, through the real gate: each must be rejected for the right reason. */
export async function gateCheats(
  loop: FinishedLoop,
  { seed, cheats }: { seed: number; cheats: readonly string[] },
  done: (one: Judged) => void,
): Promise<void> {
  const patched = await openPatchedTarget(loop.configPath);
  const draw = new Draw(seededRandom(seed));
  for (const { what, codes, isAlone, on } of await drawRejections(patched, draw, cheats)) {
    for (const [at, { case: queryCase, patch }] of on.entries()) {
      const started = performance.now();
      const gated = await gate(loop, patch, ['--case', queryCase.id]);
      const { verdict, reasons } = gated.document;
      const isRight =
        gated.exitCode === 1 && verdict === 'rejected' && reasons.some(({ code }) => codes.includes(code));
      // Rejected before the cheat was looked at, which then says nothing of the cheat.
      const missesByItself =
        verdict === 'rejected' && reasons.every(({ code }) => code === 'below-objective');
      if (!isRight && missesByItself && at + 1 < on.length) continue;
      const problem =
        isRight || (isAlone && missesByItself)
          ? ''
          : `${verdict} (exit ${gated.exitCode}) for ${reasonsOf(gated)}; expected ${codes.join(' or ')}`;
      done({ ...gated, what, case: queryCase.id, problem, wallMs: performance.now() - started });
      break;
    }
  }
}

/** Patches that change nothing that matters, through the real gate: none may be accepted. */
export async function gateNullPatches(
  loop: FinishedLoop,
  { seed, count }: { seed: number; count: number },
  done: (one: Judged) => void,
): Promise<void> {
  const patched = await openPatchedTarget(loop.configPath);
  for (const { kind, case: queryCase, patch } of await drawNullPatches(
    patched,
    new Draw(seededRandom(seed)),
    count,
  )) {
    const started = performance.now();
    const gated = await gate(loop, patch, ['--case', queryCase.id]);
    const { verdict, reasons } = gated.document;
    // Rows that differ would show a mistake of the patch's maker, not the gate's judgement of a null patch.
    const honest = !reasons.some(({ code }) =>
      ['wrong-rows', 'build-failed', 'does-not-apply'].includes(code),
    );
    const problem =
      gated.exitCode === 1 && verdict !== 'accepted' && honest ? '' : `${verdict} for ${reasonsOf(gated)}`;
    done({ ...gated, what: kind, case: queryCase.id, problem, wallMs: performance.now() - started });
  }
}

/** Measures accepted branches once more: each must be accepted again, within what was claimed. */
export async function remeasure(
  loop: FinishedLoop,
  branches: readonly string[],
  done: (one: Judged) => void,
): Promise<void> {
  for (const branch of branches) {
    const started = performance.now();
    const gated = await gate(loop, null, ['--remeasure', '--patch', branch]);
    const { verdict, overlapsClaim, claimed, speed } = gated.document;
    const ranges = JSON.stringify({ claimed, measured: speed[0] });
    const problem =
      gated.exitCode === 0 && verdict === 'accepted' && overlapsClaim === true
        ? ''
        : `${branch}: ${verdict} for ${reasonsOf(gated)}; overlaps the claim: ${overlapsClaim}: ${ranges}`;
    done({
      ...gated,
      what: branch,
      case: gated.document.case,
      problem,
      wallMs: performance.now() - started,
    });
  }
}

const reasonsOf = ({ document }: Gated): string =>
  document.reasons.map(({ code, detail }) => `${code}: ${detail}`).join('; ') || 'no reason';
