import path from 'node:path';
import type { CodeVerdict } from '../loops/gate/code/code-verdict.ts';
import { type Random, seededRandom } from '../loops/gate/statistics/seeded-random.ts';
import { drawNoticedFaults } from '../tests/support/faults/draw-noticed-faults.ts';
import { drawNullChanges } from '../tests/support/faults/seed-null-changes.ts';
import { type FaultyTarget, faultyTarget } from '../tests/support/faulty-target.ts';
import { REPOSITORY } from '../tests/support/repository.ts';
import { type AcceptanceRun, atLeast, atMost, type Finding } from './finding.ts';

const LIBRARY = path.join(REPOSITORY, 'examples/billing');
const MOST = { fixes: 20, nullPatches: 30 };
/** Of one target: each of them is in a file of its own. */
const FAULTS_EACH = 5;

/** Fixes of seeded faults, and changes that change nothing, of the example of code: through the command, in sandboxes. */
export async function codePatches({ seed, say }: AcceptanceRun): Promise<Finding[]> {
  const random = seededRandom(seed);
  const fixes: string[] = [];
  const nulls: string[] = [];
  const missed: string[] = [];
  while (fixes.length < MOST.fixes) {
    const faults = await drawNoticedFaults(LIBRARY, random, Math.min(FAULTS_EACH, MOST.fixes - fixes.length));
    await using target = await faultyTarget(LIBRARY, faults);
    await target.whetstone(['mine', '--source', 'tests']);
    for (const [at, fix] of target.fixes.entries()) {
      const { operator, file, line } = faults[at] ?? { operator: '', file: '', line: 0 };
      const what = `what takes back ${operator} in ${file}:${line}`;
      const { verdict, reasons } = await gate(target, fix);
      say(`${what}: ${verdict} ${JSON.stringify(reasons)}`);
      fixes.push(verdict);
      if (verdict !== 'accepted') missed.push(`${what}: ${JSON.stringify(reasons)}`);
    }
    const share = Math.min(MOST.nullPatches - nulls.length, Math.ceil(MOST.nullPatches / 4));
    for (const { what, patch } of await nullPatches(target, random, share)) {
      const { verdict, reasons } = await gate(target, patch);
      say(`${what}: ${verdict} ${reasons.map(({ code }) => code).join(', ')}`);
      nulls.push(verdict);
      if (verdict === 'accepted') missed.push(`${what}: accepted`);
    }
  }
  const accepted = (verdicts: readonly string[]) =>
    verdicts.filter((verdict) => verdict === 'accepted').length;
  return [
    atLeast('fixes of seeded faults tried', fixes.length, MOST.fixes),
    atLeast('fixes accepted', accepted(fixes), MOST.fixes - 1),
    atLeast('null patches of code tried', nulls.length, MOST.nullPatches),
    atMost('null patches of code accepted', accepted(nulls), 0, missed),
  ];
}

async function nullPatches(
  target: FaultyTarget,
  random: Random,
  count: number,
): Promise<{ what: string; patch: string }[]> {
  const patches = [];
  for (const change of await drawNullChanges(target.path, random, count)) {
    const what = `${change.operator} in ${change.file}:${change.line}`;
    patches.push({ what, patch: await target.patchOf(change.file, () => change.apply()) });
  }
  return patches;
}

const gate = (target: FaultyTarget, patch: string): Promise<CodeVerdict> =>
  target.whetstone(['gate', '--patch', '-'], patch) as Promise<CodeVerdict>;
