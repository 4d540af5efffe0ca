// The one-arm form of a case's verifier: it runs inside the sandbox, so its clock and its answer are only as
// trustworthy as what runs beside it. Whetstone's own verdicts never stand on it.
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { canonicalRows } from '../canonical-rows.ts';

interface CheckFile {
  query: string;
  ordered: boolean;
  objectiveMs: number;
  variants: { id: string; params: (string | null)[]; writes: string[]; sha256: string }[];
  commands: { build?: string[]; migrate: string[]; refresh?: string[]; serve: string[] };
}

const check = JSON.parse(readFileSync(new URL('../check.json', import.meta.url), 'utf8')) as CheckFile;
const run = ([command = 'false', ...args]: string[]) =>
  execFileSync(command, args, { cwd: '/target', stdio: 'inherit' });

run(['pg-up']);
if (check.commands.build) run(check.commands.build);
run(check.commands.migrate);
if (check.commands.refresh) run(check.commands.refresh);
run(['psql', '-qXc', 'ANALYZE']);

const [serve = 'false', ...serveArgs] = check.commands.serve;
const server = spawn(serve, serveArgs, { cwd: '/target', stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: server.stdout })[Symbol.asyncIterator]();

async function ask(params: (string | null)[]): Promise<{ ms: number; sha256: string | undefined }> {
  const started = performance.now();
  server.stdin.write(`${JSON.stringify({ id: 1, query: check.query, params })}\n`);
  const { value } = await answers.next();
  const ms = performance.now() - started;
  const answer = JSON.parse(value ?? '{}') as { columns?: string[]; types?: string[]; rows?: unknown[][] };
  const { columns, types, rows } = answer;
  const sha256 =
    columns && types && rows
      ? canonicalRows({ columns, types, rows }, { ordered: check.ordered }).sha256
      : undefined;
  return { ms, sha256 };
}

let passed = 0;
// Variants that write come last: what they change stays.
for (const variant of check.variants.toSorted((a, b) => a.writes.length - b.writes.length)) {
  for (const statement of variant.writes) run(['psql', '-qXv', 'ON_ERROR_STOP=1', '-c', statement]);
  if (variant.writes.length > 0 && check.commands.refresh) run(check.commands.refresh);
  await ask(variant.params);
  const { ms, sha256 } = await ask(variant.params);
  const ok = sha256 === variant.sha256 && ms <= check.objectiveMs;
  if (ok) passed += 1;
  console.log(`${variant.id}: ${sha256 === variant.sha256 ? 'right' : 'wrong'}, ${ms.toFixed(1)} ms`);
}
server.stdin.end();
const total = check.variants.length;
writeFileSync(
  '/logs/verifier/reward.json',
  JSON.stringify({ reward: passed === total ? 1 : 0, passed, total }),
);
