import { expect, test } from 'vitest';
import { temporaryState } from '../loops/state/fixtures/spawn-fixture.ts';
import { openState } from '../loops/state/open-state.ts';
import { stateDirectory } from '../loops/state/state-directory.ts';
import { smallCase } from './support/small-case.ts';
import { smallTarget } from './support/small-target.ts';

test('without a state each says what to run first, and makes none', async () => {
  await using target = await smallTarget();
  for (const words of [['matrix'], ['frontier', 'list'], ['pr', 'list'], ['pr', 'show', '1']]) {
    const done = await target.whetstone(...words, '--json');
    expect(done.exitCode, words.join(' ')).toBe(2);
    expect(JSON.parse(done.stdout).error).toMatchObject({
      code: 'no-state',
      hint: expect.stringContaining('whetstone loop'),
    });
  }
  expect((await target.whetstone('dataset', 'list')).exitCode).toBe(0);
});

test('matrix, frontier list and pr tell what the state holds', async () => {
  await using target = await smallTarget();
  await using directory = await temporaryState();
  const ask = async (...words: string[]) => {
    const done = await target.whetstone(...words, '--state', directory.path);
    return { ...done, stderr: done.stderr.replaceAll(/\s+/g, ' ') };
  };
  const program = (...words: string[]) => target.program(...words, '--json', '--state', directory.path);
  await stateDirectory({ state: directory.path, env: {}, target: 'shop', isRoot: true, home: '/' });
  await using state = await openState({
    stateDirectory: directory.path,
    target: 'shop',
    progress: () => undefined,
    signal: new AbortController().signal,
  });

  const dataset = await target.freeze([smallCase('customers'), smallCase('orders')]);
  const noCells = await ask('matrix');
  expect(noCells).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('no plan was tried') });
  expect(await ask('pr', 'list')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('No candidate'),
  });
  expect(await ask('frontier', 'list')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('nothing is on the frontier'),
  });

  const cell = { storageBytes: 8192, buildMs: 12, firstMs: 3, engine: null, allowed: true, detail: '' };
  const save = (
    rest: Pick<
      Parameters<typeof state.cells.save>[0],
      'caseId' | 'planId' | 'kind' | 'state' | 'medianMs' | 'fate'
    >,
  ) => state.cells.save({ ...cell, label: `plan ${rest.planId}`, ...rest });
  await save({ caseId: 'orders', planId: 'a', kind: 'index', state: 'ok', medianMs: 4, fate: 'accepted' });
  await save({
    caseId: 'orders',
    planId: 'b',
    kind: 'rewrite',
    state: 'ok',
    medianMs: 2,
    fate: 'wrong-rows',
  });
  await save({
    caseId: 'orders',
    planId: 'c',
    kind: 'materialise',
    state: 'wrong',
    medianMs: null,
    fate: null,
  });
  await save({
    caseId: 'customers',
    planId: 'd',
    kind: 'index',
    state: 'stopped',
    medianMs: 350,
    fate: null,
  });

  const matrix = JSON.parse((await program('matrix')).stdout);
  expect(matrix).toMatchObject({ dataset: 'shop', version: 1, sha256: dataset.sha256 });
  expect(matrix.cells).toHaveLength(4);
  // The fastest was shown to be wrong by the gate, so it is nobody's best.
  expect(matrix.best).toEqual([{ case: 'orders', plan: 'a', label: 'plan a', medianMs: 4, speedup: 100 }]);
  const shown = await ask('matrix');
  expect(shown.stdout).toMatch(/orders +400 ms +50\.0 ms +▸4\.00 ms +✗ +✗ +100× +plan a/);
  expect(shown.stdout).toMatch(/customers +400 ms +50\.0 ms +>350 ms +· +· +no plan/);
  const one = await ask('matrix', 'orders');
  expect(one.stdout).toMatch(/▸ +4\.00 ms +8 kB +12\.0 ms +index +accepted +plan a/);
  expect(await ask('matrix', 'nope')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('it has: customers, orders'),
  });

  const frontier = await target.freeze([smallCase('customers')], { frontier: true });
  const since = new Date('2026-01-02T03:04:05Z');
  await state.publications.freezeFrontier([
    {
      dataset: 'shop-frontier',
      version: 1,
      caseId: 'customers',
      since,
      bestAttempt: { plan: 'plan d', kind: 'index', medianMs: 350 },
      audit: {},
    },
  ]);
  expect(JSON.parse((await program('frontier', 'list')).stdout)).toMatchObject({
    dataset: 'shop-frontier',
    version: 1,
    sha256: frontier.sha256,
    cases: [
      {
        id: 'customers',
        since: since.toISOString(),
        bestAttempt: { plan: 'plan d', kind: 'index', medianMs: 350 },
        outcome: null,
      },
    ],
  });
  expect((await ask('frontier', 'list')).stdout).toMatch(
    /customers +2026-01-02 +350 ms +not run again +index/,
  );

  const { id: candidateId } = await state.candidates.submit({
    caseId: 'orders',
    pattern: 'f'.repeat(16),
    patch: 'diff --git a/x b/x\n',
    kind: 'index',
    label: 'plan a',
    planId: 'a',
    rationale: '',
    submittedBy: 'test',
  });
  await state.candidates.recordVerdict({
    candidateId,
    run: 'r1',
    verdict: 'accepted',
    reasons: [],
    document: {},
    evidence: null,
  });
  await state.publications.openPullRequest({
    pattern: 'f'.repeat(16),
    candidateId,
    branch: 'whetstone/orders',
    commit: 'c'.repeat(40),
    url: null,
    title: 'orders: 38× faster',
    body: '## Evidence\n\n38 of 38',
    speedup: 38,
  });
  expect(JSON.parse((await program('pr', 'list')).stdout)).toMatchObject({
    prs: [{ id: 1, branch: 'whetstone/orders', state: 'open', verdict: 'accepted', url: null, speedup: 38 }],
  });
  expect((await ask('pr', 'list')).stdout).toMatch(/1 +open +accepted +38× +whetstone\/orders +orders: 38×/);
  for (const name of ['1', '#1', 'whetstone/orders']) {
    expect((await ask('pr', 'show', name)).stdout).toContain('## Evidence\n\n38 of 38');
  }
  const body = JSON.parse((await program('pr', 'show', '1')).stdout);
  expect(body.prs[0]).toMatchObject({ body: '## Evidence\n\n38 of 38', patch: 'diff --git a/x b/x\n' });
  expect(await ask('pr', 'show', '7')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('1 (whetstone/orders)'),
  });
});
