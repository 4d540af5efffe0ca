import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Flight } from '../data/derive.ts';
import { createDatabase, type TestDatabase } from './database.ts';

let database: TestDatabase;
let answer: (
  name: string,
  params: string[],
) => Promise<{ columns: string[]; types: string[]; rows: unknown[][] }>;

before(async () => {
  database = await createDatabase();
  ({ answer } = await import('../src/queries.ts'));
});
after(() => database[Symbol.asyncDispose]());

/** Rows as objects of text; null stays null. */
async function ask(name: string, ...params: string[]): Promise<Record<string, string | null>[]> {
  const { columns, rows } = await answer(name, params);
  return rows.map((row) =>
    Object.fromEntries(
      columns.map((column, index) => [column, row[index] === null ? null : String(row[index])]),
    ),
  );
}

function between(from: string, to: string): (flight: Flight) => boolean {
  return ({ departedAt }) => departedAt >= new Date(`${from}Z`) && departedAt < new Date(`${to}Z`);
}

const january = ['2001-01-01 00:00:00', '2001-02-01 00:00:00'] as const;

const parameters: Record<string, string[]> = {
  'aircraft-in-service': ['UA', ...january],
  'airport-by-code': ['ORD'],
  'airport-scorecard': ['ORD', ...january, 'UA', 'AA'],
  'busiest-routes': ['IL', ...january],
  'carrier-summary': [...january],
  'city-search': ['spring'],
  'delay-reasons': ['LAX', '1'],
  'departures-page': ['ORD', '2001-01-01', '0'],
  disruptions: ['ORD', '60'],
  'fleet-positions': ['UA', '2001-03-01'],
  'flight-by-id': ['1'],
  'flight-by-ref': [''],
  'flight-timeline': ['4'],
  'schedule-gaps': ['0', '0'],
  'worst-delays': ['ORD', '10'],
};

test('every query is known here, and answers', async () => {
  const files = readdirSync('queries').filter((file) => /(?<!\.test)\.(sql|ts)$/.test(file));
  const names = files.map((file) => file.replace(/\.(sql|ts)$/, '')).sort();
  assert.deepEqual(names, Object.keys(parameters).sort());
  const known = { ...parameters, 'flight-by-ref': [database.flights[0]?.flightRef ?? ''] };
  for (const [name, params] of Object.entries(known)) {
    const { columns, types, rows } = await answer(name, params);
    assert.ok(rows.length > 0, `${name} has rows`);
    assert.equal(types.length, columns.length);
    for (const row of rows) assert.equal(row.length, columns.length);
  }
});

describe('looking a flight up', () => {
  test('by its reference', async () => {
    for (const flight of database.flights.slice(0, 3)) {
      const found = await ask('flight-by-ref', flight.flightRef);
      assert.deepEqual(
        found.map((row) => row['id']),
        [String(flight.id)],
      );
    }
    assert.deepEqual(await ask('flight-by-ref', 'ZZ01010100000'), []);
  });

  test('with everything that happened to it, in order', async () => {
    const own = database.events.filter((event) => event.flightId === 8);
    const rows = await ask('flight-timeline', '8');
    const times = rows.map((row) => new Date(String(row['recorded_at'])).getTime());
    assert.deepEqual(
      times,
      own.map((event) => event.recordedAt.getTime()).sort((a, b) => a - b),
    );
  });
});

test('the pages of departures are all of them, once each and in order', async () => {
  const expected = database.flights
    .filter((flight) => flight.origin === 'ORD' && flight.departedAt >= new Date('2001-01-10T00:00:00Z'))
    .sort((a, b) => a.departedAt.getTime() - b.departedAt.getTime() || a.id - b.id);
  const pages = await Promise.all(
    ['0', '50', '100'].map((offset) => ask('departures-page', 'ORD', '2001-01-10', offset)),
  );
  assert.deepEqual(
    pages.flat().map((row) => row['id']),
    expected.map((flight) => String(flight.id)),
  );
});

test('the worst delays leave cancelled flights out', async () => {
  const expected = database.flights
    .filter((flight) => flight.origin === 'JFK' && flight.delayMinutes !== null)
    .sort((a, b) => Number(b.delayMinutes) - Number(a.delayMinutes) || a.id - b.id)
    .slice(0, 7);
  const rows = await ask('worst-delays', 'JFK', '7');
  assert.deepEqual(
    rows.map((row) => row['id']),
    expected.map((flight) => String(flight.id)),
  );
});

