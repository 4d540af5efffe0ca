// Takes in what the feed delivers while the service answers: new flights, late news about flights of the last day, and
// their events. `npm run ingest -- <batches> <pause between them, ms>`; the feed is simulated from the rows there are.
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { db } from './db.ts';

const insertFlights = `
  INSERT INTO flights (flight_ref, carrier, flight_number, tail_number, departed_at, origin, destination,
                       distance_miles, delay_minutes, status, seats, passengers, revenue)
  SELECT carrier || to_char(departed_at + interval '7 days', 'YYMMDD')
           || 'Z' || upper(lpad(to_hex(($2 + row_number() OVER (ORDER BY id)) % 65536), 4, '0')),
         carrier, flight_number, tail_number, departed_at + interval '7 days', origin, destination,
         distance_miles, 0, 'landed', seats, passengers, revenue
  FROM flights
  WHERE id BETWEEN $1 AND $1 + 19
  RETURNING id`;

const updateDelay = `
  UPDATE flights
  SET delay_minutes = $2, status = CASE WHEN $2 > 15 THEN 'delayed' ELSE 'landed' END
  WHERE id = $1 AND status IN ('landed', 'delayed')`;

const cancelFlight = `
  UPDATE flights SET status = 'cancelled', delay_minutes = NULL, passengers = 0, revenue = 0 WHERE id = $1`;

const insertEvent = 'INSERT INTO flight_events (flight_id, recorded_at, payload) VALUES ($1, $2, $3)';

/** One delivery: twenty flights, a delay each for a few of them, now and then a cancellation. */
async function ingestBatch(client: pg.Client, batch: number): Promise<void> {
  const last = await client.query<{ max: string }>('SELECT max(id) FROM flights');
  const newest = Number(last.rows[0]?.max);
  await client.query('BEGIN');
  const inserted = await client.query<{ id: string }>(insertFlights, [Math.max(1, newest - 40_000), newest]);
  for (const [index, { id }] of inserted.rows.entries()) {
    if (index % 4 !== 0) continue;
    const minutes = (Number(id) * 7) % 90;
    await client.query(updateDelay, [id, minutes]);
    const payload = {
      type: 'delay',
      terminal: 'A',
      gate: `A${1 + (Number(id) % 60)}`,
      reason: { code: 'late_aircraft', minutes },
      note: `Delayed ${minutes} min: awaiting inbound aircraft`,
    };
    await client.query(insertEvent, [id, '2001-07-01T12:00:00Z', JSON.stringify(payload)]);
  }
  const first = inserted.rows[0];
  if (batch % 5 === 0 && first !== undefined) await client.query(cancelFlight, [first.id]);
  await client.query('COMMIT');
}

const [batches = '10', pauseMs = '1000'] = process.argv.slice(2);
const client = await db.connect();
try {
  for (let batch = 0; batch < Number(batches); batch++) {
    if (batch > 0) await sleep(Number(pauseMs));
    await ingestBatch(client, batch);
  }
} finally {
  await client.end();
}
