import type { GatedCode } from '../loops/workflows/gate-code.ts';

const LINES = 12;

/** A verdict on code for people: what was run, the counts, what stands against it, what was not tested, the cost. */
export function renderCodeVerdict({ verdict, evidence, case: codeCase }: GatedCode): string {
  const { attempt, tests, guards, costs } = verdict;
  const lines = [`${verdict.verdict}: ${codeCase.title} (case ${codeCase.id}, attempt ${attempt})`];
  for (const { code, detail } of verdict.reasons) lines.push(`  ${code}: ${detail}`);
  lines.push('');
  const ran = tests.filter(({ base, candidate }) => base.trials + candidate.trials > 0);
  const shown = ran.slice(0, LINES).map(({ id, role, base, candidate }) => {
    const counts = `${candidate.passes} of ${candidate.trials} with the patch, ${base.passes} of ${base.trials} before`;
    return `  ${counts}  ${id}${role === 'hidden' ? ' (hidden)' : ''}`;
  });
  if (shown.length > 0) lines.push('trials that passed', ...shown);
  if (ran.length > LINES) lines.push(`  and ${ran.length - LINES} other tests`);
  if (verdict.p !== null) {
    lines.push(
      `chance: p = ${verdict.p.toPrecision(2)}; this attempt had to reach ${verdict.level.toPrecision(2)}`,
    );
  }
  if (verdict.verdict === 'accepted') lines.push(`what it says: ${verdict.claim}`);
  if (evidence.runs.length > 0) {
    lines.push(`guards: ${guards.tests} tests that pass today`);
  }
  lines.push(`stages: ${verdict.stages.map(({ stage, state }) => `${stage} ${state}`).join(' · ')}`);
  const untested = verdict.stages.filter(({ state }) => state === 'open').map(({ stage }) => stage);
  if (untested.length > 0) lines.push(`not tested, because it was decided before: ${untested.join(', ')}`);
  lines.push(`cost of the verdict: ${(costs.wallMs / 1_000).toFixed(0)} s, ${costs.trials} runs of tests`);
  return lines.join('\n');
}
