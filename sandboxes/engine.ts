import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import Docker from 'dockerode';
import { SandboxFault } from './fault.ts';
import { limits } from './limits.ts';

/** A Docker Engine that answered, and the name under which this installation's things are labelled there. */
export interface Engine {
  docker: Docker;
  /** Of the engine, such as `20.10.24`. */
  version: string;
  apiVersion: string;
  /** `amd64`, `arm64`… */
  arch: string;
  /** How many its machine has. */
  cpus: number;
  /** Numbers of those that sandboxes may use; all where undefined. */
  cpuset?: readonly number[];
  /** Names the engine itself: two endpoints that reach one engine share it. */
  id: string;
  /** What containers and images are labelled with; the reaper touches no other owner's. */
  owner: string;
  /** Where the engine keeps its data, when that is a folder of this machine. */
  dataFolder?: string | undefined;
  /** How long images stay; without it none is removed for space, and no use is noted. */
  keeping?: ImageKeeping | undefined;
  /** Told of each image that is asked for and there; nothing is made, and what is missing is a fault `not-made`. */
  onlyFound?: ((tag: string) => void) | undefined;
}

export interface ImageKeeping {
  /** Files whose times say when each image was last used; shared by all processes of the machine. */
  usageFolder: string;
  /** What the owner's images may take; above it, those unused for longest go. */
  budgetBytes: number;
  /** Tags that stay as long as this process works, used or not. */
  needed: readonly string[];
}

export interface ConnectOptions {
  /** `unix:///path`, `tcp://host:port` or `ssh://user@host`; by default DOCKER_HOST, then /var/run/docker.sock. */
  endpoint?: string | undefined;
  /** One value for each installation or state directory that shares the engine. */
  owner?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** Finds the engine and asks its version. SandboxFault: `no-engine`, `no-permission`, `engine-too-old`. */
export async function connectEngine(options: ConnectOptions = {}): Promise<Engine> {
  const endpoint = options.endpoint ?? process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
  const docker = dockerAt(endpoint);
  const timeout = AbortSignal.timeout(limits.engine.answerMs);
  const abortSignal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  let version: { Version: string; ApiVersion: string; Arch: string };
  let info: { ID?: string; NCPU?: number; DockerRootDir?: string };
  try {
    // dockerode's types leave out that `version` takes a signal, which its code does.
    const ask = docker.version as unknown as (options: {
      abortSignal: AbortSignal;
    }) => Promise<typeof version>;
    version = await ask.call(docker, { abortSignal });
    info = await docker.info();
  } catch (error) {
    options.signal?.throwIfAborted();
    throw connectFault(error, endpoint);
  }
  if (!atLeast(version.ApiVersion, limits.engine.minApiVersion)) {
    throw new SandboxFault(
      'engine-too-old',
      `The Docker Engine at ${endpoint} is ${version.Version} with API ${version.ApiVersion}; ${limits.engine.minApiVersion} (Docker 20.10) is the oldest that works.`,
      { hint: 'Update it: on Debian or Ubuntu `sudo apt-get update && sudo apt-get install docker.io`.' },
    );
  }
  return {
    docker,
    version: version.Version,
    apiVersion: version.ApiVersion,
    arch: version.Arch,
    cpus: info.NCPU ?? 1,
    id: info.ID ?? endpoint,
    owner: options.owner ?? 'default',
    dataFolder: localFolder(docker, info.DockerRootDir),
  };
}

/** An engine behind a socket of this machine may still run in a virtual machine, whose folders are not here. */
function localFolder({ modem }: Docker, folder: string | undefined): string | undefined {
  const { socketPath } = modem as { socketPath?: string | undefined };
  return socketPath !== undefined && folder !== undefined && existsSync(folder) ? folder : undefined;
}

/** Numbers of the CPUs that its sandboxes may use. */
export const cpusOf = ({ cpus, cpuset }: Engine): readonly number[] =>
  cpuset ?? Array.from({ length: cpus }, (_, cpu) => cpu);

function dockerAt(endpoint: string): Docker {
  if (endpoint.startsWith('unix://')) return new Docker({ socketPath: endpoint.slice('unix://'.length) });
  if (endpoint.startsWith('/')) return new Docker({ socketPath: endpoint });
  let url: URL;
  try {
    url = new URL(endpoint.includes('//') ? endpoint : `tcp://${endpoint}`);
  } catch (cause) {
    throw new SandboxFault('no-engine', `\`${endpoint}\` is not the address of a Docker Engine.`, {
      hint: 'Set DOCKER_HOST to unix:///var/run/docker.sock, tcp://host:port or ssh://user@host.',
      cause,
    });
  }
  // Certificates of DOCKER_CERT_PATH and the ssh agent are found by dockerode itself.
  if (endpoint === process.env['DOCKER_HOST']) return new Docker();
  if (url.protocol === 'ssh:')
    return new Docker({ protocol: 'ssh', host: url.hostname, port: url.port || 22, username: url.username });
  return new Docker({
    protocol: url.protocol === 'https:' ? 'https' : 'http',
    host: url.hostname,
    port: url.port || 2375,
  });
}

function connectFault(error: unknown, endpoint: string): SandboxFault {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EPERM') {
    return new SandboxFault('no-permission', `This user may not talk to the Docker Engine at ${endpoint}.`, {
      hint: 'Join its group and log in again: `sudo usermod -aG docker "$USER" && newgrp docker`; or run the command as root.',
      cause: error,
    });
  }
  const why = error instanceof Error ? error.message.trim() : String(error);
  return new SandboxFault('no-engine', `No Docker Engine answers at ${endpoint} (${why}).`, {
    hint:
      endpoint.startsWith('unix://') || endpoint.startsWith('/')
        ? `${startCommand()} When it runs elsewhere, set DOCKER_HOST.`
        : `See that the engine there runs and is reachable: \`docker -H ${endpoint} info\`.`,
    cause: error,
  });
}

function startCommand(): string {
  if (process.platform === 'darwin')
    return `Start Docker Desktop (its socket is in ${homedir()}/.docker/run).`;
  return 'On Debian or Ubuntu: `sudo apt-get install docker.io && sudo systemctl start docker`.';
}

function atLeast(version: string, minimum: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantMajor = 0, wantMinor = 0] = minimum.split('.').map(Number);
  return major > wantMajor || (major === wantMajor && minor >= wantMinor);
}
