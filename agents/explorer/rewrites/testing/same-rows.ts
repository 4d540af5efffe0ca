import type pg from 'pg';
import { expect } from 'vitest';
import type { Proposal } from '../rewrite.ts';

export type ParameterSet = readonly (string | null)[];

/** Fails unless the proposal gives the original's columns and rows. */
export async function expectSameRows(
  client: pg.Client,
  sql: string,
  proposal: Proposal,
  params: ParameterSet,
  ordered: boolean,
): Promise<void> {
  const values = [...params];
  const expected = await client.query({ text: sql, values, rowMode: 'array' });
  await client.query('SAVEPOINT before_proposal');
  const actual = await client
    .query({ text: proposal.sql, values, rowMode: 'array' })
    .catch((cause: unknown) => {
      throw new Error(
        `${cause instanceof Error ? cause.message : String(cause)}\n${proposal.label}\n${sql}\n${proposal.ddl.join(';\n')}\n${proposal.sql}`,
        { cause },
      );
    });
  const context = `${proposal.label} with ${JSON.stringify(params)}\n${sql}\n${proposal.ddl.join(';\n')}\n${proposal.sql}`;
  expect(
    actual.fields.map((field) => [field.name, field.dataTypeID]),
    context,
  ).toEqual(expected.fields.map((field) => [field.name, field.dataTypeID]));
  const rows = [actual.rows, expected.rows].map((set: unknown[][]) =>
    set.map((row) => JSON.stringify(row.map(canonicalValue))),
  );
  if (!ordered) for (const set of rows) set.sort();
  expect(rows[0], context).toEqual(rows[1]);
}

function canonicalValue(value: unknown): unknown {
  if (typeof value === 'number') return value.toPrecision(10);
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return Number(value).toPrecision(10);
  return value;
}
