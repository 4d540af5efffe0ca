import type { QueryCase } from '../../datasets/cases/case.ts';
import { SandboxFault } from '../../sandboxes/fault.ts';
import { checkPatch, type PatchRules } from '../gate/check-patch.ts';
import { type Evidence, evidenceVariants, scaledObjectiveMs } from '../gate/evidence.ts';
import { judgeCandidate } from '../gate/judge-candidate.ts';
import { planNext } from '../gate/plan-next.ts';
import type { GatePolicy } from '../gate/policy.ts';
import { guardsStage } from '../gate/stages/cost-stages.ts';
import type { Verdict } from '../gate/verdict.ts';
import { Arm } from '../target/arm.ts';
import { buildArm, removeArm } from '../target/images.ts';
import type { LoopContext } from '../workflows/context.ts';
import { ArmPair } from './arm-pair.ts';
import { calibrateNow } from './calibrate.ts';
import { changeData } from './change-data.ts';
import type { GuardQuery } from './check-guard.ts';
import { compareDatabases } from './compare-database.ts';
import { GuardWatch } from './guard-watch.ts';
import { Observations } from './observations.ts';
import { runPairs, runReading, type SessionRequest } from './run-session.ts';
import { storedBytes } from './stored-bytes.ts';

/** How often a step is tried again when the machine, not the candidate, failed. */
const RETRIES = 2;

const TESTS_LIMIT_MS = 5 * 60_000;

/** The other queries cost more than a session: they wait for a candidate that is still in it after the first. */
const GUARDS_IN_SESSION = 2;

export interface VerificationRequest {
  case: QueryCase;
  /** All other queries of the target that have logged parameters. */
  guards: GuardQuery[];
  patch: string;
  rules: PatchRules;
  /** 1 for the first confirm stage on this holdout version. */
  attempt: number;
  policy: GatePolicy;
}

export interface Verification {
  evidence: Evidence;
  verdict: Verdict;
  /** What its trials were scored from. */
  observed: Observations;
}

/**
 * Runs what the gate asks for, step by step, until it is decided. Every session gets fresh containers of both arms.
 * A SandboxFault is tried again and then thrown: it is never a score.
 */
export async function verifyCandidate(
  context: LoopContext,
  request: VerificationRequest,
): Promise<Verification> {
  const run = new VerificationRun(context, request);
  try {
    await run.untilDecided();
    const { evidence, observed } = run;
    return { evidence, verdict: judgeCandidate(evidence, request.policy), observed };
  } finally {
    await run.close();
  }
}

class VerificationRun {
  evidence: Evidence;
  readonly observed = new Observations();
  readonly #context: LoopContext;
  readonly #request: VerificationRequest;
  readonly #started = performance.now();
  #candidateImage: string | undefined;
  #arms: ArmPair | undefined;
  readonly #watch: GuardWatch;

  constructor(context: LoopContext, request: VerificationRequest) {
    this.#context = context;
    this.#request = request;
    this.#watch = new GuardWatch(context, request);
    const { case: queryCase } = request;
    this.evidence = {
      case: queryCase.id,
      query: queryCase.query,
      attempt: request.attempt,
      objective: {
        ms: queryCase.objectiveMs,
        calibrationFreezeMs: queryCase.calibrationMs,
        calibrationNowMs: queryCase.calibrationMs,
      },
      variants: evidenceVariants(queryCase),
      policy: null,
      build: null,
      tests: null,
      database: null,
      sessions: [],
      staleness: null,
      guardQueries: [...request.guards.map(({ query }) => query), queryCase.query],
      guards: [],
      writes: [],
      costs: { wallMs: 0, trials: 0 },
    };
  }

