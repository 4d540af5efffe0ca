// Runs in vitest's worker before each test file.
import { appendFileSync } from 'node:fs';
import { afterAll, afterEach } from 'vitest';
import { Session } from './client.mjs';

const session = new Session(globalThis.__vitest_worker__?.filepath ?? 'a test file');
globalThis[Symbol.for('whetstone.separate')] = (file, exportName) => session.load(file, exportName);

afterEach(() => session.mustLive());
afterAll(() => {
  const { WHETSTONE_SIGNS: file } = process.env;
  for (const sign of file ? session.signs() : []) appendFileSync(file, `${JSON.stringify(sign)}\n`);
  session.close();
});
