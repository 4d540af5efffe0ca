import { randomInt } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../loops/gate/statistics/seeded-random.ts';
import { caseView } from '../loops/workflows/case-view.ts';
import { callTool } from '../tools/call-tool.ts';
import { tools } from '../tools/index.ts';
import type { Services } from '../tools/services.ts';
import { Draw } from './generated-target/draw.ts';
import { type FlightsLoop, flightsLoop } from './support/flights-loop.ts';
import { gateCheats, gateNullPatches, type Judged } from './support/gate-rejections.ts';
import { openPatchedTarget } from './support/patches/patched-target.ts';
import { drawLines } from './support/patches/rejections.ts';

const MINUTE = 60_000;
const NULL_PATCHES = 3;
const asked = process.env['WHETSTONE_SEED'];
const seed = asked ? Number(asked) : randomInt(1, 1_000_000);

/** Others by another seed; `npm run acceptance` has them all. */
const CHEATS = drawLines(new Draw(seededRandom(seed)));

let loop: FlightsLoop;

beforeAll(async () => {
  console.log(`patches: WHETSTONE_SEED=${seed}`);
  loop = await flightsLoop();
}, 15 * MINUTE);

const say = ({ what, case: id, document, problem, wallMs }: Judged) =>
  console.log(
    `${problem === '' ? 'as it must be' : 'WRONG'}: ${what} (${id}): ${document.verdict} ${document.reasons.map(({ code }) => code).join(', ')}, ${Math.round(wallMs / 1000)} s`,
  );

test('a cheat is rejected for the right reason', { timeout: 15 * MINUTE }, async () => {
  const judged: Judged[] = [];
  await gateCheats(loop, { seed, cheats: CHEATS }, (one) => {
    say(one);
    judged.push(one);
  });
  expect(judged.filter(({ problem }) => problem !== '')).toEqual([]);
  expect(judged.map(({ what }) => what).sort()).toEqual(CHEATS.toSorted());
});

test('a patch that changes nothing that matters is not accepted', { timeout: 10 * MINUTE }, async () => {
  const judged: Judged[] = [];
  await gateNullPatches(loop, { seed, count: NULL_PATCHES }, (one) => {
    say(one);
    judged.push(one);
  });
  expect(judged.filter(({ problem }) => problem !== '')).toEqual([]);
  expect(judged).toHaveLength(NULL_PATCHES);
});

test('what a fixer is told of a case has nothing of its hidden variants', async () => {
  const { target, cases } = await openPatchedTarget(loop.configPath);
  expect(cases.length).toBeGreaterThan(0);
  for (const queryCase of cases) {
    const services = {
      cases: { get: async () => caseView(queryCase, target, target.config.allow) },
    } as unknown as Services;
    const told = await callTool(
      tools.case_get,
      { case: queryCase.id },
      {
        principal: { id: 'fixer', role: 'fixer' },
        signal: new AbortController().signal,
        progress: () => {},
        services,
      },
    );
    const said = JSON.stringify(told);
    const visible = new Set(queryCase.visible.map(({ params }) => JSON.stringify(params)));
    const sealed = [...queryCase.hidden.map(({ params }) => params), ...queryCase.pool]
      .map((params) => JSON.stringify(params))
      .filter((params) => !visible.has(params));
    expect(sealed.length, queryCase.id).toBeGreaterThan(0);
    expect(
      sealed.filter((params) => said.includes(params) || said.includes(JSON.stringify(params).slice(1, -1))),
      queryCase.id,
    ).toEqual([]);
    for (const { id, sha256 } of queryCase.hidden) {
      expect(said).not.toContain(sha256);
      expect(said).not.toContain(`"${id}"`);
    }
  }
});