  async untilDecided(): Promise<void> {
    let failures = 0;
    for (;;) {
      this.#context.signal.throwIfAborted();
      const step = planNext(this.evidence, this.#request.policy);
      if (step.do === 'decided') break;
      try {
        await this.#run(step);
      } catch (error) {
        if (!(error instanceof SandboxFault) || failures >= RETRIES) throw error;
        failures += 1;
        this.#context.progress(`${this.evidence.query}: ${error.message} (tried again)`);
        await this.#dropArms();
      }
    }
    this.evidence.costs = {
      wallMs: performance.now() - this.#started,
      trials: this.evidence.sessions.reduce((sum, session) => sum + session.trials.length, 0),
    };
  }

  async #run(step: Exclude<ReturnType<typeof planNext>, { do: 'decided' }>): Promise<void> {
    switch (step.do) {
      case 'policy':
        this.evidence.policy = checkPatch(this.#request.patch, this.#request.rules);
        return;
      case 'build':
        return this.#build();
      case 'database':
        return this.#compareDatabases();
      case 'tests':
        return this.#runTests();
      case 'guards':
        this.evidence.guards = await this.#watch.look(this.evidence.guards, await this.#openArms(), step);
        return;
      case 'guard-writes':
        await this.#writeForGuards(step.queries);
        return this.#dropArms();
      case 'session':
        return this.#runSession(step);
      case 'staleness':
      case 'writes':
        return this.#changeData();
    }
  }

  async #build(): Promise<void> {
    const { engine, target, images, progress, signal } = this.#context;
    const built = await buildArm(engine, target, images.data, images.export, this.#request.patch, {
      progress,
      signal,
    });
    if ('failed' in built) {
      this.evidence.build = { outcome: 'failed', stage: built.failed, detail: built.detail };
      return;
    }
    this.#candidateImage = built.image;
    const { buildMs, refreshMs } = built;
    const { base, candidate } = await this.#openArms();
    const [ours, theirs] = await Promise.all([storedBytes(base, signal), storedBytes(candidate, signal)]);
    this.evidence.build = { outcome: 'ok', addedBytes: Math.max(0, theirs - ours), buildMs, refreshMs };
  }

  async #compareDatabases(): Promise<void> {
    const { base, candidate } = await this.#openArms();
    const differences = await compareDatabases(base.sql, candidate.sql);
    this.evidence.database = differences.map(({ what, name, base: ours, candidate: theirs }) => ({
      kind: what === 'setting' ? ('settings' as const) : ('schema' as const),
      detail: `${name}: ${theirs.slice(0, 200)} instead of ${ours.slice(0, 200)}`,
    }));
  }

  async #runTests(): Promise<void> {
    const { engine, target, signal } = this.#context;
    const command = target.config.commands.test;
    if (!command) {
      this.evidence.tests = 'not-declared';
      return;
    }
    // Tests may write: they get a candidate's container of their own.
    await using arm = await Arm.open(engine, this.#image(), target.config, { purpose: 'tests', signal });
    const result = await arm.command(command, TESTS_LIMIT_MS, signal);
    this.evidence.tests =
      result.exitCode === 0
        ? { outcome: 'passed', detail: '' }
        : {
            outcome: 'failed',
            detail: `${result.outcome}, exit code ${result.exitCode}: ${(result.stdout + result.stderr).slice(-500)}`,
          };
  }

  async #runSession({ pairs, controlPairs }: { pairs: number; controlPairs: number }): Promise<void> {
    const { policy } = this.#request;
    const request = await this.#sessionRequest();
    const trials = await runReading(request);
    const before = this.evidence.sessions;
    const withTrials = { trials, pairs: [], control: [], floorMs: null };
    this.evidence = { ...this.evidence, sessions: [...before, withTrials] };
    if (planNext(this.evidence, policy).do === 'decided') {
      await this.#dropArms();
      return;
    }
    const arms = await this.#openArms();
    const speed = await arms.onOneCpu(before.length, () => runPairs(request, { pairs, controlPairs }));
    if (before.length + 1 === GUARDS_IN_SESSION) await this.#lookAtGuards();
    const changed = await changeData(request);
    this.evidence = {
      ...this.evidence,
      sessions: [...before, { trials: [...trials, ...changed.trials], ...speed }],
      staleness: [...(this.evidence.staleness ?? []), ...changed.staleness],
      writes: [...this.evidence.writes, ...changed.writes],
    };
    const { step } = guardsStage(this.evidence, policy);
    if (step?.do === 'guard-writes') await this.#writeForGuards(step.queries);
    await this.#dropArms();
  }

  /** While the arms are warm and nobody has changed their data. */
  async #lookAtGuards(): Promise<void> {
    for (;;) {
      const { step } = guardsStage(this.evidence, this.#request.policy);
      if (step?.do !== 'guards') return;
      this.evidence.guards = await this.#watch.look(this.evidence.guards, await this.#openArms(), step);
    }
  }

  /** The arms' data is another one after it. */
  async #writeForGuards(queries: readonly string[]): Promise<void> {
    this.evidence.guards = await this.#watch.write(this.evidence.guards, await this.#openArms(), queries);
  }

  async #changeData(): Promise<void> {
    const changed = await changeData(await this.#sessionRequest());
    this.evidence.staleness = [...(this.evidence.staleness ?? []), ...changed.staleness];
    this.evidence.writes = [...this.evidence.writes, ...changed.writes];
    await this.#dropArms();
  }

  async #sessionRequest(): Promise<SessionRequest> {
    const arms = await this.#openArms();
    // Each session anew: its trials meet the neighbours of this moment.
    this.evidence.objective.calibrationNowMs = await calibrateNow(arms.base.sql);
    return {
      base: arms.base,
      candidate: arms.candidate,
      case: this.#request.case,
      objectiveMs: scaledObjectiveMs(this.evidence.objective),
      offset: this.evidence.sessions.length * 7,
      refresh: this.#context.target.config.commands.refresh,
      observed: this.observed,
      signal: this.#context.signal,
    };
  }

  /** The arms that are open and whose data nobody changed, or fresh ones. */
  async #openArms(): Promise<ArmPair> {
    this.#arms ??= await ArmPair.open(this.#context, this.#image());
    return this.#arms;
  }

  async #dropArms(): Promise<void> {
    const arms = this.#arms;
    this.#arms = undefined;
    await arms?.[Symbol.asyncDispose]();
  }

  #image(): string {
    if (this.#candidateImage === undefined)
      throw new Error('the gate asked for an arm before its image was built');
    return this.#candidateImage;
  }

  async close(): Promise<void> {
    await this.#dropArms();
    if (this.#candidateImage !== undefined) await removeArm(this.#context.engine, this.#candidateImage);
  }
}
