import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine } from '../../sandboxes/engine/engine.ts';
import { bakeImage } from '../../sandboxes/images/bake-image.ts';
import { SEPARATE_FILES } from '../verify/separate/commands.ts';
import { hollow } from '../verify/separate/split-target.ts';
import { digest, type TargetExport } from './export-target.ts';
import type { ImageOptions } from './images.ts';
import { layTarget, mustRun } from './lay-target.ts';
import type { CodeTarget } from './load-target.ts';
import { revisionFiles } from './revision-files.ts';
import { sourceMatcher } from './source-matcher.ts';

/** Where both sides have what they talk to each other by. */
export const SEPARATE_FOLDER = '/separate';
/** Of the runner, in the tests' container; where the target's own is found by its imports. */
export const SEPARATE_CONFIG = '/target/whetstone.separate.config.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const BAKE_MS = 5 * 60_000;

/** `from` with the files of both sides. */
export async function addSeparateFiles(engine: Engine, from: string, options: ImageOptions): Promise<string> {
  const paths = [...SEPARATE_FILES.map((name) => `separate/${name}`), 'code/twin-setup.mjs'];
  const files = await Promise.all(
    paths.map(async (file) => ({
      name: path.basename(file),
      text: await readFile(path.join(here, '../verify', file), 'utf8'),
    })),
  );
  const { image } = await bakeImage(
    engine,
    {
      name: 'separate',
      from,
      key: digest(...files.flatMap(({ name, text }) => [name, text])),
      network: 'none',
      root: true,
      timeoutMs: BAKE_MS,
      ...options,
    },
    async (sandbox) => {
      for (const { name, text } of files) await sandbox.writeFile(`${SEPARATE_FOLDER}/${name}`, text);
    },
  );
  return image;
}

/** The container that tests run in: the base, with hollow files in place of the code under test. */
export async function ensureTestsImage(
  engine: Engine,
  target: CodeTarget,
  { from, exported }: { from: string; exported: TargetExport },
  options: ImageOptions,
): Promise<string> {
  const isSource = sourceMatcher(target);
  const codeSide = (await revisionFiles(target.path, exported.revision)).filter(isSource);
  const config = configText(codeSide);
  const { image } = await bakeImage(
    engine,
    {
      name: `${target.name}-tests`,
      from,
      key: digest(exported.tree, config),
      network: 'none',
      timeoutMs: BAKE_MS,
      ...options,
    },
    async (sandbox) => {
      await layTarget(sandbox, exported, options.signal);
      for (const file of codeSide) await sandbox.writeFile(`/target/${file}`, hollow(file));
      await mustRun(sandbox, ['rm', '-rf', '/target/.git'], options.signal);
      await sandbox.writeFile(SEPARATE_CONFIG, config);
    },
  );
  return image;
}

/** The base's own configuration of vitest, whatever it is called, with the code under test on the other side. */
function configText(codeSide: readonly string[]): string {
  return `import { loadConfigFromFile } from 'vite';
import { existsSync } from 'node:fs';
import { separateConfig } from '${SEPARATE_FOLDER}/test-plugin.mjs';

const names = ['vitest', 'vite'].flatMap((name) => ['ts', 'mts', 'mjs', 'js'].map((end) => '/target/' + name + '.config.' + end));
const file = names.find((name) => existsSync(name));
const loaded = file && (await loadConfigFromFile({ command: 'serve', mode: 'test' }, file, '/target'));
const separate = await separateConfig(loaded?.config ?? {}, { root: '/target', codeSide: ${JSON.stringify(codeSide)} });
if (process.env.WHETSTONE_TWIN) separate.test.setupFiles.push('${SEPARATE_FOLDER}/twin-setup.mjs');
export default separate;
`;
}
