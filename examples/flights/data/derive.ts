// The public data set has a time, a delay, a distance and two airports. What an airline knows besides is derived from
// each row's number, so that every load gives the same rows.

export interface SourceFlight {
  /** Number of the row in the data set, from 0. */
  row: number;
  departedAt: Date;
  delayMinutes: number;
  distanceMiles: number;
  origin: string;
  destination: string;
}

export interface Flight {
  id: number;
  flightRef: string;
  carrier: string;
  flightNumber: number;
  tailNumber: string;
  departedAt: Date;
  origin: string;
  destination: string;
  distanceMiles: number;
  /** Null for cancelled flights. */
  delayMinutes: number | null;
  status: 'landed' | 'delayed' | 'cancelled' | 'diverted';
  seats: number;
  passengers: number;
  /** US dollars. */
  revenue: number;
}

export interface FlightEvent {
  flightId: number;
  recordedAt: Date;
  payload: Record<string, unknown>;
}

/** Code, name, share of the flights in percent. */
export const carriers: readonly (readonly [code: string, name: string, share: number])[] = [
  ['WN', 'Southwest Airlines', 16],
  ['DL', 'Delta Air Lines', 15],
  ['AA', 'American Airlines', 13],
  ['UA', 'United Airlines', 12],
  ['US', 'US Airways', 12],
  ['NW', 'Northwest Airlines', 9],
  ['CO', 'Continental Airlines', 7],
  ['MQ', 'American Eagle', 6],
  ['TW', 'Trans World Airlines', 4],
  ['HP', 'America West Airlines', 3],
  ['AS', 'Alaska Airlines', 3],
];

const hubs = new Map(
  Object.entries({
    ...{ ATL: 'DL', BWI: 'WN', CLT: 'US', CVG: 'DL', DEN: 'UA', DFW: 'AA', DTW: 'NW', EWR: 'CO', IAH: 'CO' },
    ...{ LAS: 'WN', LAX: 'UA', MDW: 'WN', MIA: 'AA', MSP: 'NW', OAK: 'WN', ORD: 'UA', PHL: 'US', PHX: 'HP' },
    ...{ PIT: 'US', SEA: 'AS', SFO: 'UA', SLC: 'DL', STL: 'TW' },
  }),
);

const firstDay = Date.UTC(2001, 0, 1);
const dayMs = 86_400_000;
const minuteMs = 60_000;

