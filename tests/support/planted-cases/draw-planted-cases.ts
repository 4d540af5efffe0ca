import type { Draw } from '../../generated-target/draw.ts';
import { Nouns } from './feature.ts';
import { DUPLICATE_FORMS, LEAKED_FORMS, WRONG_REFERENCE_FORMS } from './plant-answers.ts';
import { NARROW_FORMS, WEAK_FORMS } from './plant-asserts.ts';
import { NETWORK_FORMS, ORDER_FORMS } from './plant-surroundings.ts';
import { FLAKY_FORMS, TIME_BOMB_FORMS } from './plant-time.ts';
import { KINDS, type Kind, type PlantedCase } from './planted-case.ts';
import { SOUND_BEHAVIOURS } from './sound-behaviours.ts';
import { SOUND_TABLES } from './sound-tables.ts';

type Form = (draw: Draw, nouns: Nouns, now: Date) => PlantedCase;

const named =
  (form: (draw: Draw, noun: string, now: Date) => PlantedCase): Form =>
  (draw, nouns, now) =>
    form(draw, nouns.next(), now);

const FORMS: Record<Kind, readonly Form[]> = {
  'over-narrow': NARROW_FORMS.map(named),
  weak: WEAK_FORMS,
  leaked: LEAKED_FORMS,
  'order-dependent': ORDER_FORMS.map(named),
  'time-bomb': TIME_BOMB_FORMS.map(named),
  network: NETWORK_FORMS.map(named),
  flaky: FLAKY_FORMS.map(named),
  duplicate: DUPLICATE_FORMS,
  'wrong-reference': WRONG_REFERENCE_FORMS,
};

/** Hands out forms in a drawn order, all of them before one again. */
function* dealt<T>(draw: Draw, items: readonly T[]): Generator<T, never> {
  for (;;) yield* draw.shuffle(items);
}

/** Deals faulty cases of every kind in turn, and sound ones; `now` is what dates in them stand near to. */
export class PlantedCases {
  readonly #draw: Draw;
  readonly #now: Date;
  readonly #faulty: Iterator<Form, never>;
  readonly #sound: Iterator<Form, never>;

  constructor(draw: Draw, now: Date) {
    this.#draw = draw;
    this.#now = now;
    this.#faulty = faultyForms(draw);
    this.#sound = dealt(draw, [...SOUND_TABLES, ...SOUND_BEHAVIOURS]);
  }

  /** So many of each for one target, in which no two modules have one name. */
  next({ faulty, sound }: { faulty: number; sound: number }): PlantedCase[] {
    const nouns = new Nouns(this.#draw);
    const take = (forms: Iterator<Form, never>, count: number) =>
      Array.from({ length: count }, () => forms.next().value(this.#draw, nouns, this.#now));
    return [...take(this.#faulty, faulty), ...take(this.#sound, sound)];
  }
}

function* faultyForms(draw: Draw): Generator<Form, never> {
  const forms = new Map(KINDS.map((kind) => [kind, dealt(draw, FORMS[kind])]));
  for (const kind of dealt(draw, KINDS)) {
    const form = forms.get(kind)?.next().value;
    if (form) yield form;
  }
  throw new Error('there is always another kind');
}
