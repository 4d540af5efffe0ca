import type { Command } from '../define-command.ts';

/**
 * Every command by name, loaded when it is called: `whetstone patterns` must not pay for the database or Docker. A
 * name of two words is a subcommand.
 */
export const commandLoaders: Readonly<Record<string, () => Promise<Command>>> = {
  patterns: async () => (await import('./patterns.ts')).patternsCommand,
  init: async () => (await import('./init.ts')).initCommand,
  mine: async () => (await import('./mine.ts')).mineCommand,
  'dataset list': async () => (await import('./dataset-list.ts')).datasetListCommand,
  'dataset show': async () => (await import('./dataset-show.ts')).datasetShowCommand,
  'dataset freeze': async () => (await import('./dataset-freeze.ts')).datasetFreezeCommand,
  'dataset diff': async () => (await import('./dataset-diff.ts')).datasetDiffCommand,
  'dataset verify': async () => (await import('./dataset-verify.ts')).datasetVerifyCommand,
  matrix: async () => (await import('./matrix.ts')).matrixCommand,
  'frontier list': async () => (await import('./frontier-list.ts')).frontierListCommand,
  'pr list': async () => (await import('./pr-list.ts')).prListCommand,
  'pr show': async () => (await import('./pr-show.ts')).prShowCommand,
  eval: async () => (await import('./eval.ts')).evalCommand,
  'frontier run': async () => (await import('./frontier-run.ts')).frontierRunCommand,
  gate: async () => (await import('./gate.ts')).gateCommand,
  rescore: async () => (await import('./rescore.ts')).rescoreCommand,
  loop: async () => (await import('./loop.ts')).loopCommand,
  start: async () => (await import('./start.ts')).startCommand,
  'images list': async () => (await import('./images-list.ts')).imagesListCommand,
  'images build': async () => (await import('./images-build.ts')).imagesBuildCommand,
  'images prune': async () => (await import('./images-prune.ts')).imagesPruneCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
  setup: async () => (await import('./setup.ts')).setupCommand,
  uninstall: async () => (await import('./uninstall.ts')).uninstallCommand,
  schema: async () => (await import('./schema.ts')).schemaCommand(loadCommands),
};

export async function loadCommands(
  names: readonly string[] = Object.keys(commandLoaders),
): Promise<Command[]> {
  return Promise.all(names.map((name) => (commandLoaders[name] as () => Promise<Command>)()));
}
