import path from 'node:path';
import { readCase } from '../../datasets/cases/case-folder.ts';
import { readCodeCase } from '../../datasets/cases/code-case-folder.ts';
import { type Dataset, readDataset, verifyDataset } from '../../datasets/cases/dataset.ts';
import { Fault } from '../../datasets/fault.ts';
import { checkPatch, type PatchRules } from '../gate/check-patch.ts';
import { CodeEvidence } from '../gate/code/code-evidence.ts';
import { judgeCode } from '../gate/code/judge-code.ts';
import { Evidence, Observed, type PolicyFinding } from '../gate/evidence.ts';
import { judgeCandidate } from '../gate/judge-candidate.ts';
import type { Reason } from '../gate/reason.ts';
import type { Verdict } from '../gate/verdict.ts';
import type { VerdictRecord } from '../state/stores/candidate-store.ts';
import type { RunRecord, TrialRecord } from '../state/stores/trial-store.ts';
import { type CodeTarget, isCodeTarget, type Target } from '../target/load-target.ts';
import { findCopied } from '../verify/code/find-copied.ts';
import { readSuiteReport } from '../verify/code/report-file.ts';
import { rescoreCode } from '../verify/code/rescore-code.ts';
import { rescoreEvidence, rescoreTrial, type Texts } from '../verify/rescore-queries.ts';
import type { RescoredTrial } from '../verify/rescored-trial.ts';
import type { LoopContext } from './context.ts';
import { type DatasetVersion, findDataset } from './find-dataset.ts';
import { gatePolicy, patchRules } from './gate-candidate.ts';
import { codePatchRules, codePolicy } from './gate-code.ts';

export type RescoreContext = Pick<LoopContext, 'state' | 'progress' | 'signal'> & {
  target: Target | CodeTarget;
};

export interface RescoreRequest {
  /** Ids of runs; empty: every one. */
  runs: readonly string[];
  /** `NAME` or `NAME@vN`; undefined: the newest version of each run's own. */
  dataset: string | undefined;
}

export interface VerdictAgain {
  run: string;
  case: string;
  candidate: string;
  from: Verdict['verdict'];
  /** `unknown`: what some of its trials saw was not kept. */
  to: Verdict['verdict'] | 'not-asked' | 'unknown';
  reasons: Reason[];
}

export interface Rescoring {
  runs: { run: string; dataset: string; version: number; trials: number }[];
  trials: (RescoredTrial & { run: string; case: string })[];
  verdicts: VerdictAgain[];
}

/**
 * Trials and verdicts that were kept, under today's verifier, rules and cases: nothing is run. Nothing is changed either: an
 * acceptance needs trials that were planned before anybody knew them.
 *
 * @throws Fault `no-such-run`, `no-such-dataset`, `broken-dataset`
 */
export async function rescore(context: RescoreContext, request: RescoreRequest): Promise<Rescoring> {
  const { state, target, progress, signal } = context;
  const runs = await wantedRuns(context, request.runs);
  const versions = new Map<string, FrozenDataset>();
  const rescoring: Rescoring = { runs: [], trials: [], verdicts: [] };
  for (const run of runs) {
    signal.throwIfAborted();
    const wanted = request.dataset ?? run.dataset;
    const now = versions.get(wanted) ?? (await frozenVersion(target, wanted));
    versions.set(wanted, now);
    const again = new RunAgain(context, { run, now, verdict: await state.candidates.verdictOf(run.id) });
    const { trials, verdict } = isCodeTarget(target) ? await again.code(target) : await again.queries(target);
    rescoring.runs.push({
      run: run.id,
      dataset: now.name,
      version: now.version,
      trials: trials.length,
    });
    rescoring.trials.push(...trials.map((trial) => ({ run: run.id, ...trial })));
    if (verdict) rescoring.verdicts.push(verdict);
    progress(`${run.id}: ${trials.length} trials scored again`);
  }
  return rescoring;
}

async function wantedRuns({ state }: RescoreContext, wanted: readonly string[]): Promise<RunRecord[]> {
  const known = await state.trials.runs();
  const missing = wanted.find((id) => !known.some((run) => run.id === id));
  if (missing !== undefined) {
    const newest = known.slice(-3).map(({ id }) => id);
    throw new Fault('no-such-run', `There is no run ${missing} of this target.`, {
      hint:
        newest.length > 0
          ? `The newest are ${newest.join(', ')}; without a name all are scored again.`
          : 'Nothing was measured yet: `whetstone gate --patch F` or `whetstone eval` does.',
    });
  }
  return wanted.length === 0 ? known : known.filter(({ id }) => wanted.includes(id));
}

interface FrozenDataset extends DatasetVersion {
  cases: Dataset['cases'];
}

/** Rules that somebody may still be editing are no corrected rules. */
async function frozenVersion(target: Target | CodeTarget, reference: string): Promise<FrozenDataset> {
  const found = await findDataset(target, reference);
  const [finding] = await verifyDataset(found.root, found.version);
  if (!finding) return { ...found, cases: (await readDataset(found.root, found.version)).cases };
  const place = [finding.case, finding.path].filter(Boolean).join('/');
  throw new Fault(
    'broken-dataset',
    `${found.folder} is not as it was frozen: ${place} (${finding.problem}).`,
    {
      hint: '`whetstone dataset freeze` makes edits the next version.',
    },
  );
}

interface Kept {
  run: RunRecord;
  /** The version that it is scored by. */
  now: FrozenDataset;
  verdict: VerdictRecord | undefined;
}

interface Again {
  trials: (RescoredTrial & { case: string })[];
  verdict?: VerdictAgain;
}

class RunAgain {
  readonly #context: RescoreContext;
  readonly #kept: Kept;

