// A database of its own for a test file: the schema by the target's migrations, a few hundred flights by data/derive.ts.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { carriers, deriveEvents, deriveFlight, type Flight, type FlightEvent } from '../data/derive.ts';

const execute = promisify(execFile);

const airports = [
  ['ORD', "Chicago O'Hare International", 'Chicago', 'IL'],
  ['MDW', 'Chicago Midway', 'Chicago', 'IL'],
  ['PIA', 'Greater Peoria Regional', 'Peoria', 'IL'],
  ['JFK', 'John F Kennedy Intl', 'New York', 'NY'],
  ['LAX', 'Los Angeles International', 'Los Angeles', 'CA'],
] as const;

const cities = ['Springfield', 'North Springfield', 'San Diego', 'Zürich'];

/** 480 flights between four of the airports, a new one every 7 hours and 13 minutes; Peoria has none. */
function makeFlights(): Flight[] {
  const served = ['ORD', 'MDW', 'JFK', 'LAX'];
  return Array.from({ length: 480 }, (_, index) => {
    const origin = served[index % 4] ?? '';
    const source = {
      row: index * 3,
      departedAt: new Date(Date.UTC(2001, 0, 1, 0, index * 433)),
      delayMinutes: ((index * 37) % 140) - 20,
      distanceMiles: 200 + ((index * 53) % 2400),
      origin,
      destination: served[(index + 1 + (index % 3)) % 4] ?? '',
    };
    return deriveFlight(source, index + 1);
  });
}

/** Where `npm run build` puts a program. */
export const compiled = (file: string): string => `dist/${file.replace(/\.ts$/, '.js')}`;

export interface TestData {
  flights: Flight[];
  events: FlightEvent[];
}

export interface TestDatabase extends TestData, AsyncDisposable {
  /** Runs one of the target's programs, such as `src/refresh.ts`, on this database. */
  runProgram(file: string, ...args: string[]): Promise<void>;
  sql(text: string, params?: unknown[]): Promise<pg.QueryResult>;
}

async function insert(client: pg.Client, table: string, rows: object[]): Promise<void> {
  await client.query(`INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(null::${table}, $1)`, [
    JSON.stringify(rows),
  ]);
}

async function fill(client: pg.Client, { flights, events }: TestData): Promise<void> {
  await insert(
    client,
    'carriers',
    carriers.map(([code, name]) => ({ code, name })),
  );
  await insert(
    client,
    'airports',
    airports.map(([iata, name, city, state]) => ({
      iata,
      name,
      city,
      state,
      country: 'USA',
      latitude: 40,
      longitude: -90,
    })),
  );
  await insert(
    client,
    'cities',
    cities.map((name, index) => ({
      id: index + 1,
      name,
      country: 'US',
      region: null,
      latitude: 1,
      longitude: 2,
    })),
  );
  await insert(
    client,
    'flights',
    flights.map((flight) => ({
      id: flight.id,
      flight_ref: flight.flightRef,
      carrier: flight.carrier,
      flight_number: flight.flightNumber,
      tail_number: flight.tailNumber,
      departed_at: flight.departedAt.toISOString().slice(0, 19),
      origin: flight.origin,
      destination: flight.destination,
      distance_miles: flight.distanceMiles,
      delay_minutes: flight.delayMinutes,
      status: flight.status,
      seats: flight.seats,
      passengers: flight.passengers,
      revenue: flight.revenue,
    })),
  );
  await insert(
    client,
    'flight_events',
    events.map((event, index) => ({
      id: index + 1,
      flight_id: event.flightId,
      recorded_at: event.recordedAt,
      payload: event.payload,
    })),
  );
  await client.query("SELECT setval(pg_get_serial_sequence('flights', 'id'), (SELECT max(id) FROM flights))");
  await client.query(
    "SELECT setval(pg_get_serial_sequence('flight_events', 'id'), (SELECT max(id) FROM flight_events))",
  );
}

/** Makes the database and points this process at it; import what connects only afterwards. */
export async function createDatabase(): Promise<TestDatabase> {
  const name = `flights_test_${process.pid}`;
  const outer = new pg.Client();
  await outer.connect();
  await outer.query(`CREATE DATABASE ${name}`);
  const storeDir = await mkdtemp(join(tmpdir(), 'flights-store-'));
  process.env['PGDATABASE'] = name;
  process.env['STORE_DIR'] = storeDir;

  const runProgram = async (file: string, ...args: string[]) => {
    await execute(process.execPath, [compiled(file), ...args]);
  };
  await runProgram('src/migrate.ts');
  const client = new pg.Client();
  await client.connect();
  const flights = makeFlights();
  const events = flights.filter(({ id }) => id % 4 === 0).flatMap(deriveEvents);
  await fill(client, { flights, events });
  await runProgram('src/refresh.ts');
  await client.query('ANALYZE');

  return {
    flights,
    events,
    runProgram,
    sql: (text, params) => client.query(text, params),
    async [Symbol.asyncDispose]() {
      await client.end();
      await outer.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await outer.end();
      await rm(storeDir, { recursive: true });
    },
  };
}
