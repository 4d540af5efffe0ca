import { z } from 'zod';
import type { QueryCase } from '../../datasets/cases/case.ts';
import type { CandidateRecord, VerdictRecord } from '../state/stores/candidate-store.ts';
import type { CellRecord } from '../state/stores/cell-store.ts';
import type { PullRequestRecord } from '../state/stores/publication-store.ts';
import { formatSpeedup } from './format-speedup.ts';
import { FrontierRun } from './frontier-run.ts';

const Fates = z.strictObject({
  wrongRows: z.int(),
  stale: z.int(),
  noise: z.int(),
  guard: z.int(),
  belowObjective: z.int(),
  notChosen: z.int(),
  accepted: z.int(),
});

/** What `whetstone loop --json` prints. */
export const LoopSummary = z.strictObject({
  target: z.string(),
  loop: z.string(),
  revision: z.string(),
  /** False where sources, target and configuration were those of a finished loop: this is its ledger. */
  fresh: z.boolean(),
  signals: z.int(),
  patterns: z.int(),
  cases: z.strictObject({
    admitted: z.int(),
    refused: z.int(),
    refusals: z.array(
      z.strictObject({
        pattern: z.string(),
        query: z.string().nullable(),
        check: z.string(),
        detail: z.string(),
      }),
    ),
  }),
  /** Plans whose first timed run was faster than the base, and what became of them. */
  looksFaster: z.strictObject({ plans: z.int(), fates: Fates }),
  candidates: z.strictObject({
    tried: z.int(),
    accepted: z.int(),
    rejected: z.int(),
    inconclusive: z.int(),
    reasons: z.record(z.string(), z.int()),
  }),
  /** Shares of all visible and hidden variants. */
  passRate: z.strictObject({ before: z.number(), after: z.number() }),
  variants: z.strictObject({ total: z.int(), before: z.int(), after: z.int() }),
  dataset: z.strictObject({ name: z.string(), version: z.int(), sha256: z.string() }).nullable(),
  frontier: z.strictObject({ dataset: z.string(), version: z.int(), cases: z.int() }).nullable(),
  frontierRun: FrontierRun.nullable(),
  branches: z.array(z.strictObject({ pattern: z.string(), branch: z.string(), speedup: z.number() })),
  costs: z.strictObject({ wallMs: z.number(), trials: z.int(), usd: z.number() }),
});
export type LoopSummary = z.infer<typeof LoopSummary>;

export interface LoopFacts {
  target: string;
  loop: string;
  revision: string;
  signals: number;
  patterns: number;
  refusals: LoopSummary['cases']['refusals'];
  cases: readonly QueryCase[];
  cells: readonly CellRecord[];
  candidates: readonly CandidateRecord[];
  verdicts: readonly VerdictRecord[];
  pullRequests: readonly PullRequestRecord[];
  dataset: LoopSummary['dataset'];
  frontier: LoopSummary['frontier'];
  frontierRun: FrontierRun | null;
  wallMs: number;
  trials: number;
}

/** The ledger of one loop, from what the state says of it. */
export function summarise(facts: LoopFacts): LoopSummary {
  const variants = facts.cases.flatMap((one) =>
    [...one.visible, ...one.hidden].map((variant) => ({ one, variant })),
  );
  const accepted = new Set(
    facts.candidates
      .filter((candidate) => candidate.state === 'accepted')
      .map((candidate) => candidate.caseId),
  );
  const before = variants.filter(({ variant }) => variant.split === 'guard').length;
  // An accepted candidate passed most trials of every variant: the gate asks for that.
  const after = variants.filter(
    ({ one, variant }) => variant.split === 'guard' || accepted.has(one.id),
  ).length;
  const reasons: Record<string, number> = {};
  for (const verdict of facts.verdicts) {
    if (verdict.verdict === 'accepted') continue;
    for (const { code } of verdict.reasons) reasons[code] = (reasons[code] ?? 0) + 1;
  }
  const faster = facts.cells.filter((cell) => cell.allowed && cell.fate !== null);
  const fate = (name: CellRecord['fate']) => faster.filter((cell) => cell.fate === name).length;
  const state = (name: CandidateRecord['state']) =>
    facts.candidates.filter((candidate) => candidate.state === name).length;
  return {
    target: facts.target,
    loop: facts.loop,
    revision: facts.revision,
    fresh: true,
    signals: facts.signals,
    patterns: facts.patterns,
    cases: { admitted: facts.cases.length, refused: facts.refusals.length, refusals: facts.refusals },
    looksFaster: {
      plans: faster.length,
      fates: {
        wrongRows: fate('wrong-rows'),
        stale: fate('stale'),
        noise: fate('noise'),
        guard: fate('guard'),
        belowObjective: fate('below-objective'),
        notChosen: fate('not-chosen'),
        accepted: fate('accepted'),
      },
    },
    candidates: {
      tried: state('accepted') + state('rejected') + state('inconclusive'),
      accepted: state('accepted'),
      rejected: state('rejected'),
      inconclusive: state('inconclusive'),
      reasons,
    },
    passRate: { before: share(before, variants.length), after: share(after, variants.length) },
    variants: { total: variants.length, before, after },
    dataset: facts.dataset,
    frontier: facts.frontier,
    frontierRun: facts.frontierRun,
    branches: facts.pullRequests.map(({ pattern, branch, speedup }) => ({ pattern, branch, speedup })),
    costs: { wallMs: facts.wallMs, trials: facts.trials, usd: 0 },
  };
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** The ledger for people: the last screen of a loop. */
export function renderLedger(summary: LoopSummary): string {
  const { looksFaster, variants, cases, frontier, frontierRun, candidates } = summary;
  const { fates } = looksFaster;
  const parts: [string, number][] = [
    ['wrong rows', fates.wrongRows],
    ['stale', fates.stale],
    ['noise', fates.noise],
    ['broke a guard', fates.guard],
    ['below the objective', fates.belowObjective],
    ['not chosen', fates.notChosen],
    ['accepted', fates.accepted],
  ];
  const lines = [
    `${summary.patterns} patterns → ${cases.admitted} cases (${cases.refused} refused) · ${looksFaster.plans} plans looked faster once:`,
    `  ${parts.map(([name, count]) => `${name} ${count}`).join(' · ')}`,
    `pass rate ${variants.before}/${variants.total} → ${variants.after}/${variants.total} variants · ` +
      `${counted(summary.branches.length, 'branch', 'branches')} · ` +
      (frontier
        ? `${counted(frontier.cases, 'case')} in ${frontier.dataset}@v${frontier.version}`
        : 'nothing left for a frontier'),
  ];
  if (frontierRun) {
    const fell = frontierRun.cases.filter((one) => one.fell);
    const best = fell.toSorted((a, b) => (b.speedup ?? 0) - (a.speedup ?? 0))[0];
    const how = best?.plan ? ` (${best.plan}, ${formatSpeedup(best.speedup)})` : '';
    lines.push(
      `frontier run --with ${frontierRun.with.join(',')}: ${fell.length} of ${frontierRun.cases.length} fell${how}`,
    );
  }
  if (candidates.inconclusive > 0)
    lines.push(`${candidates.inconclusive} inconclusive: the machine was too noisy; run the loop again`);
  return lines.join('\n');
}

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