test('a period counts its first moment and not its last', async () => {
  const first = database.flights[20];
  const last = database.flights[40];
  assert.ok(first && last);
  const bounds = [first, last].map((flight) => flight.departedAt.toISOString().slice(0, 19));
  const rows = await ask('carrier-summary', ...bounds);
  assert.equal(
    rows.reduce((sum, row) => sum + Number(row['flights']), 0),
    20,
  );
});

test('aircraft in service are counted once', async () => {
  const own = database.flights.filter((flight) => flight.carrier === 'UA').filter(between(...january));
  assert.deepEqual(await ask('aircraft-in-service', 'UA', ...january), [
    {
      aircraft: String(new Set(own.map((flight) => flight.tailNumber)).size),
      destinations: String(new Set(own.map((flight) => flight.destination)).size),
    },
  ]);
});

test('disruptions: late, cancelled or diverted, from or to the airport', async () => {
  const own = database.flights.filter((flight) => flight.origin === 'LAX' || flight.destination === 'LAX');
  const wrong = own.filter(
    (flight) => Number(flight.delayMinutes) > 45 || /cancelled|diverted/.test(flight.status),
  );
  assert.deepEqual(await ask('disruptions', 'LAX', '45'), [
    {
      disrupted: String(wrong.length),
      cancelled: String(wrong.filter((flight) => flight.status === 'cancelled').length),
      diverted: String(wrong.filter((flight) => flight.status === 'diverted').length),
    },
  ]);
});

test('the fleet stands where each aircraft went last', async () => {
  const moment = new Date('2001-03-01T00:00:00Z');
  const last = new Map<string, Flight>();
  for (const flight of database.flights) {
    const counts = flight.carrier === 'UA' && flight.departedAt <= moment && flight.status !== 'cancelled';
    if (counts) last.set(flight.tailNumber, flight);
  }
  const rows = await ask('fleet-positions', 'UA', '2001-03-01');
  const expected = [...last.values()].map((flight) => [flight.tailNumber, String(flight.id)]).sort();
  assert.deepEqual(
    rows.map((row) => [row['tail_number'], row['id']]),
    expected,
  );
});

test('both carriers of a scorecard are there, also where they never came', async () => {
  const rows = await ask('airport-scorecard', 'PIA', ...january, 'UA', 'AA');
  assert.deepEqual(
    rows.map((row) => [row['code'], row['departures']]),
    [
      ['AA', '0'],
      ['UA', '0'],
    ],
  );
});

test('the search finds cities whatever the case', async () => {
  const names = async (text: string) => (await ask('city-search', text)).map((row) => row['name']);
  assert.deepEqual(await names('SPRING'), ['North Springfield', 'Springfield']);
  assert.deepEqual(await names('ürich'), ['Zürich']);
  assert.deepEqual(await names('xqzw'), []);
});

test('reasons of delays add up to the delays at the airport', async () => {
  const origin = new Map(database.flights.map((flight) => [flight.id, flight.origin]));
  const own = database.events.filter(({ flightId, payload }) => {
    const reason = payload['reason'] as { minutes: number } | undefined;
    return payload['type'] === 'delay' && origin.get(flightId) === 'LAX' && Number(reason?.minutes) >= 30;
  });
  const rows = await ask('delay-reasons', 'LAX', '30');
  assert.ok(own.length > 0);
  assert.equal(
    rows.reduce((sum, row) => sum + Number(row['delays']), 0),
    own.length,
  );
});

test('the longest gap of an airport lies between two departures that follow each other', async () => {
  const times = database.flights
    .filter((flight) => flight.origin === 'MDW' && flight.status !== 'cancelled')
    .map((flight) => flight.departedAt.getTime());
  const gaps = times.slice(1).map((time, index) => (time - (times[index] ?? time)) / 60_000);
  const rows = await ask('schedule-gaps', '0', '0');
  assert.equal(
    Number(rows.find((row) => row['origin'] === 'MDW')?.['longest_gap_minutes']),
    Math.max(...gaps),
  );
});
