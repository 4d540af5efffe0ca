import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryState } from '../fixtures/spawn-fixture.ts';
import { openState, type State } from '../open-state.ts';
import { stateDirectory } from '../state-directory.ts';

let directory: Awaited<ReturnType<typeof temporaryState>>;
let state: State;
let other: State;

beforeAll(async () => {
  directory = await temporaryState();
  await stateDirectory({
    state: directory.path,
    env: {},
    target: 'one',
    isRoot: process.getuid?.() === 0,
    home: '/',
  });
  const options = {
    stateDirectory: directory.path,
    progress: () => undefined,
    signal: new AbortController().signal,
  };
  state = await openState({ ...options, target: 'one' });
  other = await openState({ ...options, target: 'other' });
});

afterAll(async () => {
  await other?.close();
  await state?.close();
  await directory?.[Symbol.asyncDispose]();
});

const pattern = (id: string, totalMs: number) => ({
  id,
  fingerprint: `select ${id}`,
  query: null,
  count: 3_000_000_000,
  totalMs,
  share: 0.25,
  p50Ms: 1.5,
  p95Ms: 2.5,
  maxMs: 9,
  firstSeen: '2026-01-02T03:04:05.678Z',
  lastSeen: null,
  samples: [{ sql: "select 'ü\u2028'", params: ['1', null], durationMs: 0.1, at: null }],
});

test('patterns come back as they were, by total time, and are replaced as a whole', async () => {
  await state.patterns.replaceAll([pattern('a', 1), pattern('b', 2)]);
  await other.patterns.replaceAll([pattern('a', 7)]);
  expect(await state.patterns.list()).toEqual([pattern('b', 2), pattern('a', 1)]);
  await state.patterns.replaceAll([{ ...pattern('a', 3), query: 'top' }]);
  expect(await state.patterns.list()).toEqual([{ ...pattern('a', 3), query: 'top' }]);
  expect(await state.patterns.find('b')).toBeUndefined();
  expect(await other.patterns.find('a')).toEqual(pattern('a', 7));
});

test('a source is known by what was read of it', async () => {
  const read = { path: 'log/a.csv', bytes: 10, sha256: 'x', signals: 2 };
  await state.patterns.recordSource(read);
  await state.patterns.recordSource({ ...read, bytes: 20 });
  expect(await state.patterns.sources()).toEqual([{ ...read, bytes: 20 }]);
  expect(await other.patterns.sources()).toEqual([]);
});

test('a case is refused, then admitted, then frozen', async () => {
  const record = {
    id: 'q',
    pattern: 'a',
    query: 'top',
    state: 'refused' as const,
    check: 'fails-10-of-10',
    detail: '9 of 10',
    certificate: null,
    path: null,
    dataset: null,
    version: null,
    split: null,
  };
  await state.cases.save(record);
  await state.cases.save({
    ...record,
    state: 'admitted',
    check: null,
    detail: '',
    certificate: { runs: 10 },
    split: 'dev',
  });
  await state.cases.freeze(['q'], { dataset: 'd', version: 1, path: (id) => `cases/${id}` });
  expect(await state.cases.list('refused')).toEqual([]);
  expect(await state.cases.list('admitted')).toEqual([
    {
      ...record,
      state: 'admitted',
      check: null,
      detail: '',
      certificate: { runs: 10 },
      split: 'dev',
      dataset: 'd',
      version: 1,
      path: 'cases/q',
    },
  ]);
});

test('a cell keeps its fate when it is measured again', async () => {
  const cell = {
    caseId: 'q',
    planId: 'p1',
    kind: 'index' as const,
    label: 'btree (a)',
    state: 'ok' as const,
    medianMs: 5,
    firstMs: 6,
    storageBytes: 5_000_000_000,
    buildMs: 3,
    fate: null,
    detail: '',
    engine: null,
    allowed: true,
  };
  await state.cells.save(cell);
  await state.cells.setFate('q', 'p1', 'noise');
  await state.cells.save({ ...cell, medianMs: 4 });
  expect(await state.cells.list('q')).toEqual([{ ...cell, medianMs: 4, fate: 'noise' }]);
  await state.cells.save({ ...cell, state: 'wrong', medianMs: null, fate: 'wrong-rows' });
  expect(await state.cells.list()).toMatchObject([{ state: 'wrong', medianMs: null, fate: 'wrong-rows' }]);
});

const submission = {
  caseId: 'q',
  pattern: 'a',
  patch: 'diff',
  kind: 'index',
  label: 'btree (a)',
  planId: 'p1',
  rationale: 'why',
  submittedBy: 'explorer',
};

