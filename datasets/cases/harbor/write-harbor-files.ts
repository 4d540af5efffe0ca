import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { QueryCase } from '../case.ts';

/** What a Harbor run of a case needs besides the case. */
export interface HarborEnvironment {
  canary: string;
  /** The image with PostgreSQL, packages and rows. */
  dataImage: string;
  /** Tar archive of the target's one-commit export. */
  exportTar: Buffer;
  commands: {
    build?: readonly string[] | undefined;
    migrate: readonly string[];
    refresh?: readonly string[] | undefined;
    serve: readonly string[];
  };
}

const here = path.dirname(fileURLToPath(import.meta.url));

/** environment/ and tests/ of a case: the files that Harbor runs and Whetstone's own verdicts do not. */
export async function writeHarborFiles(
  folder: string,
  queryCase: QueryCase,
  environment: HarborEnvironment,
): Promise<void> {
  const inEnvironment = (name: string) => path.join(folder, 'environment', name);
  const inTests = (name: string) => path.join(folder, 'tests', name);
  await mkdir(path.join(folder, 'tests'), { recursive: true });
  await mkdir(path.join(folder, 'environment'), { recursive: true });

  await writeFile(inEnvironment('target.tar'), environment.exportTar);
  await writeFile(
    inEnvironment('Dockerfile'),
    `# canary ${environment.canary}\nFROM ${environment.dataImage}\nADD --chown=1000:1000 target.tar /target/\nWORKDIR /target\n`,
  );
  await copyFile(path.join(here, 'docker-compose.yaml'), inEnvironment('docker-compose.yaml'));

  await writeFile(
    inTests('Dockerfile'),
    `# canary ${environment.canary}\nFROM ${environment.dataImage}\nCOPY --chown=1000:1000 . /tests/\nWORKDIR /target\n`,
  );
  await copyFile(path.join(here, 'test.sh'), inTests('test.sh'));
  // Two levels, as here: check.ts imports ../canonical-rows.ts.
  await mkdir(inTests('harbor'), { recursive: true });
  await copyFile(path.join(here, 'check.ts'), inTests('harbor/check.ts'));
  for (const name of ['canonical-rows.ts', 'canonical-number.ts', 'canonical-value.ts']) {
    await copyFile(path.join(here, '..', name), inTests(name));
  }
  const check = {
    query: queryCase.query,
    ordered: queryCase.ordered,
    objectiveMs: queryCase.objectiveMs,
    variants: [...queryCase.visible, ...queryCase.hidden],
    commands: environment.commands,
  };
  await writeFile(inTests('check.json'), `${JSON.stringify(check, null, 2)}\n`);
}
