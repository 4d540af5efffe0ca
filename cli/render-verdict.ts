import type { SpeedRange } from '../loops/gate/speed.ts';
import type { GatedPatch } from '../loops/workflows/gate-patch.ts';

/** A verdict for people: what was run, the figures, what stands against it, what was not tested, the cost. */
export function renderVerdict(
  { verdict, evidence, case: queryCase }: GatedPatch,
  claimed: SpeedRange | null,
): string {
  const lines = [`${verdict.verdict}: ${queryCase.query} (case ${queryCase.id}, attempt ${verdict.attempt})`];
  for (const { code, detail } of verdict.reasons) lines.push(`  ${code}: ${detail}`);
  const [speed] = verdict.speed;
  const built = evidence.build?.outcome === 'ok';
  lines.push('');
  if (evidence.sessions.length > 0) {
    lines.push(
      `variants that pass within ${verdict.objectiveMs.toFixed(0)} ms: ${verdict.variants.basePassed} of ${verdict.variants.total} before, ${verdict.variants.candidatePassed} after`,
    );
  }
  if (speed?.ratio != null) {
    const least = speed.atLeast ? 'at least ' : '';
    lines.push(
      `speed: ${least}${speed.ratio.toFixed(2)}× over ${speed.pairs} interleaved pairs in ${speed.sessions} sessions; with 95 % confidence no less than ${(speed.lower95 ?? 0).toFixed(2)}×`,
    );
    if (speed.controlMedian !== null) {
      lines.push(
        `control: the same work on both arms differed by ${(Math.abs(speed.controlMedian - 1) * 100).toFixed(1)} %`,
      );
    }
  }
  if (verdict.p !== null)
    lines.push(
      `chance: p = ${verdict.p.toPrecision(2)}; this attempt had to reach ${verdict.level.toPrecision(2)}`,
    );
  if (claimed !== null && speed)
    lines.push(
      `another measurement is expected within ${rangeOf(speed)}; the claimed one was ${rangeOf(claimed)}`,
    );
  if (verdict.guards.length > 0) {
    const timed = verdict.guards.filter((guard) => guard.checked === 'timed').length;
    const written = verdict.guards.filter(({ afterWrites }) => afterWrites === 'equal').length;
    const unshown = verdict.guards.filter(({ afterWrites }) => afterWrites === 'unshown');
    lines.push(
      `guards: ${verdict.guards.length} other queries, ${timed} of them timed${written > 0 ? `, ${written} right again after writes` : ''}`,
    );
    if (unshown.length > 0)
      lines.push(
        `not tested: whether ${unshown.map(({ query }) => query).join(', ')} keep up with writes, as none was found that changes their answers`,
      );
  }
  if (built) {
    const { storageBytes, buildMs, refreshMs, writeRatio } = verdict.costs;
    const parts = [
      `${((storageBytes ?? 0) / 2 ** 20).toFixed(1)} MB of disk`,
      `${((buildMs ?? 0) / 1_000).toFixed(1)} s to migrate`,
      ...(refreshMs === null ? [] : [`${(refreshMs / 1_000).toFixed(1)} s to refresh`]),
      ...(writeRatio === null ? [] : [`a write takes ${writeRatio.toFixed(2)}× as long`]),
    ];
    lines.push(`cost of the change: ${parts.join(', ')}`);
  }
  const stages = verdict.stages.map(({ stage, state }) => `${stage} ${state}`).join(' · ');
  lines.push(`stages: ${stages}`);
  const untested = verdict.stages.filter(({ state }) => state === 'open').map(({ stage }) => stage);
  if (untested.length > 0) lines.push(`not tested, because it was decided before: ${untested.join(', ')}`);
  lines.push(
    `cost of the verdict: ${(verdict.costs.wallMs / 1_000).toFixed(0)} s, ${verdict.costs.trials} trials`,
  );
  return lines.join('\n');
}

/** Two-sided 99 % bounds; open where cut runs of the base leave them so. */
function rangeOf({ low99, high99 }: SpeedRange): string {
  const low = (low99 ?? 0).toFixed(2);
  return high99 === null ? `${low}× or more` : `${low}–${high99.toFixed(2)}×`;
}
