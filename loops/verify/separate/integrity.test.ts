import { execa } from 'execa';
import { expect, test } from 'vitest';

const integrity = new URL('./integrity.mjs', import.meta.url).href;

/** What a process says that it changed after it ran a program. */
async function changesOf(program: string): Promise<string[]> {
  const script = `import { watchIntegrity } from ${JSON.stringify(integrity)};
import { writeSync } from 'node:fs';
const { stringify } = JSON; const changes = watchIntegrity();
${program}
writeSync(1, stringify(changes()));`;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', script]);
  return JSON.parse(stdout) as string[];
}

test('a program that goes about its own business changes nothing', async () => {
  const program = `import fs from 'node:fs'; import { EventEmitter } from 'node:events';
await fs.promises.readFile('/dev/null'); await import('node:http'); await fetch('http://127.0.0.1:1').catch(() => {});
new Blob([]); new Intl.NumberFormat('de').format(3); crypto.randomUUID(); setTimeout(() => {}, 1); process.memoryUsage();
class Mine extends EventEmitter { now() { return Date.now(); } } new Mine().on('exit', () => {}); globalThis.mine = new Mine();
Error.stackTraceLimit = 3; process.exitCode = 0; process.env.MINE = 'x';
process.on('SIGWINCH', () => {}); process.once('warning', () => {});`;
  expect(await changesOf(program)).toEqual([]);
});

test.each([
  ['JSON.stringify = () => "x";', 'JSON.stringify'],
  [
    'Object.defineProperty(Object.prototype, "ok", { get: () => true, configurable: true });',
    'Object.prototype.ok',
  ],
  ['performance.now = () => 0;', 'performance.now'],
  ['Date.now = () => 0;', 'Date.now'],
  ['globalThis.setTimeout = () => {};', 'globalThis.setTimeout'],
  ['process.hrtime = () => [0, 0];', 'process.hrtime'],
  ['Map.prototype.get = () => 5;', 'Map.prototype.get'],
  ['Promise.prototype.then = () => {};', 'Promise.prototype.then'],
  ['import assert from "node:assert"; assert.equal = () => {};', 'assert.equal'],
  ['import fs from "node:fs"; fs.readFileSync = () => "";', 'fs.readFileSync'],
  ['process.on("exit", () => {});', "a listener of the process's exit"],
  [
    'import { spawn } from "node:child_process"; spawn("true");',
    'it started a process that it does not wait for',
  ],
])('%s is seen', async (program, name) => {
  expect(await changesOf(program)).toContain(name);
});
