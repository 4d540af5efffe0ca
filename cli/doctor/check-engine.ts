import { connectEngine, type Engine } from '../../sandboxes/engine/engine.ts';
import { engineHealth } from '../../sandboxes/engine/engine-health.ts';
import { postgres15 } from '../../sandboxes/images/postgres-15.ts';
import { limits } from '../../sandboxes/limits.ts';
import { explainError } from '../explain-error.ts';
import { chooseEngineRemedy } from '../setup/choose-engine-remedy.ts';
import { findOnPath, readMachineFacts } from '../setup/machine-facts.ts';
import { advised, broken, type Check, missing, ok } from './check.ts';
import { checkDisk } from './check-host.ts';
import { checkHealth, checkIsolation, describeStorage } from './check-isolation.ts';

const dependent = [
  'engine-answers',
  'runtimes',
  'engine-settings',
  'isolation',
  'storage-driver',
  'docker-disk',
  'images',
] as const;
const setUpCommand = 'Run `npx whetstone setup`.';

/** The engine, and what can be said of it only when it answers. */
export async function checkEngine(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Check[]> {
  let engine: Engine;
  try {
    engine = await connectEngine({ endpoint: env['DOCKER_HOST'] || undefined, signal });
  } catch (error) {
    signal.throwIfAborted();
    return [
      engineCheck(error, env),
      ...dependent.map((name) => missing(name, 'no engine answers', 'See docker-engine.')),
    ];
  }
  const { version, apiVersion, docker, info } = engine;
  const images = await docker.listImages({ filters: { reference: [`whetstone/${postgres15.name}`] } });
  return [
    ok('docker-engine', `${version}, API ${apiVersion}`),
    checkHealth(await engineHealth(engine, { signal })),
    ...checkIsolation(info),
    advised(
      info.Driver === 'vfs'
        ? broken(
            'storage-driver',
            'vfs',
            'Put Docker’s data on a file system with overlay2 (ext4, xfs): vfs copies every layer whole.',
          )
        : ok('storage-driver', describeStorage(info)),
    ),
    engine.dataFolder !== undefined
      ? await checkDisk('docker-disk', engine.dataFolder, limits.keeping.firstBytes / 2 ** 30)
      : ok('docker-disk', `${info.DockerRootDir} on the engine's machine`),
    images.length > 0
      ? ok('images', images.flatMap((image) => image.RepoTags ?? []).join(', '))
      : missing('images', `no whetstone/${postgres15.name}`, setUpCommand),
  ];
}

function engineCheck(error: unknown, env: NodeJS.ProcessEnv): Check {
  const why = explainError(error);
  const facts = readMachineFacts(env);
  const remedy = chooseEngineRemedy(facts, why);
  const hint =
    remedy.kind === 'stop'
      ? remedy.fault.hint
      : `${setUpCommand} It ${remedy.kind === 'start' ? 'starts dockerd' : `installs ${remedy.packages.join(', ')} and starts it`}.`;
  const there = facts.dockerdInstalled || facts.dockerHost !== undefined || why.code !== 'no-engine';
  return (there ? broken : missing)('docker-engine', why.message, hint);
}

/** Where the base image can come from; it matters only as long as the images are not there. */
export async function checkImageSource(env: NodeJS.ProcessEnv, needed: boolean): Promise<Check> {
  const name = 'image-source';
  const check = (await registryAnswers())
    ? ok(name, 'a container registry is reached')
    : findOnPath('mmdebstrap', env) !== undefined
      ? ok(name, 'mmdebstrap')
      : readMachineFacts(env).root && readMachineFacts(env).apt
        ? ok(name, 'mmdebstrap, which set-up installs')
        : missing(
            name,
            'no registry is reached, and no mmdebstrap',
            'Run `sudo apt-get install -y mmdebstrap debian-archive-keyring`, or let this machine reach registry-1.docker.io.',
          );
  return needed ? check : advised(check);
}

async function registryAnswers(): Promise<boolean> {
  try {
    await fetch('https://registry-1.docker.io/v2/', { signal: AbortSignal.timeout(3000) });
    return true;
  } catch {
    return false;
  }
}
