import { seededRandom } from '../loops/gate/statistics/seeded-random.ts';
import { Draw } from '../tests/generated-target/draw.ts';
import { PlantedCases } from '../tests/support/planted-cases/draw-planted-cases.ts';
import { KINDS } from '../tests/support/planted-cases/planted-case.ts';
import { type Decided, decidePlanted } from '../tests/support/planted-cases/planted-target.ts';
import { type AcceptanceRun, atLeast, atMost, type Finding } from './finding.ts';

const LEAST = { faulty: 40, found: 36, sound: 40 };
/** Of one target: what is tried in the end may be fewer, since a test that fails by chance may pass when it is first run. */
const EACH = { faulty: 15, sound: 14 };
const TARGETS = 3;

/** Cases with a fault of every kind, and sound ones, by what mining with an oracle makes of them. */
export async function plantedCases({ seed, say }: AcceptanceRun): Promise<Finding[]> {
  const cases = new PlantedCases(new Draw(seededRandom(seed)), new Date());
  const decided: Decided[] = [];
  let mineMs = 0;
  for (let at = 0; at < TARGETS; at++) {
    const { decided: more, wallMs } = await decidePlanted(cases.next(EACH));
    mineMs += wallMs;
    for (const one of more) say(lineOf(one));
    decided.push(...more);
  }
  const tried = decided.filter(({ outcome }) => outcome !== 'not-a-case');
  const faulty = tried.filter(({ planted }) => planted.kind !== 'sound');
  const sound = tried.filter(({ planted }) => planted.kind === 'sound');
  const found = faulty.filter(({ right }) => right);
  const refused = sound.filter(({ right }) => !right);
  const missed = faulty.filter(({ right }) => !right).map(lineOf);
  return [
    atLeast('planted faults of cases tried', faulty.length, LEAST.faulty),
    {
      ...atLeast(
        'planted faults found',
        found.length,
        Math.ceil((LEAST.found / LEAST.faulty) * faulty.length),
      ),
      detail: [...KINDS.map((kind) => confusionOf(kind, faulty)), ...missed],
    },
    atLeast('sound cases tried', sound.length, LEAST.sound),
    atMost('sound cases refused', refused.length, Math.floor(0.05 * sound.length), refused.map(lineOf)),
    atLeast('cases an hour', Math.round(tried.length / (mineMs / 3_600_000)), 1),
  ];
}

const lineOf = ({ planted: { kind, form }, outcome, check, detail, right }: Decided): string =>
  `${right ? 'ok' : 'MISSED'}: ${kind}, ${form}: ${outcome} ${check} ${detail.slice(0, 300)}`;

/** `weak: 4 of 5; not-weak 4, admitted 1` */
function confusionOf(kind: string, decided: readonly Decided[]): string {
  const own = decided.filter(({ planted }) => planted.kind === kind);
  const counts = new Map<string, number>();
  for (const { outcome, check } of own) {
    const by = outcome === 'refused' ? check : outcome;
    counts.set(by, (counts.get(by) ?? 0) + 1);
  }
  const by = [...counts].map(([what, count]) => `${what} ${count}`).join(', ');
  return `${kind}: ${own.filter(({ right }) => right).length} of ${own.length}; ${by}`;
}
