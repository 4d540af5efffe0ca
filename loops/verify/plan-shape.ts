import type { Params } from '../../datasets/patterns/pattern.ts';
import type { SqlClient } from '../target/sql-client.ts';

/** The plan without its figures: node types, relations with their schemas, indexes and conditions, as one text. */
export async function planShape(sql: SqlClient, statement: string, params: Params): Promise<string> {
  const explained = await sql.query(`EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) ${statement}`, params);
  return String(explained.rows[0]?.[0]);
}

/** The planner's estimate of the whole statement, in its own units. */
export async function planCost(sql: SqlClient, statement: string, params: Params): Promise<number> {
  const explained = await sql.query(`EXPLAIN (FORMAT JSON) ${statement}`, params);
  const [{ Plan }] = JSON.parse(String(explained.rows[0]?.[0])) as [{ Plan: { 'Total Cost': number } }];
  return Plan['Total Cost'];
}
