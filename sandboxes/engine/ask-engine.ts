import type Docker from 'dockerode';

/** What `docker info` tells that we read. Engines leave out what they do not know. */
export interface EngineInfo {
  ID?: string;
  NCPU?: number;
  ServerVersion?: string;
  ContainersRunning?: number;
  Driver?: string;
  /** Pairs of a name and a value, such as `["Backing Filesystem", "xfs"]`. */
  DriverStatus?: readonly (readonly string[])[];
  DockerRootDir?: string;
  OperatingSystem?: string;
  Runtimes?: Readonly<Record<string, { path?: string; runtimeType?: string }>>;
  DefaultRuntime?: string;
  /** Such as `name=seccomp,profile=default`, `name=apparmor`, `name=userns`, `name=rootless`. */
  SecurityOptions?: readonly string[] | null;
  CgroupVersion?: string;
  CgroupDriver?: string;
  LiveRestoreEnabled?: boolean;
}

interface Asked {
  abortSignal: AbortSignal;
}

// dockerode's types leave out that these take a signal, which its code does.
export function askVersion(
  docker: Docker,
  abortSignal: AbortSignal,
): Promise<{ Version: string; ApiVersion: string; Arch: string }> {
  const ask = docker.version as unknown as (options: Asked) => ReturnType<typeof askVersion>;
  return ask.call(docker, { abortSignal });
}

export function askInfo(docker: Docker, abortSignal: AbortSignal): Promise<EngineInfo> {
  const ask = docker.info as unknown as (options: Asked) => Promise<EngineInfo>;
  return ask.call(docker, { abortSignal });
}
