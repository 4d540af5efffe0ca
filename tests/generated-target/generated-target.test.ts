import { randomInt } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { simpleGit } from 'simple-git';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { engineOwner } from '../../cli/engine-owner.ts';
import { equalRows } from '../../datasets/cases/canonical-rows.ts';
import type { ResultSet } from '../../datasets/cases/rows.ts';
import { readQueries } from '../../loops/admit/read-queries.ts';
import { Arm } from '../../loops/target/arm.ts';
import { exportTarget } from '../../loops/target/export-target.ts';
import { type BaseImages, buildArm, ensureBaseImages } from '../../loops/target/images.ts';
import { loadTarget, type Target } from '../../loops/target/load-target.ts';
import { referenceRows } from '../../loops/verify/reference.ts';
import { createLanes } from '../../loops/workflows/lanes.ts';
import { LoopSummary } from '../../loops/workflows/summarise.ts';
import { connectEngine, type Engine } from '../../sandboxes/engine/engine.ts';
import { containersOf } from '../../sandboxes/test-engine.ts';
import { type GeneratedTarget, makeTarget, OBJECTIVE_MS } from './make-target.ts';
import type { Params } from './record-log.ts';

const MINUTE = 60_000;
const whetstone = fileURLToPath(new URL('../../bin/whetstone.mjs', import.meta.url));
const asked = process.env['WHETSTONE_SEED'];
const seed = asked ? Number(asked) : randomInt(1, 1_000_000);

let folder: string;
let state: string;
let generated: GeneratedTarget;
let target: Target;
let engine: Engine;
let summary: LoopSummary;

beforeAll(async () => {
  console.log(`generated target: WHETSTONE_SEED=${seed}`);
  folder = await mkdtemp(join(tmpdir(), 'whetstone-generated-'));
  // The state's database runs as a user of its own, who has to get here.
  await chmod(folder, 0o755);
  state = join(folder, 'state');
  generated = await makeTarget(seed, folder);
  target = await loadTarget(generated.configPath);
  engine = await connectEngine({ owner: engineOwner(state) });
  const { stdout } = await execa(
    'node',
    [whetstone, 'loop', '--once', '--json', '--config', generated.configPath, '--state', state],
    { stderr: process.env['WHETSTONE_VERBOSE'] ? 'inherit' : 'pipe' },
  );
  summary = LoopSummary.loose().parse(JSON.parse(stdout));
  console.log(describeRun());
}, 10 * MINUTE);

afterAll(async () => {
  await execa('node', [whetstone, 'uninstall', '--yes', '--state', state]);
  await rm(folder, { recursive: true, force: true });
}, 2 * MINUTE);

test('most of its admitted cases come under the objective', () => {
  expect(summary.cases.admitted).toBeGreaterThan(0);
  expect(summary.branches.length).toBeGreaterThan(0);
  expect(summary.branches.length / summary.cases.admitted).toBeGreaterThanOrEqual(0.6);
  expect(summary.variants.after).toBeGreaterThan(summary.variants.before);
});

test('every accepted branch is in the remote, and no container is left', async () => {
  const listed = await simpleGit(generated.remote).raw(['branch', '--list', '--format=%(refname:short)']);
  const branches = listed.split('\n').filter((name) => name.startsWith('whetstone/'));
  expect(branches.sort()).toEqual(summary.branches.map(({ branch }) => branch).sort());
  expect(await containersOf(engine)).toEqual([]);
});

test(
  "an accepted branch's code gives the base's rows for parameters that were in no log",
  async () => {
    const options = { progress: () => {}, signal: new AbortController().signal };
    const images = await ensureBaseImages(engine, target, options);
    const open = (image: string) =>
      Arm.open(engine, image, target.config, { purpose: 'generated target', signal: options.signal });
    await using base = await open(images.base);
    const questions = await askBase(base, images.revision);
    const lane = createLanes(2);
    const compare = async (branch: string) => {
      await using candidate = await open(await buildBranch(branch, images, options));
      for (const question of questions) await compareAnswer(candidate, question, branch);
    };
    await Promise.all(summary.branches.map(({ branch }) => lane(() => compare(branch))));
  },
  10 * MINUTE,
);

async function buildBranch(
  branch: string,
  images: BaseImages,
  options: Parameters<typeof buildArm>[5],
): Promise<string> {
  const exported = await exportTarget(generated.remote, branch);
  const built = await buildArm(engine, target, images.data, exported, null, options);
  if ('failed' in built) throw new Error(`${branch} fails in ${built.failed}: ${built.detail}`);
  return built.image;
}

interface Question {
  query: string;
  params: Params;
  ordered: boolean;
  expected: ResultSet;
}

/** Every query with every parameter set that was in no log, and the rows that the base SQL gives. */
async function askBase(base: Arm, revision: string): Promise<Question[]> {
  const { queries } = await readQueries(target, revision);
  const questions: Question[] = [];
  for (const { query, unseen } of generated.workloads) {
    const owned = queries.find(({ name }) => name === query.name);
    if (!owned) throw new Error(`${query.name} is not among the target's queries`);
    const { sql, ordered } = owned;
    for (const params of unseen) {
      const { result } = await referenceRows(base.sql, sql, params, { ordered, limitMs: MINUTE });
      questions.push({ query: query.name, params, ordered, expected: result });
    }
  }
  return questions;
}

async function compareAnswer(
  candidate: Arm,
  { query, params, ordered, expected }: Question,
  branch: string,
): Promise<void> {
  const reply = await candidate.ask(query, params, MINUTE);
  const about = `${branch}: ${query} ${JSON.stringify(params)}`;
  if (reply.outcome !== 'answered') throw new Error(`${about}: ${reply.outcome}`);
  expect(equalRows(expected, reply.result, { ordered }), about).toEqual({ equal: true });
}

/** For people who look at a run: what came of each query. */
function describeRun(): string {
  const { cases, branches, candidates, variants, costs } = summary;
  const accepted = (query: string) => branches.find(({ branch }) => branch.startsWith(`whetstone/${query}-`));
  return [
    `objective ${OBJECTIVE_MS} ms; ${cases.admitted} admitted, ${branches.length} accepted, ${cases.refused} refused; ` +
      `variants ${variants.before} → ${variants.after} of ${variants.total}; ${Math.round(costs.wallMs / 1000)} s`,
    ...generated.workloads.map(({ query, medianMs }) => {
      const branch = accepted(query.name);
      const refusal = cases.refusals.find((one) => one.query === query.name);
      const outcome = branch
        ? `accepted, ${branch.speedup.toFixed(1)}×`
        : refusal
          ? `refused: ${refusal.check}: ${refusal.detail}`
          : 'open';
      return `  ${query.name} (${Math.round(medianMs)} ms): ${outcome}`;
    }),
    `  reasons ${JSON.stringify(candidates.reasons)}`,
  ].join('\n');
}
