import { execa } from 'execa';
import { label } from '../containers/labels.ts';
import type { Engine } from '../engine/engine.ts';
import { node } from '../images/node.ts';
import { temporaryFolder } from '../images/temporary-folder.ts';
import { containersOf, testEngine as engineWith, until } from '../test-engine.ts';
import type { Environment } from './environment.ts';
import { type EnvironmentOptions, openEnvironment } from './open-environment.ts';

/** A real engine under an owner of the test's own, and an image with git. */
export function testEngine(): Promise<{ engine: Engine; image: string }> {
  return engineWith(node);
}

export function testEnvironment(
  engine: Engine,
  options: Partial<EnvironmentOptions> & { image: string },
): Promise<Environment> {
  return openEnvironment(engine, { name: 'test', purpose: 'test', maxLifetimeMs: 300_000, ...options });
}

/** A tar archive of what a shell script makes in an empty folder. */
export async function tarOf(script: string): Promise<Buffer> {
  await using folder = await temporaryFolder();
  await execa('sh', ['-ec', script], { cwd: folder.path });
  const { stdout } = await execa('tar', ['-c', '-C', folder.path, '.'], { encoding: 'buffer' });
  return Buffer.from(stdout);
}

/** What the owner still has on the engine after all was closed: to be nothing. */
export async function leftovers(engine: Engine): Promise<string[]> {
  await until(async () => (await containersOf(engine)).length === 0, 10_000);
  const images = await engine.docker.listImages({ filters: { label: [`${label.owner}=${engine.owner}`] } });
  return images.flatMap(({ Id, RepoTags }) => RepoTags ?? [Id]);
}

/** Runs a shell script in it and gives its stdout; anything but success throws. */
export async function sh(environment: Environment, script: string): Promise<string> {
  const done = await environment.exec(['sh', '-ec', script], { timeoutMs: 60_000 });
  if (done.exitCode !== 0) throw new Error(`${script}: ${done.stderr}`);
  return done.stdout;
}
