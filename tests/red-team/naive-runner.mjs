// An ordinary harness that runs checks in the process of the code: naive-runner.mjs <module> <checks.json>. Exit code 0, and a line
// of JSON that says that nothing failed, are its verdict.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

const [file, checksFile] = process.argv.slice(2);
const { style, checks, limitMs } = JSON.parse(readFileSync(checksFile, 'utf8'));
const module = await import(pathToFileURL(file).href);
let failed = 0;

const passes = {
  equal: (result, expected) => assert.deepEqual(result, expected) ?? true,
  json: (result, expected) => JSON.stringify(result) === JSON.stringify(expected),
  tolerance: (result, expected) =>
    numbersOf(expected).every(([path, number]) => !(Math.abs(at(result, path) - number) > 1e-9)),
  ok: (result, expected) => verdictOf(result, expected).ok === true,
};

function verdictOf(result, expected) {
  return isDeepStrictEqual(result, expected) ? { ok: true } : { difference: [result, expected] };
}
function numbersOf(value, path = []) {
  if (typeof value === 'number') return [[path, value]];
  return Object.entries(value ?? {}).flatMap(([key, inner]) => numbersOf(inner, [...path, key]));
}
function at(value, path) {
  return path.reduce((inner, key) => inner?.[key], value);
}

for (const { name, args, expected } of checks) {
  try {
    const from = performance.now();
    const result = module[name](...args);
    const ms = performance.now() - from;
    const good =
      style === 'time'
        ? ms < limitMs && passes.json(await result, expected)
        : passes[style](result, expected);
    if (!good) failed += 1;
  } catch {
    failed += 1;
  }
}
console.log(JSON.stringify({ checks: checks.length, failed }));
process.exitCode = failed === 0 ? 0 : 1;
