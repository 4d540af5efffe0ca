import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../loops/gate/statistics/seeded-random.ts';
import { Draw } from '../generated-target/draw.ts';
import type { Attack } from './attack.ts';
import { answerAttacks } from './attacks/answers.ts';
import { assertionAttacks } from './attacks/assertions.ts';
import { decisiveAttacks } from './attacks/decisive-files.ts';
import { patchFormAttacks } from './attacks/patch-forms.ts';
import { processAttacks } from './attacks/processes.ts';
import { timeAttacks } from './attacks/time.ts';
import { disguised, disguises } from './disguise.ts';
import { isFooled } from './naive.ts';
import { RedTeamTarget } from './red-team-target.ts';

const MINUTE = 60_000;
const seed = Number(process.env['WHETSTONE_SEED'] ?? randomInt(1, 1_000_000));
const draw = new Draw(seededRandom(seed));

const codeAttacks = [...processAttacks, ...assertionAttacks, ...timeAttacks, ...answerAttacks];
const attacks: readonly Attack[] = [...codeAttacks, ...decisiveAttacks, ...patchFormAttacks].toSorted(
  (a, b) => a.line - b.line,
);
const fooling = codeAttacks.flatMap(({ fools, ...attack }) => (fools ? [{ ...attack, fools }] : []));

/** An attack of each line in one disguise, drawn; `npm run test:red-team` has all in all disguises. */
const all = process.env['WHETSTONE_RED_TEAM'] === 'all';
const lines = [...new Set(attacks.map(({ line }) => line))];
const chosen = all
  ? attacks
  : lines.map((line) => draw.pick(attacks.filter((attack) => attack.line === line)));
const tried = chosen.flatMap((attack) =>
  (all ? disguises : [draw.pick(disguises)]).map((disguise) => ({ ...attack, attack, disguise })),
);

let target: RedTeamTarget;

beforeAll(async () => {
  target = await RedTeamTarget.open(seed);
}, 10 * MINUTE);

afterAll(async () => {
  await target[Symbol.asyncDispose]();
}, 5 * MINUTE);

test.each(['wrong', 'slow'] as const)(
  'the honest fix of what is %s is accepted',
  { timeout: 5 * MINUTE },
  async (on) => {
    const { verdict, reasons } = await target.gate(target.weak[on].fix, on);
    expect(verdict, JSON.stringify(reasons)).toBe('accepted');
  },
);

describe('an ordinary harness', () => {
  test.each(['equal', 'json', 'tolerance', 'ok', 'time'] as const)(
    'of the kind `%s` lets honest code through',
    async (style) => {
      const { file, weak, mended, checks } = target.weak[style === 'time' ? 'slow' : 'wrong'];
      const passes = (text: string) => isFooled(style, { [file]: text }, { file, checks });
      expect(await passes(mended)).toBe(true);
      // Nothing is far from what is not there: this kind is blind before anybody attacks it.
      if (style !== 'tolerance') expect(await passes(weak)).toBe(false);
    },
  );

  test.each(fooling)('$line: is fooled by code that $name', async (attack) => {
    const { file, checks } = target.weak[attack.on];
    const files = disguised(attack, target.ground(attack.on), 'as it is', target.weak[attack.on]);
    expect(await isFooled(attack.fools, files, { file, checks })).toBe(true);
  });
});

test.each(tried)('$line: $name, $disguise', { timeout: 5 * MINUTE }, async ({ attack, disguise }) => {
  const { patch, on } = await target.patchOf(attack, disguise);
  if ('refusal' in attack && attack.refusal) {
    await expect(target.gate(patch, on)).rejects.toThrow(attack.refusal);
    return;
  }
  const { verdict, reasons } = await target.gate(patch, on);
  const codes = (disguise === 'in a fix' && 'codesInFix' in attack && attack.codesInFix) || attack.codes;
  expect(verdict, `${disguise}: ${JSON.stringify(reasons)}`).not.toBe('accepted');
  expect(codes, JSON.stringify(reasons)).toContain(reasons[0]?.code);
});
