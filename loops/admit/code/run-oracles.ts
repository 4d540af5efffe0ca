import { simpleGit } from 'simple-git';
import type { CodeCase } from '../../../datasets/cases/code-case.ts';
import { Fault } from '../../../datasets/fault.ts';
import type { ScratchRepository } from '../../target/scratch-repository.ts';
import { sourceMatcher } from '../../target/source-matcher.ts';
import { runSuite } from '../../verify/code/run-suite.ts';
import type { SuiteRun } from '../../verify/code/suite-run.ts';
import type { Variation } from '../../verify/code/variation.ts';
import type { CodeContext } from '../../workflows/code-context.ts';
import { runVaried } from './base-runs.ts';
import type { AloneRun, OracleRuns } from './case-grounds.ts';
import { type Oracle, readWholeFiles } from './oracle.ts';
import { roundsOf } from './rounds.ts';
import { withArm } from './with-arm.ts';

/** All of which an oracle must pass (gate.md). */
const ORACLE_TRIALS = 5;

/** A solution as it was given: the text of a git patch, or a revision of the target. */
export interface GivenOracle {
  name: string;
  patch?: string;
}

/** Reads oracles down to what they do to the code under test: nothing else of them is run. */
export async function readOracles(
  { target }: CodeContext,
  { scratch, texts: all }: { scratch: ScratchRepository; texts: ReadonlyMap<string, string> },
  given: readonly GivenOracle[],
): Promise<Oracle[]> {
  const isSource = sourceMatcher(target);
  const base = [...all].filter(([file]) => isSource(file));
  const oracles: Oracle[] = [];
  for (const { name, patch } of given) {
    const tree =
      patch === undefined ? await revisionOf(target.path, name) : await scratch.treeOf(patch, name);
    const files = (await scratch.changed(tree)).filter(isSource);
    if (files.length === 0) {
      oracles.push({ name, patch: '', sources: new Map(base), added: new Map() });
      continue;
    }
    const { texts, added } = readWholeFiles(await scratch.patchOf(tree, files, { wholeFiles: true }));
    const kept = base.filter(([file]) => !files.includes(file));
    oracles.push({
      name,
      patch: await scratch.patchOf(tree, files),
      sources: new Map([...kept, ...texts]),
      added,
    });
  }
  return oracles;
}

async function revisionOf(repository: string, name: string): Promise<string> {
  try {
    return (
      await simpleGit(repository).revparse(['--verify', '--end-of-options', `${name}^{commit}`])
    ).trim();
  } catch (cause) {
    throw new Fault('no-oracle', `${name} is neither a file nor a revision of ${repository}`, {
      hint: 'name a git patch that mends the code, or a branch, tag or commit that holds it mended',
      cause,
    });
  }
}

/** Runs the oracles as a verdict runs a candidate, and each test of the cases by itself, on the base and on every oracle. */
export async function runOracles(
  context: CodeContext,
  oracles: readonly Oracle[],
  drafts: readonly CodeCase[],
): Promise<{ oracles: OracleRuns[]; alone: AloneRun[] | null }> {
  const apart = context.images.tests !== null;
  const alone = apart ? await runAlone(context, context.images.base, null, drafts) : null;
  const ran: OracleRuns[] = [];
  for (const oracle of oracles) {
    await withArm(context, oracle.patch, async (code) => {
      const run = (what: string, variation: Variation = {}): Promise<SuiteRun> => {
        context.progress(`oracle ${oracle.name} ${what}`);
        return runSuite(context, { code, purpose: `oracle ${what}`, variation });
      };
      const plain: SuiteRun[] = [];
      for (let at = 1; at <= ORACLE_TRIALS; at++) plain.push(await run(`trial ${at} of ${ORACLE_TRIALS}`));
      const varied = await runVaried(context.now(), run);
      alone?.push(...(await runAlone(context, code, oracle.name, drafts)));
      ran.push({ oracle, plain, varied });
    });
  }
  return { oracles: ran, alone };
}

async function runAlone(
  context: CodeContext,
  code: string,
  oracle: string | null,
  drafts: readonly CodeCase[],
): Promise<AloneRun[]> {
  const runs: AloneRun[] = [];
  for (const tests of roundsOf(drafts)) {
    context.progress(`${tests.length} tests one by one`);
    const named = tests.map(({ path }) => path.join(' '));
    const files = tests.map(({ file }) => file);
    const run = await runSuite(context, { code, purpose: 'tests one by one', files, named });
    runs.push({ tests: new Set(tests.map(({ id }) => id)), oracle, run });
  }
  return runs;
}
