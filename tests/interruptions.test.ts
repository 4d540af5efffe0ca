import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { seededRandom } from '../loops/gate/statistics/seeded-random.ts';
import { Draw } from './generated-target/draw.ts';
import { interruptLoop } from './support/interrupted-loop.ts';
import { type KillPoint, progressLines } from './support/kill-points.ts';
import { tinyTarget } from './support/tiny-target.ts';

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
});
