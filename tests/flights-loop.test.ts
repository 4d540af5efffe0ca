import { randomInt } from 'node:crypto';
import { simpleGit } from 'simple-git';
import { expect, test } from 'vitest';
import { engineOwner } from '../cli/engine-owner.ts';
import { loadTarget } from '../loops/target/load-target.ts';
import { renderLedger } from '../loops/workflows/summarise.ts';
import { label } from '../sandboxes/containers/labels.ts';
import { connectEngine } from '../sandboxes/engine/engine.ts';
import { flightsLoop } from './support/flights-loop.ts';
import { type Judged, remeasure } from './support/gate-rejections.ts';

// npm start does everything that a bare clone needs, so this is as long as the whole loop.
const LOOP_MS = 15 * 60_000;

test('npm start mines, gates, publishes and asks its frontier anew', { timeout: LOOP_MS }, async () => {
  const { summary, configPath, stateDirectory } = await flightsLoop();
  console.log(renderLedger(summary));
  expect(summary.fresh).toBe(true);
  expect(summary.patterns).toBeGreaterThanOrEqual(12);
  expect(summary.cases.admitted).toBeGreaterThanOrEqual(8);
  expect(summary.candidates.accepted).toBeGreaterThanOrEqual(5);
  expect(summary.passRate.after).toBeGreaterThan(summary.passRate.before);

  const { fates, plans } = { ...summary.looksFaster };
  expect(Object.values(fates).reduce((sum, count) => sum + count, 0)).toBe(plans);

  const target = await loadTarget(configPath);
  const branches = await simpleGit(target.remote).raw([
    'for-each-ref',
    '--format=%(refname:short)',
    'refs/heads/whetstone',
  ]);
  expect(branches.trim().split('\n').sort()).toEqual(summary.branches.map(({ branch }) => branch).sort());

  const engine = await connectEngine({ owner: engineOwner(stateDirectory) });
  const owned = [`${label.owner}=${engine.owner}`];
  expect(await engine.docker.listContainers({ all: true, filters: { label: owned } })).toEqual([]);
});

test('an accepted branch is accepted again, and its range meets the claimed one', {
  timeout: LOOP_MS,
}, async () => {
  const loop = await flightsLoop();
  const claimed = loop.summary.branches[randomInt(loop.summary.branches.length)];
  const judged: Judged[] = [];
  await remeasure(loop, [claimed?.branch ?? ''], (one) => judged.push(one));
  expect(judged.map(({ problem }) => problem)).toEqual(['']);
});
