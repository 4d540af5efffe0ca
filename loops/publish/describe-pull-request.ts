import type { QueryCase } from '../../datasets/cases/case.ts';
import type { Evidence } from '../gate/evidence.ts';
import { median } from '../gate/statistics/median.ts';
import type { Verdict } from '../gate/verdict.ts';
import type { CandidateRecord } from '../state/stores/candidate-store.ts';
import type { CellRecord } from '../state/stores/cell-store.ts';

export interface PullRequestFacts {
  case: QueryCase;
  candidate: CandidateRecord;
  verdict: Verdict;
  evidence: Evidence;
  /** The matrix row of the case. */
  cells: readonly CellRecord[];
  dataset: { name: string; version: number; sha256: string };
  revision: string;
  branch: string;
  configPath: string;
}

/** Rows of the matrix that a reviewer is shown. */
const MATRIX_ROWS = 8;

/** Title and body of the pull request: what, why, and the evidence a reviewer can check. */
export function describePullRequest(facts: PullRequestFacts): {
  title: string;
  body: string;
  speedup: number;
} {
  const { case: queryCase, candidate, verdict, evidence } = facts;
  const [speed] = verdict.speed;
  const speedup = speed?.ratio ?? 1;
  const faster = `${speed?.atLeast ? 'at least ' : ''}${ratio(speedup)}`;
  const title = `${queryCase.query}: ${faster} faster by ${summaryOf(candidate)}`;
  const samples = evidence.sessions.flatMap((session) => session.pairs);
  const medianOf = (arm: 'base' | 'candidate') => median(samples.map((pair) => pair[arm].ms));
  const cut = samples.some((pair) => pair.base.cut) ? ' (cut: it would have taken longer)' : '';
  const { costs } = verdict;
  const body = `${title}

${candidate.rationale.trim()}

## Evidence

| | before | after |
| --- | --- | --- |
| median of ${samples.length} interleaved samples | ${ms(medianOf('base'))}${cut} | ${ms(medianOf('candidate'))} |
| variants that pass (right rows within ${ms(verdict.objectiveMs)}) | ${verdict.variants.basePassed} of ${verdict.variants.total} | ${verdict.variants.candidatePassed} of ${verdict.variants.total} |

- One full run of the base took ${ms(queryCase.baseMs)}.
- Speed-up ${faster}; with 95 % confidence no less than ${ratio(speed?.lower95 ?? 1)} (${speed?.pairs ?? 0} pairs in ${speed?.sessions ?? 0} sessions of fresh containers; the same work on both arms differed by ${percent(Math.abs((speed?.controlMedian ?? 1) - 1))}).
- Exact CMH over the hidden variants: p = ${verdict.p?.toPrecision(2) ?? '–'}; attempt ${verdict.attempt} had to reach ${verdict.level.toPrecision(2)}.
- Rows were compared with the base SQL on ${verdict.variants.total} parameter sets, ${queryCase.ordered ? 'order included' : 'without order, which the query does not fix'}, and again after ${changedRows(queryCase)} writes.
${stalenessLine(evidence)}
- Cost: ${bytes(costs.storageBytes)} more on disk, ${ms(costs.buildMs ?? 0)} to migrate${costs.refreshMs === null ? '' : `, ${ms(costs.refreshMs)} to refresh`}; a write takes ${costs.writeRatio === null ? 'as long' : ratio(costs.writeRatio)} as long as before.
- Guards: ${guardLine(verdict)}
- Dataset ${facts.dataset.name}@v${facts.dataset.version} (${facts.dataset.sha256.slice(0, 12)}), base revision ${facts.revision.slice(0, 12)}.

## Plans tried

| plan | kind | median | extra disk | state |
| --- | --- | --- | --- | --- |
${matrixRows(facts)}

## Reproduce

    whetstone gate --remeasure --patch ${facts.branch} --config ${facts.configPath}
`;
  return { title, body, speedup };
}

const summaryOf = (candidate: CandidateRecord): string => {
  const label = candidate.label.replaceAll(/\s+/g, ' ');
  return label.length > 60 ? `${label.slice(0, 57)}…` : label;
};

function matrixRows({ cells, candidate }: PullRequestFacts): string {
  const timed = cells
    .filter((cell) => cell.medianMs !== null)
    .sort((a, b) => (a.medianMs ?? 0) - (b.medianMs ?? 0));
  const shown = timed.slice(0, MATRIX_ROWS);
  const own = timed.find((cell) => cell.planId === candidate.planId);
  if (own && !shown.includes(own)) shown.push(own);
  const rows = shown.map((cell) => {
    const mark = cell === own ? ' **this one**' : '';
    return `| ${cell.label.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').slice(0, 100)}${mark} | ${cell.kind} | ${cell.state === 'stopped' ? '> ' : ''}${ms(cell.medianMs ?? 0)} | ${bytes(cell.storageBytes)} | ${cell.state} |`;
  });
  return rows.join('\n');
}

const changedRows = (queryCase: QueryCase): number =>
  queryCase.hidden.reduce((sum, variant) => sum + variant.writes.length, 0);

function stalenessLine({ staleness }: Evidence): string {
  const worst = Math.max(0, ...(staleness ?? []).map((finding) => finding.lagMs));
  const refreshed = staleness?.some((finding) => finding.when === 'after-refresh');
  return refreshed
    ? `- Answers from a copy: after the writes the target's refresh brought it up to date within ${ms(worst)}.`
    : '- Answers from the system of record: right at once after the writes.';
}

function guardLine({ guards }: Verdict): string {
  const timed = guards.filter((guard) => guard.checked === 'timed');
  const unchanged = `${guards.length - timed.length} other queries keep their plan`;
  if (timed.length === 0) return `${unchanged}.`;
  const figures = timed.map((guard) => `${guard.query} ${guard.ratio === null ? '–' : ratio(guard.ratio)}`);
  const named = (state: Verdict['guards'][number]['afterWrites']) =>
    guards.filter(({ afterWrites }) => afterWrites === state).map(({ query }) => query);
  const [right, unshown] = [named('equal'), named('unshown')];
  const after = [
    ...(right.length === 0 ? [] : [` Right again after writes to what they read: ${right.join(', ')}.`]),
    ...(unshown.length === 0
      ? []
      : [` Whether these keep up with writes was not shown: ${unshown.join(', ')}.`]),
  ];
  return `${unchanged}; timed, base ÷ candidate: ${figures.join(', ')}.${after.join('')}`;
}

const ratio = (value: number): string => `${value >= 10 ? Math.round(value) : value.toFixed(2)}×`;
const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
const ms = (value: number): string =>
  value >= 1_000 ? `${(value / 1_000).toFixed(2)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const bytes = (value: number | null): string =>
  value === null
    ? '–'
    : value >= 2 ** 20
      ? `${(value / 2 ** 20).toFixed(1)} MB`
      : `${Math.round(value / 1024)} kB`;
