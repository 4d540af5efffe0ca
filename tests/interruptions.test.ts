import { randomInt } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { sha256 } from '../datasets/sha256.ts';
import { seededRandom } from '../loops/gate/statistics/seeded-random.ts';
import { Draw } from './generated-target/draw.ts';
import { askProgram } from './support/ask-program.ts';
import { interruptLoop } from './support/interrupted-loop.ts';
import { type KillPoint, progressLines } from './support/kill-points.ts';
import { type TinyTarget, tinyTarget } from './support/tiny-target.ts';

const asked = process.env['WHETSTONE_SEED'];
const seed = asked ? Number(asked) : randomInt(1, 1_000_000);

test('Ctrl-C, then kill -9, then it goes on to the end and nothing is left', {
  timeout: 10 * 60_000,
}, async () => {
  const draw = new Draw(seededRandom(seed));
  const point = (signal: KillPoint['signal'], lines: readonly RegExp[]): KillPoint => ({
    signal,
    line: draw.pick(lines),
    delayMs: draw.int(0, 3_000),
  });
  const middle = Math.ceil(progressLines.length / 2);
  const points = [
    point('SIGINT', progressLines.slice(0, middle)),
    point('SIGKILL', progressLines.slice(middle)),
  ];
  console.log(
    `interruptions: WHETSTONE_SEED=${seed}: ${points.map(({ signal, line, delayMs }) => `${signal} ${delayMs} ms after ${line}`).join(', ')}`,
  );
  await using target = await tinyTarget();
  const { runs, summary, problems } = await interruptLoop(target, points);
  console.log(
    runs.map(({ exitCode, wallMs }) => `${exitCode} after ${Math.round(wallMs / 1000)} s`).join(', '),
  );
  expect(problems).toEqual([]);
  expect(summary.cases).toMatchObject({ admitted: target.queries.length, refused: 0 });
  expect(runs[0]?.exitCode).toBe(130);
  await expectClaimsToBeRun(target);
});

/** Beside the loop, since it is there: what frozen cases claim is run, and a wrong digest is found. */
async function expectClaimsToBeRun(target: TinyTarget): Promise<void> {
  const verify = async () => {
    const { document } = await askProgram(target, ['dataset', 'verify', target.name, '--run']);
    return document as { ran: { case: string }[]; findings: { case: string; problem: string }[] };
  };
  const whole = await verify();
  expect(whole.findings).toEqual([]);
  expect(whole.ran).toHaveLength(target.queries.length);
  const [{ case: id = '' } = {}] = whole.ran;
  const sealed = path.join(target.datasets, 'v1/cases', id, 'tests/variants.json');
  const text = await readFile(sealed, 'utf8');
  const [digest = ''] = /[0-9a-f]{64}/.exec(text) ?? [];
  await writeFile(sealed, text.replaceAll(digest, sha256(digest)));
  const edited = await verify();
  expect(edited.ran.map((one) => one.case)).not.toContain(id);
  await askProgram(target, ['dataset', 'freeze']);
  const wrong = await verify();
  expect(wrong.findings.length).toBeGreaterThan(0);
  for (const { case: found, problem } of wrong.findings)
    expect(`${found} ${problem}`).toMatch(new RegExp(`^${id} .*other rows than were frozen`));
}
