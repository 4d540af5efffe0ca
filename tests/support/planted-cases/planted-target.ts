import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256 } from '../../../datasets/sha256.ts';
import { temporaryFolder } from '../../../sandboxes/images/temporary-folder.ts';
import { faultyTarget } from '../faulty-target.ts';
import { CHECKS_OF, type PlantedCase } from './planted-case.ts';

/** What admission made of one. */
export interface Decided {
  planted: PlantedCase;
  /** `not-a-case`: its tests passed on the base when they were first run. */
  outcome: 'admitted' | 'refused' | 'not-a-case';
  check: string;
  detail: string;
  /** Refused by a check that can see what is wrong with it; of a sound one: admitted. */
  right: boolean;
}

interface Mined {
  admitted: { pattern: string }[];
  refused: { pattern: string; check: string; detail: string }[];
}

const NAME = 'planted';

const CONFIG = `import { defineConfig } from 'whetstone';

export default defineConfig({
  name: '${NAME}',
  domain: 'code',
  target: { remote: '../${NAME}.git', sources: ['src/**'] },
  environment: { packages: { typescript: '6.0.3', vitest: '4.1.12' } },
  tests: {
    command: ['node', '/node_modules/vitest/vitest.mjs', 'run', '--reporter=json', '--outputFile=report.json'],
    report: { format: 'vitest-jest-json', file: 'report.json' },
    separate: 'vitest',
    timeoutMs: 600_000,
  },
});
`;

/** Mines a target that holds all of these, with what mends them as one oracle, and says how each was decided. */
export async function decidePlanted(
  cases: readonly PlantedCase[],
): Promise<{ decided: Decided[]; wallMs: number }> {
  await using folder = await temporaryFolder();
  const library = path.join(folder.path, NAME);
  const files = Object.assign(
    {
      'package.json': `{ "name": "${NAME}", "private": true, "type": "module" }\n`,
      'whetstone.config.ts': CONFIG,
    },
    ...cases.map((one) => one.files),
  ) as Record<string, string>;
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(library, file)), { recursive: true });
    await writeFile(path.join(library, file), text);
  }
  await using target = await faultyTarget(library, []);
  const words = ['mine', '--source', 'tests'];
  const fixes = { oracle: cases.map(({ fix }) => fix), other: cases.map(({ otherFix }) => otherFix ?? {}) };
  for (const [name, parts] of Object.entries(fixes)) {
    const texts: Record<string, string> = Object.assign({}, ...parts);
    if (Object.keys(texts).length === 0) continue;
    const file = path.join(folder.path, `${name}.patch`);
    await writeFile(file, await target.patchOfFiles(texts));
    words.push('--oracle', file);
  }
  const started = performance.now();
  const mined = (await target.whetstone(words)) as Mined;
  const wallMs = performance.now() - started;
  return { decided: cases.map((planted) => decide(planted, mined)), wallMs };
}

function decide(planted: PlantedCase, { admitted, refused }: Mined): Decided {
  const ids = planted.patterns.map((fingerprint) => sha256(fingerprint).slice(0, 16));
  const refusals = refused.filter(({ pattern }) => ids.includes(pattern));
  const isAdmitted = admitted.some(({ pattern }) => ids.includes(pattern));
  if (planted.kind === 'sound') {
    const [refusal] = refusals;
    const { check, detail } = refusal ?? { check: '', detail: '' };
    const outcome = refusal ? 'refused' : isAdmitted ? 'admitted' : 'not-a-case';
    return { planted, outcome, check, detail, right: outcome === 'admitted' };
  }
  // Of two that ask the same either may go, but not both for that.
  const expected = CHECKS_OF[planted.kind];
  const seen = refusals.find(({ check }) => expected.some((one) => one === check));
  const { check, detail } = seen ?? refusals[0] ?? { check: '', detail: '' };
  const outcome = refusals.length > 0 ? 'refused' : isAdmitted ? 'admitted' : 'not-a-case';
  return { planted, outcome, check, detail, right: seen !== undefined };
}
