import type {
  CalendarDate,
  Category,
  Charge,
  InvoiceRequest,
  Money,
  Party,
  Period,
  TaxArea,
  Tier,
} from '../src/index.ts';

/** Reads `2026-02-28` without asking the code under test. */
export function day(text: string): CalendarDate {
  const [year = 0, month = 0, dayOfMonth = 0] = text.split('-').map(Number);
  return { year, month, day: dayOfMonth };
}

export const span = (start: string, end: string): Period => ({ start: day(start), end: day(end) });

const inCents = (text: string, currency: 'EUR' | 'USD'): Money => {
  const minor = Math.round(Number(text) * 100);
  return { minor, currency };
};
export const eur = (text: string): Money => inCents(text, 'EUR');
export const usd = (text: string): Money => inCents(text, 'USD');

export const charge = (amount: string, category: Category = 'software'): Charge => ({
  description: `Some ${category}`,
  category,
  amount: eur(amount),
});

/** Prices of a usage meter: 100 units at 10 cents, 900 more at 8, the rest at 5 and a fee of 20 euros. */
export const METER: readonly [Tier, ...Tier[]] = [
  { upTo: 100, unit: eur('0.10') },
  { upTo: 1_000, unit: eur('0.08') },
  { unit: eur('0.05'), entry: eur('20') },
];

export const AREA: TaxArea = {
  regions: ['AT', 'DE', 'FR', 'LU'],
  rates: [
    { region: 'AT', points: 2_000 },
    { region: 'AT', category: 'training', points: 1_000 },
    { region: 'DE', points: 1_900 },
    { region: 'DE', points: 1_600, valid: span('2020-07-01', '2021-01-01') },
    { region: 'DE', category: 'training', points: 700 },
    { region: 'FR', points: 2_000 },
    { region: 'FR', category: 'training', points: 550 },
    { region: 'LU', points: 1_700 },
  ],
};

export const SELLER: Party = { name: 'Nordlicht Software GmbH', region: 'DE', taxId: 'DE811234567' };
export const NEIGHBOUR: Party = { name: 'Bäckerei Krume', region: 'DE' };
export const FRENCH_COMPANY: Party = { name: 'Atelier Dubois SARL', region: 'FR', taxId: 'FR40303265045' };
export const FRENCH_PERSON: Party = { name: 'Camille Laurent', region: 'FR' };
export const AMERICAN: Party = { name: 'Prairie Tools Inc.', region: 'US' };
export const SCHOOL: Party = { name: 'Stadtschule', region: 'DE', exempt: true };

export const JANUARY = span('2026-01-01', '2026-02-01');

/** An invoice for January on February 2nd, a Monday; each test says what is special about its own. */
export function invoiceRequest(special: Partial<InvoiceRequest> = {}): InvoiceRequest {
  return {
    number: '2026-0001',
    seller: SELLER,
    buyer: NEIGHBOUR,
    period: JANUARY,
    issued: day('2026-02-02'),
    items: [
      {
        description: 'Basic plan',
        category: 'software',
        price: { kind: 'flat', amount: eur('100') },
        quantity: 1,
      },
    ],
    area: AREA,
    currency: 'EUR',
    amounts: 'net',
    round: 'line',
    terms: { days: 14 },
    ...special,
  };
}
