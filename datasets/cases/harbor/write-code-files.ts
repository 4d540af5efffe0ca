import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { ReportFormat } from '../../reports/test-report.ts';
import { type CodeCase, testIdsOf } from '../code-case.ts';

/** What a Harbor run of a case needs besides the case. */
export interface CodeEnvironment {
  canary: string;
  /** The image with Node and the target's packages. */
  image: string;
  /** Tar archive of the base revision without the files that hold the case's tests: what a fixer gets. */
  openTar: Buffer;
  /** Tar archive of the base revision: what judges. */
  exportTar: Buffer;
  /** Runs the tests; the report is read from `reportFile`, relative to the target, or from its stdout where null. */
  command: readonly string[];
  format: ReportFormat;
  reportFile: string | null;
}

const here = path.dirname(fileURLToPath(import.meta.url));

/** environment/ and tests/ of a case: the files that Harbor runs and Whetstone's own verdicts do not. */
export async function writeCodeHarborFiles(
  folder: string,
  codeCase: CodeCase,
  environment: CodeEnvironment,
): Promise<void> {
  const inEnvironment = (name: string) => path.join(folder, 'environment', name);
  const inTests = (name: string) => path.join(folder, 'tests', name);
  await mkdir(path.join(folder, 'tests'), { recursive: true });
  await mkdir(path.join(folder, 'environment'), { recursive: true });

  await writeFile(inEnvironment('target.tar'), environment.openTar);
  await writeFile(
    inEnvironment('Dockerfile'),
    `# canary ${environment.canary}\nFROM ${environment.image}\nADD --chown=1000:1000 target.tar /target/\nWORKDIR /target\n`,
  );
  await copyFile(path.join(here, 'docker-compose.yaml'), inEnvironment('docker-compose.yaml'));

  await writeFile(inTests('base.tar'), environment.exportTar);
  await writeFile(
    inTests('Dockerfile'),
    `# canary ${environment.canary}\nFROM ${environment.image}\nCOPY --chown=1000:1000 . /tests/\nWORKDIR /target\n`,
  );
  await copyFile(path.join(here, 'code-test.sh'), inTests('test.sh'));
  await writeFile(inTests('check-code.mjs'), await bundledCheck());
  const check = {
    command: environment.command,
    format: environment.format,
    reportFile: environment.reportFile,
    decisive: Object.keys(codeCase.decisive),
    tests: testIdsOf(codeCase),
    // Tests and code share a process there.
    guards: codeCase.besideGuards.length > 0 ? codeCase.besideGuards : codeCase.guards,
  };
  await writeFile(inTests('check.json'), `${JSON.stringify(check, null, 2)}\n`);
  if (codeCase.oracle !== null) await writeSolution(path.join(folder, 'solution'), codeCase.oracle);
}

/** What Harbor's oracle agent runs: it finds this folder at /solution. */
async function writeSolution(folder: string, oracle: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'oracle.patch'), oracle);
  const script = '#!/bin/bash\ncd /target && git apply --whitespace=nowarn /solution/oracle.patch\n';
  await writeFile(path.join(folder, 'solve.sh'), script, { mode: 0o755 });
}

let bundled: Promise<string> | undefined;

/** check-code.ts with the report parsers and what they import, in one file: the image has none of it. */
function bundledCheck(): Promise<string> {
  bundled ??= build({
    entryPoints: [path.join(here, 'check-code.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    write: false,
    legalComments: 'inline',
  }).then(({ outputFiles }) => outputFiles[0]?.text ?? '');
  return bundled;
}
