// What the dashboard's readers ask: each query with the parameters that people give it. Popular airports are asked for
// more often, ranges are short and long, and some values are not there at all.

/** A uniform draw from [0, 1). */
export type Random = () => number;
export type Params = string[];

/** Values of the data that parameters are drawn from; the first of each list are the popular ones. */
export interface Facts {
  airports: string[];
  carriers: string[];
  states: string[];
  flights: { id: string; ref: string }[];
  /** Ids of flights that have events. */
  tracked: string[];
  cities: string[];
}

export interface Question {
  query: string;
  /** How often it is asked in one recording. */
  times: number;
  draw(facts: Facts, random: Random): Params;
}

/** mulberry32: the same seed asks the same questions. */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

function whole(random: Random, below: number): number {
  return Math.floor(random() * below);
}

function anyOf<T>(items: readonly T[], random: Random): T {
  const item = items[whole(random, items.length)];
  if (item === undefined) throw new Error('nothing to draw from');
  return item;
}

/** Prefers the front of the list; one draw in `rare` is `absent` instead. */
function popular(items: readonly string[], random: Random, absent: string, rare = 20): string {
  if (random() < 1 / rare) return absent;
  const item = items[Math.floor(items.length * random() ** 2.5)];
  if (item === undefined) throw new Error('nothing to draw from');
  return item;
}

const days = 181;

function day(offset: number): string {
  return new Date(Date.UTC(2001, 0, 1 + offset)).toISOString().slice(0, 10);
}

/** From a day to the whole half year; now and then a period of which there is nothing yet. */
function period(random: Random, lengths: readonly number[] = [1, 1, 2, 7, 7, 14, 30, 30, 60, 90, days]): Params {
  if (random() < 0.03) return [day(days + 30), day(days + 37)];
  const length = anyOf(lengths, random);
  const first = whole(random, days - length + 1);
  return [day(first), day(first + length)];
}

function moment(random: Random): string {
  const hour = String(whole(random, 24)).padStart(2, '0');
  return `${day(whole(random, days))} ${hour}:${anyOf(['00', '15', '30', '45'], random)}:00`;
}

function airport({ airports }: Facts, random: Random): string {
  return popular(airports, random, 'QQQ');
}

function carrier({ carriers }: Facts, random: Random): string {
  return popular(carriers, random, 'ZZ', 30);
}

export const questions: readonly Question[] = [
  { query: 'flight-by-id', times: 42, draw: ({ flights }, random) => [anyOf(flights, random).id] },
  {
    query: 'flight-by-ref',
    times: 44,
    draw: ({ flights }, random) => [random() < 0.1 ? `ZZ010203${10_000 + whole(random, 9000)}` : anyOf(flights, random).ref],
  },
  { query: 'airport-by-code', times: 58, draw: (facts, random) => [airport(facts, random)] },
  { query: 'flight-timeline', times: 44, draw: ({ tracked }, random) => [anyOf(tracked, random)] },
  { query: 'carrier-summary', times: 46, draw: (_, random) => period(random) },
  { query: 'aircraft-in-service', times: 42, draw: (facts, random) => [carrier(facts, random), ...period(random)] },
  {
    query: 'worst-delays',
    times: 44,
    draw: (facts, random) => [airport(facts, random), anyOf(['10', '10', '20', '50', '100'], random)],
  },
  {
    query: 'busiest-routes',
    times: 42,
    draw: ({ states }, random) => [popular(states, random, 'ZZ'), ...period(random)],
  },
  {
    query: 'delay-reasons',
    times: 43,
    draw: (facts, random) => [airport(facts, random), anyOf(['1', '5', '10', '15', '30', '45', '60', '120'], random)],
  },
  {
    query: 'city-search',
    times: 47,
    draw: ({ cities }, random) => {
      if (random() < 0.05) return ['xqzw'];
      const name = anyOf(cities, random).toLowerCase();
      const length = 3 + whole(random, 6);
      return [name.slice(0, length).trim()];
    },
  },
  {
    query: 'airport-scorecard',
    times: 41,
    draw: (facts, random) => [
      airport(facts, random),
      ...period(random, [1, 7, 7, 14, 30, 90, days]),
      carrier(facts, random),
      carrier(facts, random),
    ],
  },
  { query: 'fleet-positions', times: 42, draw: (facts, random) => [carrier(facts, random), moment(random)] },
  {
    query: 'departures-page',
    times: 44,
    draw: (facts, random) => {
      const page = random() < 0.4 ? 0 : Math.floor(200 * random() ** 3);
      return [airport(facts, random), day(whole(random, days)), String(page * 50)];
    },
  },
  {
    query: 'disruptions',
    times: 45,
    draw: (facts, random) => [airport(facts, random), anyOf(['15', '30', '45', '60', '90', '120', '180'], random)],
  },
  {
    query: 'schedule-gaps',
    times: 40,
    draw: (_, random) => [String(whole(random, 25) * 100), anyOf(['0', '0', '20', '50', '75', '100', '150'], random)],
  },
];