test('the same patch is the same candidate', async () => {
  const [first, second] = [
    await state.candidates.submit(submission),
    await state.candidates.submit(submission),
  ];
  expect(first.isNew).toBe(true);
  expect(second).toEqual({ ...first, isNew: false });
  expect((await other.candidates.submit(submission)).id).not.toBe(first.id);
  expect(await other.candidates.find(first.id)).toBeUndefined();
});

describe('a confirm stage', () => {
  const attempt = (run: string, patchSha256 = run) => ({ pattern: 'a', holdout: 'h', patchSha256, run });

  test('has one number, however many ask at once and however often a run is repeated', async () => {
    const numbers = await Promise.all(
      ['x', 'y', 'x', 'z', 'y'].map((run) => state.candidates.chargeAttempt(attempt(run))),
    );
    expect(new Set(numbers)).toEqual(new Set([1, 2, 3]));
    expect(numbers[2]).toBe(numbers[0]);
    expect(await state.candidates.lastAttempt('a', { holdout: 'h' })).toBe(3);
    expect(await state.candidates.lastAttempt('a', { holdout: 'h', patchSha256: 'x' })).toBe(numbers[0]);
    expect(await state.candidates.lastAttempt('a', { holdout: 'another' })).toBe(0);
    expect(await other.candidates.lastAttempt('a', { holdout: 'h' })).toBe(0);
  });

  test('on a patch that was judged before is paid for again', async () => {
    const of = (run: string) => state.candidates.chargeAttempt({ ...attempt(run, 'p'), holdout: 'again' });
    expect([await of('again 1'), await of('again 2'), await of('again 1')]).toEqual([1, 2, 1]);
    expect(await state.candidates.lastAttempt('a', { holdout: 'again', patchSha256: 'p' })).toBe(2);
  });

  test('that never looked at the holdout costs nothing, and moves nobody else', async () => {
    const of = (run: string) => state.candidates.chargeAttempt({ ...attempt(run), holdout: 'unseen' });
    expect([await of('seen 1'), await of('seen 2'), await of('seen 3')]).toEqual([1, 2, 3]);
    await state.candidates.returnAttempt('seen 2');
    expect(await of('seen 4')).toBe(4);
    await state.candidates.returnAttempt('seen 4');
    expect(await of('seen 5')).toBe(4);
    expect(await state.candidates.holdoutsWith('a', 4)).toEqual(['unseen']);
    expect(await state.candidates.holdoutsWith('a', 5)).toEqual([]);
  });
});

test('the first verdict of a run stays; another run adds one', async () => {
  const { id } = await state.candidates.submit(submission);
  const verdict = {
    candidateId: id,
    run: 'r1',
    verdict: 'accepted' as const,
    reasons: [{ code: 'faster', detail: '3×' }],
    document: { a: 1 },
    evidence: null,
  };
  await state.candidates.recordVerdict(verdict);
  await state.candidates.recordVerdict({ ...verdict, verdict: 'rejected' });
  await state.candidates.recordVerdict({ ...verdict, run: 'r2', verdict: 'inconclusive' });
  await state.candidates.setState(id, 'accepted');
  expect(await state.candidates.verdicts(id)).toMatchObject([
    { run: 'r2', verdict: 'inconclusive' },
    verdict,
  ]);
  expect(await other.candidates.verdicts()).toEqual([]);
  expect(await state.candidates.list({ caseId: 'q' })).toMatchObject([
    { id, state: 'accepted', patch: 'diff' },
  ]);
  expect(await state.candidates.list({ pattern: 'b' })).toEqual([]);
});

test('trials are recorded once, more than one statement holds', async () => {
  const run = {
    id: 'r1',
    kind: 'gate' as const,
    dataset: 'd',
    version: 1,
    datasetSha256: 's',
    revision: 'abc',
    patchSha256: null,
  };
  await state.trials.startRun(run);
  await state.trials.startRun({ ...run, revision: 'changed' });
  expect(await state.trials.findRun('r1')).toEqual(run);
  const trials = Array.from({ length: 1200 }, (_, index) => ({
    id: `r1/${index}`,
    run: 'r1',
    caseId: 'q',
    variant: `v${index}`,
    arm: 'candidate' as const,
    revision: 'abc',
    session: 1,
    outcome: 'passed' as const,
    ms: 0.25,
    cut: false,
    seen: { rows: index },
  }));
  await state.trials.record(trials);
  await state.trials.record(trials.map((trial) => ({ ...trial, outcome: 'failed' as const })));
  const recorded = await state.trials.ofRun('r1');
  expect(recorded).toHaveLength(1200);
  expect(recorded).toContainEqual(trials[700]);
  expect(await state.trials.ofCase('q')).toHaveLength(1200);
  expect([await state.trials.count(), await other.trials.count()]).toEqual([1200, 0]);
});

