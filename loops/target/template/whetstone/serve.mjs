// `{ id, query, params }` a line on stdin, `{ id, columns, types, rows }` or `{ id, error }` a line on stdout, in the
// order of arrival. Ends when stdin does.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { answer } from './queries.mjs';

// A query module that logs would break the protocol.
console.log = console.error;
console.info = console.error;

function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

async function reply(line) {
  let id = null;
  try {
    const request = JSON.parse(line);
    id = request.id ?? null;
    return { id, ...(await answer(String(request.query), request.params ?? [])) };
  } catch (error) {
    return { id, error: messageOf(error) };
  }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
  if (line.trim() === '') continue;
  if (!process.stdout.write(`${JSON.stringify(await reply(line))}\n`)) await once(process.stdout, 'drain');
}
