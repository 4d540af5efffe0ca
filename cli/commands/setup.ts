import { z } from 'zod';
import type { Engine } from '../../sandboxes/engine/engine.ts';
import { connectEngine } from '../../sandboxes/engine/engine.ts';
import { ensureImage } from '../../sandboxes/images/ensure-image.ts';
import { postgres15 } from '../../sandboxes/images/postgres-15.ts';
import { defineCommand } from '../define-command.ts';
import { engineOwner } from '../engine-owner.ts';
import { exampleImages } from '../example/example-images.ts';
import { findEngine } from '../setup/find-engine.ts';
import { installedPackages, installPackages } from '../setup/install-engine.ts';
import { findOnPath, readMachineFacts } from '../setup/machine-facts.ts';
import { machineFolder } from '../setup/machine-folder.ts';
import { runSteps, type Step } from '../setup/run-steps.ts';
import { recordSetup } from '../setup/setup-record.ts';
import { startEngine } from '../setup/start-engine.ts';
import { installTestServer, testServerIsMissing } from '../setup/test-server.ts';

const recipes = [postgres15];

export const setupCommand = defineCommand({
  name: 'setup',
  summary: 'find, or install and start, a Docker Engine, and make the images',
  examples: ['whetstone setup', 'whetstone setup --yes --json'],
  args: [],
  options: [
    { notation: '--yes', describe: 'install and start without asking on a terminal' },
    {
      notation: '--tests',
      describe:
        "also what this repository's own tests need: PostgreSQL 15 from Debian packages, the example's images",
    },
  ],
  input: z.object({ yes: z.boolean().default(false), tests: z.boolean().default(false) }),
  output: z.object({
    engine: z.object({ version: z.string(), apiVersion: z.string() }),
    /** Debian packages that this run installed. */
    installed: z.array(z.string()),
    images: z.array(z.object({ name: z.string(), image: z.string() })),
  }),
  async run({ yes, tests }, { env, signal, quiet, progress }) {
    const folder = machineFolder(env);
    const owner = engineOwner(folder);
    const installed: string[] = [];
    const images: { name: string; image: string }[] = [];
    const found = await findEngine({ env, owner, yes, signal });
    let engine: Engine | undefined = 'docker' in found ? found : undefined;

    const steps: Step[] = [];
    if ('kind' in found && found.kind === 'install') {
      steps.push({
        title: `Installing ${found.packages.join(', ')}`,
        run: async (progress) => {
          const added = await installPackages(found.packages, { signal, progress });
          installed.push(...added);
          await recordSetup(folder, { packages: added });
        },
      });
    }
    if ('kind' in found) {
      steps.push({
        title: 'Starting the Docker Engine',
        run: async (progress) => {
          const dockerdLog = await startEngine(readMachineFacts(env), env, { signal, progress });
          if (dockerdLog !== undefined) await recordSetup(folder, { dockerdLog });
          engine = await connectEngine({ owner, signal });
        },
      });
    }
    if (tests && testServerIsMissing()) {
      steps.push({
        title: 'Installing PostgreSQL 15 for the tests',
        run: async (progress) => {
          const added = await installTestServer(readMachineFacts(env), { signal, progress });
          installed.push(...added);
          await recordSetup(folder, { packages: added });
        },
      });
    }
    for (const recipe of recipes) {
      steps.push({
        title: `The image ${recipe.name}`,
        run: async (progress) => {
          const image = await withPackagesNoted(env, folder, installed, () =>
            ensureImage(engine as Engine, recipe, { progress, signal }),
          );
          images.push({ name: recipe.name, image });
        },
      });
    }
    if (tests) {
      steps.push({
        title: "The example's images for the tests",
        run: async (progress) => {
          images.push(...(await exampleImages(engine as Engine, { progress, signal })));
        },
      });
    }
    await runSteps(steps, { quiet, progress });
    await recordSetup(folder, {});
    const { version, apiVersion } = engine as Engine;
    return {
      document: { engine: { version, apiVersion }, installed, images },
      text: `Docker Engine ${version} answers; images: ${images.map(({ image }) => image).join(', ')}.`,
      exitCode: 0,
    };
  },
});

/** Making a base may install mmdebstrap on this host, also where it fails later: uninstall takes that back as well. */
async function withPackagesNoted<T>(
  env: NodeJS.ProcessEnv,
  folder: string,
  installed: string[],
  work: () => Promise<T>,
): Promise<T> {
  if (findOnPath('mmdebstrap', env) !== undefined) return work();
  const before = await installedPackages();
  try {
    return await work();
  } finally {
    const added = [...(await installedPackages())].filter((name) => !before.has(name));
    await recordSetup(folder, { packages: added });
    installed.push(...added);
  }
}
