import { type CodeCase, fileOfTest, testIdsOf } from '../../../datasets/cases/code-case.ts';
import { SandboxFault } from '../../../sandboxes/fault.ts';
import { checkPatch, type PatchRules } from '../../gate/check-patch.ts';
import {
  type BesideRun,
  type CodeEvidence,
  evidenceTests,
  type SuiteTrial,
} from '../../gate/code/code-evidence.ts';
import type { CodeVerdict } from '../../gate/code/code-verdict.ts';
import { type CodeStep, judgeCode } from '../../gate/code/judge-code.ts';
import type { Arm } from '../../gate/evidence.ts';
import type { ProtocolPolicy } from '../../gate/protocol/protocol-policy.ts';
import { buildCodeArm, removeCodeArm } from '../../target/code-images.ts';
import type { CodeContext } from '../../workflows/code-context.ts';
import { Observations } from '../observations.ts';
import { detailOf } from './detail-of.ts';
import { findCopied } from './find-copied.ts';
import { runSuite } from './run-suite.ts';
import { runSuiteTogether } from './run-suite-together.ts';
import { runTwin } from './run-twin.ts';
import { outcomeOf, type SuiteRun } from './suite-run.ts';

export interface CodeVerificationRequest {
  case: CodeCase;
  patch: string;
  rules: PatchRules;
  /** 1 for the first confirm stage on this holdout version. */
  attempt: number;
  policy: ProtocolPolicy;
}

export interface CodeVerification {
  evidence: CodeEvidence;
  verdict: CodeVerdict;
  /** What its trials were scored from. */
  observed: Observations;
}

/**
 * Runs what the gate asks for, step by step, until it is decided. A SandboxFault is tried again within the policy's
 * limit and then thrown: it is never a score.
 */
export async function verifyCodeCandidate(
  context: CodeContext,
  request: CodeVerificationRequest,
): Promise<CodeVerification> {
  const started = performance.now();
  const evidence = noEvidence(context, request);
  const observed = new Observations();
  const run = new CodeVerificationRun(context, request, { evidence, observed });
  try {
    for (;;) {
      context.signal.throwIfAborted();
      const { next } = judgeCode(evidence, request.policy);
      if (next.do === 'decided') break;
      try {
        await run.step(next);
      } catch (error) {
        if (!(error instanceof SandboxFault) || evidence.infraErrors >= request.policy.maxInfraErrors)
          throw error;
        evidence.infraErrors += 1;
        context.progress(`${request.case.id}: ${error.message} (tried again)`);
      }
    }
  } finally {
    await run.close();
  }
  evidence.wallMs = performance.now() - started;
  return { evidence, verdict: judgeCode(evidence, request.policy).verdict, observed };
}

function noEvidence(
  { images }: CodeContext,
  { case: codeCase, attempt }: CodeVerificationRequest,
): CodeEvidence {
  return {
    case: codeCase.id,
    pattern: codeCase.pattern,
    attempt,
    tests: evidenceTests(codeCase),
    guards: codeCase.guards,
    besideGuards: codeCase.besideGuards,
    policy: null,
    build: null,
    beside: images.tests === null ? null : [],
    runs: [],
    twin: null,
    copied: [],
    infraErrors: 0,
    wallMs: 0,
  };
}

class CodeVerificationRun {
  readonly #context: CodeContext;
  readonly #request: CodeVerificationRequest;
  readonly #evidence: CodeEvidence;
  readonly #observed: Observations;
  #image: string | undefined;

  constructor(
    context: CodeContext,
    request: CodeVerificationRequest,
    { evidence, observed }: Pick<CodeVerification, 'evidence' | 'observed'>,
  ) {
    this.#context = context;
    this.#request = request;
    this.#evidence = evidence;
    this.#observed = observed;
  }

  async step(step: Exclude<CodeStep, { do: 'decided' }>): Promise<void> {
    switch (step.do) {
      case 'policy': {
        const { patch, rules } = this.#request;
        const findings = checkPatch(patch, rules);
        const { target, images } = this.#context;
        // Of a patch that is refused nothing more is read.
        if (findings.length === 0) this.#evidence.copied = await findCopied(target, images.revision, patch);
        this.#evidence.policy = findings;
        return;
      }
      case 'build':
        return this.#build();
      case 'beside':
        this.#evidence.beside?.push(await this.#runBeside());
        return;
      case 'run':
        this.#evidence.runs.push(await this.#run(step.arm, step.only));
        return;
      case 'twin':
        this.#evidence.twin = await runTwin(this.#context, this.#request.case, this.#candidate());
        return;
    }
  }

  async #build(): Promise<void> {
    const { engine, target, images, progress, signal } = this.#context;
    const built = await buildCodeArm(engine, target, images, this.#request.patch, { progress, signal });
    if ('failed' in built) {
      this.#evidence.build = { outcome: 'failed', detail: built.failed };
      return;
    }
    this.#image = built.image;
    this.#evidence.build = { outcome: 'ok' };
  }

  async #runBeside(): Promise<BesideRun> {
    const { case: codeCase } = this.#request;
    const purpose = `candidate beside the tests of ${codeCase.id}`;
    const run = await runSuiteTogether(this.#context, { code: this.#candidate(), purpose });
    return this.#trialOf(run, [...testIdsOf(codeCase), ...codeCase.besideGuards]);
  }

  async #run(arm: Arm, only: readonly string[] | null): Promise<SuiteTrial> {
    const { case: codeCase } = this.#request;
    const run = await runSuite(this.#context, {
      code: arm === 'base' ? this.#context.images.base : this.#candidate(),
      purpose: `${arm} of ${codeCase.id}`,
      ...(only ? { files: filesOf(codeCase, only) } : {}),
    });
    const all = [...testIdsOf(codeCase), ...codeCase.guards];
    const signs = run.ended === 'reported' ? run.signs : [];
    return { arm, ...this.#trialOf(run, only ?? all), signs };
  }

  #trialOf(run: SuiteRun, ids: readonly string[]): BesideRun {
    return {
      outcomes: Object.fromEntries(ids.map((id) => [id, outcomeOf(run, id)])),
      ended: run.ended,
      detail: detailOf(run, ids),
      report: run.ended === 'reported' ? this.#observed.keep(run.text) : null,
      wallMs: run.wallMs,
    };
  }

  #candidate(): string {
    if (this.#image === undefined) throw new Error('the gate asked for a run before the candidate was built');
    return this.#image;
  }

  async close(): Promise<void> {
    const { engine, images } = this.#context;
    if (this.#image !== undefined) await removeCodeArm(engine, images, this.#image);
  }
}

/** The test files that these tests are in. */
function filesOf(codeCase: CodeCase, ids: readonly string[]): string[] {
  return [...new Set(ids.flatMap((id) => fileOfTest(codeCase, id) ?? []))];
}
