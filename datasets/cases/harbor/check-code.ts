// The one-arm form of a code case's verifier: tests and code share a process here, so that its report is only as
// trustworthy as the code. Whetstone's own verdicts never stand on it. Bundled into one file when a case is frozen.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { readReport } from '../../reports/read-report.ts';
import type { ReportFormat } from '../../reports/test-report.ts';

interface CheckFile {
  command: string[];
  format: ReportFormat;
  reportFile: string | null;
  decisive: string[];
  tests: string[];
  guards: string[];
}

const check = JSON.parse(readFileSync(new URL('check.json', import.meta.url), 'utf8')) as CheckFile;
// What decides is the base's, whatever the fixer left there.
const restored = spawnSync('tar', ['-xf', '/tests/base.tar', '-C', '/target', ...check.decisive]);
const [program = 'false', ...args] = check.command;
const run = spawnSync(program, args, { cwd: '/target', encoding: 'utf8', maxBuffer: 2 ** 26 });
const text = check.reportFile === null ? run.stdout : readFileSync(`/target/${check.reportFile}`, 'utf8');
const report = readReport(text, { format: check.format, root: '/target' });

const passed = new Set(report.tests.filter(({ outcome }) => outcome === 'passed').map(({ id }) => id));
const missing = [...check.tests, ...check.guards].filter((id) => !passed.has(id));
for (const id of missing) console.log(`not passed: ${id}`);
for (const problem of report.problems) console.log(`report: ${problem}`);
const ok = restored.status === 0 && missing.length === 0 && report.problems.length === 0;
writeFileSync(
  '/logs/verifier/reward.json',
  JSON.stringify({
    reward: ok ? 1 : 0,
    passed: check.tests.filter((id) => passed.has(id)).length,
    total: check.tests.length,
  }),
);
