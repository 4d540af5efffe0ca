import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { collectPatterns } from '../datasets/patterns/collect-patterns.ts';
import { readLog } from '../datasets/sources/read-log.ts';

const RECORDED = fileURLToPath(new URL('../examples/flights-log/postgresql.csv', import.meta.url));

/** Used until a log is recorded: what an application of orders and customers asks. */
const SHAPES = [
  "SELECT id, status, total FROM orders WHERE customer_id = 48213 AND created_at >= '2026-01-17 08:00:00' ORDER BY created_at DESC LIMIT 20",
  "SELECT c.name, count(*) AS orders, sum(o.total) FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.created_at BETWEEN '2026-01-01' AND '2026-01-31' AND o.status <> 'cancelled' GROUP BY c.name HAVING sum(o.total) > 1000.50 ORDER BY 3 DESC LIMIT 10",
  "SELECT * FROM products WHERE sku IN ('AB-1029', 'CX-2281', 'KK-9921') AND price < 99.95",
  "UPDATE inventory SET quantity = quantity - 3, updated_at = '2026-01-17 10:22:31.123' WHERE product_id = 991 AND warehouse = 'FRA2'",
  'INSERT INTO events (kind, payload, at) VALUES (\'view\', \'{"page": "/p/991", "ref": null}\', \'2026-01-17 10:22:31.123\')',
  "SELECT date_trunc('hour', at) AS hour,\n       count(DISTINCT session_id)\n  FROM events\n WHERE at > '2026-01-10' AND kind = 'view'\n GROUP BY 1\n ORDER BY 1",
  'SELECT payload->>\'page\', count(*) FROM events WHERE payload @> \'{"ref": "mail-8812"}\' GROUP BY 1 ORDER BY 2 DESC OFFSET 400 LIMIT 50',
  "SELECT id FROM customers WHERE lower(email) = 'user48213@example.org'",
];

export interface Statement {
  sql: string;
  durationMs: number;
}

/** Statements of the recorded log's shapes, seeded, with other literals in each. */
export async function makeStatements(): Promise<() => Statement> {
  const random = seededRandom(20260117);
  const shapes = ((await recordedShapes()) ?? SHAPES).map(splitAtLiterals);
  return () => {
    const parts = shapes[Math.floor(random() * shapes.length)] ?? [];
    const sql = parts.map((part, index) => (index % 2 === 0 ? part : freshen(part, random))).join('');
    return { sql, durationMs: Math.exp(random() * 8 - 2) };
  };
}

async function recordedShapes(): Promise<string[] | undefined> {
  try {
    await access(RECORDED);
  } catch {
    return undefined;
  }
  const { signals } = await readLog(RECORDED);
  const patterns = await collectPatterns(signals);
  return patterns.flatMap(({ samples: [sample] }) => {
    if (sample === undefined || sample.sql.length > 5000) return [];
    const inlined = sample.sql.replace(/\$(\d+)/g, (_, number: string) => {
      const value = sample.params?.[Number(number) - 1];
      return value === null || value === undefined ? 'NULL' : `'${value.replaceAll("'", "''")}'`;
    });
    // What has no literal cannot be fresh in every line.
    return /'|\d{2}/.test(inlined) ? [inlined] : [];
  });
}

/** Text and literals in turn, text first. */
function splitAtLiterals(sql: string): string[] {
  return sql.split(/('(?:[^']|'')*'|(?<![\w$."])\d{2,}(?:\.\d+)?(?![\w"]))/);
}

/** Other digits in the place of digits. */
function freshen(literal: string, random: () => number): string {
  return literal.replace(/\d/g, (digit, at: number) =>
    (at === 0 && digit !== '0' ? 1 + Math.floor(random() * 9) : Math.floor(random() * 10)).toString(),
  );
}

/** mulberry32 */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
