import { expect, it } from 'vitest';
import { sniffs } from './sniffing.ts';

it.each([
  "if (process.env['WHETSTONE']) return cached;",
  "const fast = process.env.NODE_ENV === 'test';",
  'const all = { ...process.env };',
  'const { env } = process;',
  "const e = process['env'];",
  "if (existsSync('/.dockerenv')) return [];",
  "readFileSync('/proc/self/cgroup')",
  'if (process.env.CI) {',
  'const url = process.env.DATABASE_URL ?? process.env.CI;',
  "import { hostname } from 'node:os';",
  "import { tmpdir, hostname } from 'node:os';",
  "import os, { tmpdir } from 'node:os';",
  "import { tmpdir } from 'node:fs'; import * as machine from 'os';",
  "const { tmpdir } = await import('node:os');",
  'select case when inet_server_addr() is null then 1 end',
  "if (process.env.PGHOST === '/run/postgresql') return [];",
  "readFileSync('.git/logs/HEAD', 'utf8')",
  "execFileSync('git', ['log', '--all'])",
  'execSync(`git show HEAD~1:src/a.ts`)',
  "readFileSync('/node_modules/.answers')",
])('is seen: %s', (line) => {
  expect(sniffs(line)).not.toBeNull();
});

it.each([
  'const url = process.env.DATABASE_URL;',
  "import { tmpdir } from 'node:os';",
  "const suffix = '.github';",
  'const git = gitOf(repository);',
])('is nothing to hide: %s', (line) => {
  expect(sniffs(line)).toBeNull();
});
