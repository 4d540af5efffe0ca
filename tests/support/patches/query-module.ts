import type { Author } from './author.ts';

/**
 * A query's file in TypeScript, which asks one of several texts. `choice` is an expression for which, over `params` and what
 * `before` declares; texts are constants under the author's names.
 */
export function queryModule(
  { name }: Author,
  { texts, before = '', choice }: { texts: Record<string, string>; before?: string; choice: string },
): string {
  const constants = Object.entries(texts).map(
    ([word, text]) => `const ${name(word)} = ${JSON.stringify(text.replace(/;\s*$/, ''))};\n`,
  );
  return `${constants.join('')}${before}
export async function run(params, db) {
  const client = await db.connect();
  try {
    const { fields, rows } = await client.query({ text: ${choice}, values: params, rowMode: 'array' });
    const known = await client.query({ text: 'SELECT oid, typname FROM pg_type', rowMode: 'array' });
    const types = new Map(known.rows.map(([oid, type]) => [Number(oid), type]));
    return { columns: fields.map(({ name }) => name), types: fields.map(({ dataTypeID }) => types.get(dataTypeID)), rows };
  } finally {
    await client.end();
  }
}
`;
}

/** `queries/a.sql` becomes `queries/a.ts`. */
export const moduleFile = (queryFile: string): string => queryFile.replace(/\.sql$/, '.ts');