/** A 32-bit integer hash (Chris Wellons' lowbias32) of a row's number and the question asked of it. */
function draw(row: number, question: number): number {
  let x = (Math.imul(row, 31) + Math.imul(question, 0x9e3779b1)) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

function pick<T>(items: readonly T[], row: number, question: number): T {
  const item = items[draw(row, question) % items.length];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

const lots = carriers.flatMap(([code, , share]) => Array.from({ length: share }, () => code));

function carrierOf(flight: SourceFlight): string {
  const hub = hubs.get(flight.origin) ?? hubs.get(flight.destination);
  return hub !== undefined && draw(flight.row, 1) % 100 < 45 ? hub : pick(lots, flight.row, 2);
}

/** A fleet grows through the year: later aircraft are picked only once they are there. */
function tailOf(flight: SourceFlight, carrier: string): string {
  const share = carriers.find(([code]) => code === carrier)?.[2] ?? 1;
  const day = (flight.departedAt.getTime() - firstDay) / dayMs;
  const active = Math.floor(share * 25 * (0.7 + (0.3 * day) / 182));
  return `N${100 + (draw(flight.row, 3) % active)}${carrier}`;
}

/** 13 characters, unique: multiplying by an odd number permutes the residues of 2^25, five characters of base 32. */
function refOf(flight: SourceFlight, carrier: string): string {
  const residue = Math.imul(flight.row, 0x9e3779b1) & 0x1ffffff;
  const day = flight.departedAt.toISOString().slice(2, 10).replaceAll('-', '');
  return `${carrier}${day}${residue.toString(32).padStart(5, '0')}`.toUpperCase();
}

function statusOf(flight: SourceFlight): Flight['status'] {
  const lot = draw(flight.row, 4) % 1000;
  if (lot < 22) return 'cancelled';
  if (lot < 25) return 'diverted';
  return flight.delayMinutes > 15 ? 'delayed' : 'landed';
}

export function deriveFlight(source: SourceFlight, id: number): Flight {
  const { row, departedAt, origin, destination, distanceMiles } = source;
  const carrier = carrierOf(source);
  const status = statusOf(source);
  const seats = distanceMiles < 400 ? pick([37, 50, 66], row, 5) : pick([122, 132, 142, 178], row, 5);
  const passengers =
    status === 'cancelled' ? 0 : Math.floor(seats * (0.45 + (0.55 * (draw(row, 6) % 1000)) / 1000));
  const fare = (38 + 0.11 * distanceMiles) * (0.8 + (0.4 * (draw(row, 7) % 1000)) / 1000);
  return {
    id,
    flightRef: refOf(source, carrier),
    carrier,
    flightNumber: 1 + (draw(row, 8) % 2400),
    tailNumber: tailOf(source, carrier),
    departedAt,
    origin,
    destination,
    distanceMiles,
    delayMinutes: status === 'cancelled' ? null : source.delayMinutes,
    status,
    seats,
    passengers,
    revenue: Math.round(passengers * fare * 100) / 100,
  };
}

const reasons: Record<string, readonly string[]> = {
  weather: [
    'thunderstorms over the field',
    'de-icing queue',
    'low ceiling at the destination',
    'crosswind limits',
  ],
  late_aircraft: ['awaiting inbound aircraft', 'late arrival of the previous leg', 'crew on a late inbound'],
  carrier: ['catering not loaded', 'fuel truck late', 'mechanical: hydraulic pump replaced', 'crew rest'],
  nas: ['ground stop at the destination', 'flow control', 'runway closed for inspection'],
  security: ['passenger offloaded', 'terminal evacuated', 'baggage reconciliation'],
};
const reasonCodes = [
  'late_aircraft',
  'late_aircraft',
  'carrier',
  'carrier',
  'nas',
  'nas',
  'weather',
  'security',
];
const terminals = ['A', 'B', 'C', 'D', 'E'];

/** What was recorded of one flight: four events, the second of which is a delay where there was one. */
export function deriveEvents(flight: Flight): FlightEvent[] {
  const { id } = flight;
  const terminal = pick(terminals, id, 11);
  const gate = `${terminal}${1 + (draw(id, 12) % 60)}`;
  const agent = { desk: 1 + (draw(id, 13) % 24), badge: `${flight.carrier}-${1000 + (draw(id, 14) % 9000)}` };
  const at = (minutes: number) => new Date(flight.departedAt.getTime() + minutes * minuteMs);
  const late = flight.delayMinutes ?? 0;

  const code = pick(reasonCodes, id, 15);
  const cause = pick(reasons[code] ?? [], id, 16);
  const waiting =
    late > 0
      ? {
          type: 'delay',
          terminal,
          gate,
          agent,
          reason: { code, minutes: late },
          note: `Delayed ${late} min: ${cause}`,
        }
      : { type: 'boarding', terminal, gate, agent, note: `Boarding ${flight.passengers} passengers` };
  const ends = {
    landed: { type: 'arrived', station: flight.destination, note: `On blocks at ${flight.destination}` },
    delayed: {
      type: 'arrived',
      station: flight.destination,
      note: `On blocks at ${flight.destination}, late`,
    },
    diverted: {
      type: 'diverted',
      station: flight.destination,
      note: `Diverted short of ${flight.destination}`,
    },
    cancelled: { type: 'cancelled', terminal, gate, note: `Cancelled: ${cause}` },
  };
  return [
    { flightId: id, recordedAt: at(-120), payload: { type: 'gate_assigned', terminal, gate, agent } },
    { flightId: id, recordedAt: at(-35), payload: waiting },
    {
      flightId: id,
      recordedAt: at(late),
      payload: { type: 'off_blocks', terminal, gate, tail: flight.tailNumber },
    },
    { flightId: id, recordedAt: at(late + 30 + flight.distanceMiles / 8), payload: ends[flight.status] },
  ];
}
