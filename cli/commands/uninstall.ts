import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { Fault } from '../../datasets/fault.ts';
import { removeDatabaseUser } from '../../loops/state/database-user.ts';
import { connectEngine } from '../../sandboxes/engine/engine.ts';
import { type CommandContext, defineCommand } from '../define-command.ts';
import { engineOwner } from '../engine-owner.ts';
import { usageFolder } from '../image-keeping.ts';
import { ask, canAsk } from '../setup/ask.ts';
import { removePackages } from '../setup/install-engine.ts';
import { machineFolder } from '../setup/machine-folder.ts';
import { forgetSetup, readSetupRecord } from '../setup/setup-record.ts';
import { stopEngine } from '../setup/stop-engine.ts';
import { findDatasets } from '../uninstall/find-datasets.ts';
import { findOnEngine, removeFromEngine } from '../uninstall/remove-from-engine.ts';
import { findStates, removeState } from '../uninstall/remove-state.ts';

const Output = z.object({
  removed: z.object({
    containers: z.array(z.string()),
    images: z.array(z.string()),
    /** Folders. */
    state: z.array(z.string()),
    /** Debian packages that set-up had installed. */
    packages: z.array(z.string()),
  }),
  kept: z.array(z.object({ what: z.string(), why: z.string() })),
});
type Output = z.infer<typeof Output>;

type Plan = Awaited<ReturnType<typeof makePlan>>;

export const uninstallCommand = defineCommand({
  name: 'uninstall',
  summary: 'take back what set-up and the loop made: images, containers, state; never a dataset',
  examples: [
    'whetstone uninstall',
    'whetstone uninstall --yes',
    'whetstone uninstall --state /var/lib/whetstone/flights',
  ],
  args: [],
  options: [{ notation: '--yes', describe: 'do not ask' }],
  input: z.object({ yes: z.boolean().default(false) }),
  output: Output,
  async run({ yes }, context) {
    const plan = await makePlan(context);
    const told = describePlan(plan);
    if (told.length === 0)
      return { document: answer(plan, []), text: 'There is nothing to take back.', exitCode: 0 };
    await confirm(told, yes, context);
    const kept = await carryOut(plan, context);
    const lines = [`Removed ${told.join(', ')}.`, ...kept.map(({ what, why }) => `Kept ${what}: ${why}.`)];
    return { document: answer(plan, kept), text: lines.join('\n'), exitCode: 0 };
  },
});

/** With --state it is about that state alone; else about all that stands on this machine. */
async function makePlan({ env, state, signal }: CommandContext) {
  const machine = machineFolder(env);
  const chosen = state || env['WHETSTONE_HOME'];
  const states = await findStates(chosen === undefined ? undefined : path.resolve(chosen), machine);
  const engine = await connectEngine({ endpoint: env['DOCKER_HOST'] || undefined, signal }).catch(
    () => undefined,
  );
  signal.throwIfAborted();
  return {
    alone: state !== undefined,
    machine,
    states,
    datasets: (await Promise.all(states.map(findDatasets))).flat(),
    engine,
    onEngine: await findOnEngine(engine, state === undefined ? undefined : engineOwner(path.resolve(state))),
    record: state === undefined ? await readSetupRecord(machine) : { packages: [] },
  };
}

function describePlan({ onEngine: { containers, images }, states, datasets, record }: Plan): string[] {
  const except = datasets.length === 0 ? '' : ` (all but ${datasets.join(', ')})`;
  return [
    ...(containers.length > 0 ? [`${containers.length} containers`] : []),
    ...(images.length > 0 ? [`${images.length} images`] : []),
    ...(states.length > 0 ? [`the state in ${states.join(', ')}${except}`] : []),
    ...(record.packages.length > 0 ? [`the Debian packages ${record.packages.join(' ')}`] : []),
  ];
}

async function confirm(told: readonly string[], yes: boolean, { signal }: CommandContext): Promise<void> {
  if (yes) return;
  const plan = `This removes ${told.join(', ')}.`;
  if (!canAsk()) {
    throw new Fault('needs-yes', `${plan} There is no terminal to ask on.`, {
      hint: 'Run `whetstone uninstall --yes` if you mean it.',
    });
  }
  if (await ask(`${plan} Go on?`, signal)) return;
  throw new Fault('declined', 'Nothing was removed.', {
    hint: 'Run `whetstone uninstall` again when you mean it.',
  });
}

async function carryOut(plan: Plan, { env, signal, progress }: CommandContext): Promise<Output['kept']> {
  const { engine, onEngine, record, machine, states, datasets, alone } = plan;
  const inUse = await removeFromEngine(engine, onEngine);
  for (const state of states) await removeState(state, datasets);
  const ourEngine = record.packages.includes('docker.io');
  if (!alone) {
    if (ourEngine && record.dockerdLog !== undefined) await stopEngine(record.dockerdLog);
    await removePackages(record.packages, { signal, progress });
    await removeDatabaseUser();
    await rm(usageFolder(env), { recursive: true, force: true });
    // Last, so that an uninstallation that was cut off can be taken up again.
    await forgetSetup(machine);
  }
  return [
    ...datasets.map((what) => ({ what, why: 'a dataset is yours' })),
    ...inUse.map((what) => ({ what, why: 'a container or an image that is not ours needs it' })),
    ...(engine === undefined ? [{ what: 'images and containers', why: 'no Docker Engine answers' }] : []),
    ...(ourEngine && existsSync('/var/lib/docker')
      ? [{ what: '/var/lib/docker', why: 'it may hold what others made' }]
      : []),
  ];
}

function answer({ onEngine, states, record }: Plan, kept: Output['kept']): Output {
  const images = onEngine.images.flatMap(({ id, names }) => (names.length > 0 ? names : [id]));
  return {
    removed: {
      containers: onEngine.containers.map(({ name }) => name),
      images: images.filter((image) => !kept.some(({ what }) => what === image)),
      state: states,
      packages: record.packages,
    },
    kept,
  };
}