test('what PostgreSQL cannot store does not stop the recording of it', async () => {
  const trial = {
    id: 'odd',
    run: 'r2',
    caseId: 'odd',
    variant: 'v',
    arm: 'candidate' as const,
    revision: 'abc',
    session: 1,
    outcome: 'failed' as const,
    ms: null,
    cut: true,
  };
  await state.trials.record([
    { ...trial, variant: 'a\0b', seen: { rows: [['\0', '\ud800', '😀', '\\u0000']] } },
  ]);
  expect(await state.trials.ofRun('r2')).toEqual([
    { ...trial, variant: 'a\ufffdb', seen: { rows: [['\ufffd', '\ufffd', '😀', '\\u0000']] } },
  ]);
});

test('a candidate has one pull request, a branch belongs to one', async () => {
  const { id } = await state.candidates.submit(submission);
  const second = await state.candidates.submit({ ...submission, patch: 'another' });
  const request = {
    pattern: 'a',
    candidateId: id,
    branch: 'whetstone/a',
    commit: 'abc',
    url: null,
    title: 't',
    body: 'b',
    speedup: 3.5,
  };
  const opened = await Promise.all([
    state.publications.openPullRequest(request),
    state.publications.openPullRequest(request),
  ]);
  expect(opened.map((one) => one.number)).toEqual([1, 1]);
  await expect(state.publications.openPullRequest({ ...request, candidateId: second.id })).rejects.toThrow();
  await state.publications.openPullRequest({ ...request, candidateId: second.id, branch: 'whetstone/b' });
  await state.publications.setPullRequestState(2, 'rejected');
  expect(await state.publications.pullRequests()).toMatchObject([
    { number: 1, state: 'open', speedup: 3.5 },
    { number: 2, state: 'rejected' },
  ]);
  expect(await state.publications.findByCandidate(id)).toEqual(opened[0]);
});

test('the newest frontier is the one that is meant', async () => {
  const since = new Date('2026-01-02T03:04:05.678Z');
  const row = {
    dataset: 'frontier',
    version: 1,
    caseId: 'q',
    since,
    bestAttempt: { ms: 80 },
    audit: { ok: true },
  };
  expect(await state.publications.frontier()).toEqual([]);
  await state.publications.freezeFrontier([row, { ...row, caseId: 'r' }]);
  await state.publications.freezeFrontier([]);
  await state.publications.freezeFrontier([row, { ...row, version: 2 }]);
  await state.publications.setFrontierOutcome(1, 'r', 'fell');
  expect(await state.publications.frontier()).toEqual([{ ...row, version: 2, outcome: null }]);
  expect(await state.publications.frontier(1)).toEqual([
    { ...row, outcome: null },
    { ...row, caseId: 'r', outcome: 'fell' },
  ]);
});

test('a loop begins once, and what it spends and emits counts once a key', async () => {
  const loop = { id: 'l1', baseRevision: 'abc', configSha256: 'c' };
  await state.loops.begin(loop);
  await state.loops.begin({ ...loop, baseRevision: 'changed' });
  expect(await state.loops.latest('running')).toMatchObject({ ...loop, finishedAt: null, summary: null });
  await state.loops.finish('l1', 'finished', { patterns: 12 });
  expect(await state.loops.latest()).toMatchObject({
    state: 'finished',
    summary: { patterns: 12 },
    finishedAt: expect.any(Date),
  });
  expect(await state.loops.latest('running')).toBeUndefined();

  for (const id of ['w/1', 'w/1', 'w/2'])
    await state.loops.spend({ id, loop: 'l1', kind: 'wall', amount: 1.5, unit: 'ms' });
  await state.loops.spend({ id: 'w/3', loop: null, kind: 'model', amount: 2, unit: 'usd' });
  expect(await state.loops.spent('l1')).toEqual([{ kind: 'wall', unit: 'ms', amount: 3 }]);
  expect(await state.loops.spent()).toHaveLength(2);

  for (const key of ['w/1', 'w/1', 'w/2']) await state.loops.emit({ kind: 'step', data: { key }, key });
  for (let i = 0; i < 2; i++) await state.loops.emit({ kind: 'note', data: { i } });
  const all = await state.loops.eventsAfter(0);
  expect(all.map((event) => event.kind)).toEqual(['step', 'step', 'note', 'note']);
  expect(await state.loops.eventsAfter(all[1]?.seq ?? 0, 1)).toMatchObject([
    { kind: 'note', data: { i: 0 } },
  ]);
});
