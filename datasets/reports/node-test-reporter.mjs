// A reporter for `node --test --test-reporter=<this file> --test-reporter-destination=<report>`: the events of the runner,
// a line of JSON each, as node-test.ts reads them. Runs where the tests run, on Node 20 or later, so it imports nothing of ours.
import { inspect } from 'node:util';

const MESSAGE_CHARACTERS = 20_000;

export default async function* report(events) {
  /** By file, the end of what it wrote: why one could not be loaded stands nowhere else. */
  const stderr = new Map();
  let lines = 2;
  yield line({ type: 'begin', writer: 'whetstone-node-test', version: 1 });
  for await (const { type, data } of events) {
    if (type === 'test:stderr')
      stderr.set(data.file, ((stderr.get(data.file) ?? '') + data.message).slice(-MESSAGE_CHARACTERS));
    const value = describe(type, data, stderr);
    if (value === undefined) continue;
    lines += 1;
    yield line(value);
  }
  yield line({ type: 'end', lines });
}

function describe(type, data, stderr) {
  if (type === 'test:start') return { type: 'start', nesting: data.nesting, name: data.name };
  if (type === 'test:pass' || type === 'test:fail') return result(data, type === 'test:pass', stderr);
  // Those without a file are the runner's own, its totals among them; a test's have one.
  if (type === 'test:diagnostic' && data.file === undefined)
    return { type: 'total', text: cut(data.message) };
  return undefined;
}

function result({ name, nesting, file, line, column, skip, todo, details }, passed, stderr) {
  const error = details.error;
  // A file is reported as if it were a test at its very beginning, named by its path.
  const isFile = nesting === 0 && line === 1 && column === 1 && `/${file}`.endsWith(`/${name}`);
  const why = inspect(error?.cause ?? error);
  return {
    type: 'result',
    nesting,
    name,
    file: file ?? null,
    kind: isFile ? 'file' : (details.type ?? 'test'),
    outcome: outcome({ skip, todo, passed }),
    durationMs: details.duration_ms ?? null,
    reason: error?.failureType ?? null,
    message: passed ? (text(skip) ?? text(todo)) : cut(isFile ? (stderr.get(file) ?? why) : why),
  };
}

function outcome({ skip, todo, passed }) {
  if (isSet(skip)) return passed ? 'skipped' : 'failed';
  if (isSet(todo)) return 'todo';
  return passed ? 'passed' : 'failed';
}

function isSet(directive) {
  return directive !== undefined && directive !== null && directive !== false;
}

function text(reason) {
  return typeof reason === 'string' ? cut(reason) : null;
}

function cut(message) {
  return String(message).slice(0, MESSAGE_CHARACTERS);
}

function line(value) {
  return `${JSON.stringify(value)}\n`;
}