  constructor(context: RescoreContext, kept: Kept) {
    this.#context = context;
    this.#kept = kept;
  }

  /** Of code there are runs of the gate alone. */
  async code(target: CodeTarget): Promise<Again> {
    const { run, verdict } = this.#kept;
    const evidence = CodeEvidence.safeParse(verdict?.evidence).data;
    if (!verdict || !evidence) return { trials: [] };
    const after = await this.#caseNow(evidence.case, readCodeCase);
    if (!after) return this.#dropped(evidence.case, await this.#records());
    const names = [...(evidence.beside ?? []), ...evidence.runs].flatMap(({ report }) => report ?? []);
    const { format } = target.config.tests.report;
    const reports = new Map(
      [...(await this.#texts(names))].map(([name, text]) => [name, readSuiteReport(text, format)]),
    );
    const again = rescoreCode(evidence, after, reports);
    const patch = await this.#lookAtPatch(again.evidence, codePatchRules(target));
    if (patch !== undefined) again.evidence.copied = await findCopied(target, run.revision, patch);
    const { verdict: judged } = judgeCode(again.evidence, codePolicy(target));
    return this.#judged(after.id, again.trials, judged);
  }

  async queries(target: Target): Promise<Again> {
    const records = await this.#records();
    const evidence = Evidence.safeParse(this.#kept.verdict?.evidence).data;
    const texts = await this.#texts(
      [...records.flatMap((one) => observedOf(one) ?? []), ...observedIn(evidence)].flatMap(
        ({ rows, reference }) => [rows, reference].flatMap((name) => name ?? []),
      ),
    );
    if (!evidence) {
      const again = [];
      for (const id of new Set(records.map(({ caseId }) => caseId)))
        again.push(await this.#trialsOf(id, records, texts));
      return { trials: again.flat() };
    }
    const change = await this.#changeOf(evidence.case);
    if (!change) return this.#dropped(evidence.case, records);
    const again = rescoreEvidence(evidence, change, texts);
    await this.#lookAtPatch(again.evidence, patchRules(target));
    return this.#judged(evidence.case, again.trials, judgeCandidate(again.evidence, gatePolicy(target)));
  }

  /** Of a run without a verdict. */
  async #trialsOf(id: string, all: readonly TrialRecord[], texts: Texts): Promise<Again['trials']> {
    const records = all.filter(({ caseId }) => caseId === id);
    const change = await this.#changeOf(id);
    if (!change) return this.#dropped(id, records).trials;
    return records.map((record) => {
      const { variant, outcome, ms } = record;
      const { outcome: to, why } = rescoreTrial(
        { variant, outcome, ms, rowsEqual: null, observed: observedOf(record) },
        change,
        texts,
      );
      return { ...trialOf(record), to, why };
    });
  }

  /** The static check once more, where it was made; the patch, where it was kept. */
  async #lookAtPatch(
    evidence: { policy: PolicyFinding[] | null },
    rules: PatchRules,
  ): Promise<string | undefined> {
    const { verdict } = this.#kept;
    if (!verdict || evidence.policy === null) return undefined;
    const patch = (await this.#context.state.candidates.find(verdict.candidateId))?.patch;
    if (patch !== undefined) evidence.policy = checkPatch(patch, rules);
    return patch;
  }

  #judged(
    id: string,
    trials: readonly RescoredTrial[],
    { verdict: to, reasons }: Pick<Verdict, 'verdict' | 'reasons'>,
  ): Again {
    const isKnown = trials.every((trial) => trial.to !== 'unknown');
    return {
      trials: trials.map((trial) => ({ ...trial, case: id })),
      ...this.#verdictAgain(id, isKnown ? to : 'unknown', isKnown ? reasons : []),
    };
  }

  #dropped(id: string, records: readonly TrialRecord[]): Again {
    const why = `${this.#kept.now.name}@v${this.#kept.now.version} has no such case any more`;
    return {
      trials: records.map((record) => ({ ...trialOf(record), to: 'not-asked', why })),
      ...this.#verdictAgain(id, 'not-asked', []),
    };
  }

  #verdictAgain(id: string, to: VerdictAgain['to'], reasons: Reason[]): Pick<Again, 'verdict'> {
    const { verdict, run } = this.#kept;
    if (!verdict) return {};
    const { candidateId: candidate, verdict: from } = verdict;
    return { verdict: { run: run.id, case: id, candidate, from, to, reasons } };
  }

  async #changeOf(id: string) {
    const { run, now } = this.#kept;
    const after = await this.#caseNow(id, readCase);
    const before = after && (await readCase(path.join(now.root, `v${run.version}`, 'cases', id)));
    return before && { before, after };
  }

  /** A case as the version has it that it is scored by. */
  async #caseNow<Case>(id: string, read: (folder: string) => Promise<Case>): Promise<Case | undefined> {
    const { cases, folder } = this.#kept.now;
    return cases.some((one) => one.id === id) ? read(path.join(folder, 'cases', id)) : undefined;
  }

  #records = () => this.#context.state.trials.ofRun(this.#kept.run.id);

  #texts = (names: Iterable<string>) => this.#context.state.observations.read(names);
}

const trialOf = ({ caseId, arm, variant, session, outcome }: TrialRecord) => ({
  case: caseId,
  arm: arm === 'baseline' ? ('base' as const) : arm,
  variant,
  session,
  from: outcome,
});

/** What a record of a slow query's trial says that it saw. */
const observedOf = ({ seen }: TrialRecord): Observed | undefined =>
  Observed.safeParse((seen as { observed?: unknown } | null)?.observed).data;

const observedIn = (evidence: Evidence | undefined): Observed[] =>
  (evidence?.sessions ?? []).flatMap(({ trials }) => trials.flatMap(({ observed }) => observed ?? []));
