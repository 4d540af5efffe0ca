import { existsSync } from 'node:fs';
import type Docker from 'dockerode';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import { askInfo, askVersion, type EngineInfo } from './ask-engine.ts';
import { connectFault } from './connect-fault.ts';
import { type DialOptions, dialEngine } from './dial-engine.ts';
import { formatEndpoint, parseEndpoint } from './endpoint.ts';
import { noSuchRuntime, runtimesOf } from './runtimes.ts';

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
  /** What its sandboxes run in; the engine's own default where undefined. */
  runtime?: string;
  /** What it told of itself when it was connected. */
  info: EngineInfo;
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

export interface ConnectOptions extends Partial<DialOptions> {
  /** As `parseEndpoint` reads it; by default DOCKER_HOST, then the socket of this machine's engine. */
  endpoint?: string | undefined;
  /** One value for each installation or state directory that shares the engine. */
  owner?: string | undefined;
  /** What its sandboxes run in where they name no other: one that `docker info` lists. */
  runtime?: string | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Finds the engine and asks its version. SandboxFault: `bad-endpoint`, `no-certificate`, `no-engine`,
 * `no-permission`, `engine-too-old`, `no-such-runtime`.
 */
export async function connectEngine(options: ConnectOptions = {}): Promise<Engine> {
  const env = options.env ?? process.env;
  const endpoint = parseEndpoint(options.endpoint ?? (env['DOCKER_HOST'] || 'unix:///var/run/docker.sock'), {
    verifyTls: options.tls !== undefined || Boolean(env['DOCKER_TLS_VERIFY']),
  });
  const docker = dialEngine(endpoint, { ...options, env });
  const timeout = AbortSignal.timeout(limits.engine.answerMs);
  const abortSignal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  let version: { Version: string; ApiVersion: string; Arch: string };
  let info: EngineInfo;
  try {
    version = await askVersion(docker, abortSignal);
    info = await askInfo(docker, abortSignal);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw connectFault(error, endpoint);
  }
  if (!atLeast(version.ApiVersion, limits.engine.minApiVersion)) {
    throw new SandboxFault(
      'engine-too-old',
      `The Docker Engine at ${formatEndpoint(endpoint)} is ${version.Version} with API ${version.ApiVersion}; ${limits.engine.minApiVersion} (Docker 20.10) is the oldest that works.`,
      { hint: 'Update it: on Debian or Ubuntu `sudo apt-get update && sudo apt-get install docker.io`.' },
    );
  }
  if (options.runtime !== undefined && !runtimesOf(info).includes(options.runtime))
    throw noSuchRuntime(options.runtime, info);
  return {
    docker,
    version: version.Version,
    apiVersion: version.ApiVersion,
    arch: version.Arch,
    cpus: info.NCPU ?? 1,
    id: info.ID ?? formatEndpoint(endpoint),
    owner: options.owner ?? 'default',
    dataFolder: localFolder(endpoint.kind === 'unix', info.DockerRootDir),
    info,
    ...(options.runtime === undefined ? {} : { runtime: options.runtime }),
  };
}

/** An engine behind a socket of this machine may still run in a virtual machine, whose folders are not here. */
function localFolder(local: boolean, folder: string | undefined): string | undefined {
  return local && folder !== undefined && existsSync(folder) ? folder : undefined;
}

/** Numbers of the CPUs that its sandboxes may use. */
export const cpusOf = ({ cpus, cpuset }: Engine): readonly number[] =>
  cpuset ?? Array.from({ length: cpus }, (_, cpu) => cpu);

function atLeast(version: string, minimum: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantMajor = 0, wantMinor = 0] = minimum.split('.').map(Number);
  return major > wantMajor || (major === wantMajor && minor >= wantMinor);
}
