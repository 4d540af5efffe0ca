import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { simpleGit } from 'simple-git';
import type { QueryCase } from '../../datasets/cases/case.ts';
import { writeCase } from '../../datasets/cases/case-folder.ts';
import { type Dataset, freezeDataset } from '../../datasets/cases/dataset.ts';
import { commandLine } from './command-line.ts';

const binary = path.resolve(import.meta.dirname, '../../bin/whetstone.mjs');
const canary = '7f0c1f4e-6f0e-4c52-9d6a-1f1f0d3b5a11';

/** A repository with a configuration and nothing else; its datasets lie beside it, as commits of their own. */
export async function smallTarget() {
  const folder = await mkdtemp('/tmp/whetstone-small-');
  await execa('chmod', ['0755', folder]);
  const root = path.join(folder, 'shop');
  const datasets = path.join(folder, 'shop-datasets');
  await mkdir(root);
  await simpleGit(root).raw(['init', '--quiet', '--initial-branch=main']);
  await writeFile(
    path.join(root, 'whetstone.config.ts'),
    `import { defineConfig } from 'whetstone';
export default defineConfig({
  name: 'shop',
  target: { remote: '../shop.git' },
  sources: [{ path: '../logs/*.json' }],
  environment: { data: ['true'] },
  commands: { migrate: ['true'], serve: ['true'] },
  objective: { ms: 50 },
});
`,
  );
  const env = {
    HOME: folder,
    DOCKER_HOST: `unix://${folder}/none.sock`,
    DATABASE_URL: undefined,
    WHETSTONE_HOME: undefined,
  };
  const withState = (words: string[]) => ['--state', path.join(folder, 'state'), ...words];
  const commit = async () => {
    const git = simpleGit(datasets).env({ PATH: process.env['PATH'], HOME: folder });
    await git.raw(['init', '--quiet', '--initial-branch=main']);
    await git.raw(['add', '--all']);
    const author = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost'];
    await git.raw([...author, 'commit', '--quiet', '--message', 'Frozen']);
  };
  return {
    folder,
    root,
    datasets,
    /** The real program in the target's folder, without an engine. */
    program: (...words: string[]) =>
      execa(process.execPath, [binary, ...withState(words)], {
        cwd: root,
        reject: false,
        timeout: 60_000,
        env,
      }),
    /** The same command line in this process, which takes a tenth of the time. */
    whetstone: (...words: string[]) => commandLine(withState(words), { cwd: root, env }),
    async freeze(
      cases: readonly QueryCase[],
      { frontier = false }: { frontier?: boolean } = {},
    ): Promise<Dataset> {
      const dataset = await freezeDataset(frontier ? path.join(datasets, 'frontier') : datasets, {
        name: frontier ? 'shop-frontier' : 'shop',
        canary,
        now: new Date('2026-01-02T03:04:05Z'),
        cases: cases.map((one) => ({
          id: one.id,
          split: frontier ? 'frontier' : 'dev',
          write: (at) =>
            writeCase(at, one, {
              canary,
              dataImage: 'shop-data:1',
              exportTar: Buffer.from('tar'),
              commands: { migrate: ['true'], serve: ['true'] },
            }),
        })),
      });
      await commit();
      return dataset;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
