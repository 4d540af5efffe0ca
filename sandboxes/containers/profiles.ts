import type { ContainerCreateOptions } from 'dockerode';
import { limits } from '../limits.ts';

/**
 * `hardened`: read-only root, small tmpfs at /tmp and /work, nothing survives. `service`: a writable layer, so that
 * a database can run on the data that its image holds.
 */
export type Profile = 'hardened' | 'service';

export interface ProfileOptions {
  ttlMs: number;
  network: 'none' | 'bridge';
  root: boolean;
  memoryBytes: number | undefined;
  cpus: number | undefined;
  /** Numbers of the CPUs that it may use; all where undefined. */
  cpuset: readonly number[] | undefined;
}

/** Every image of ours has this user. */
export const sandboxUser = '1000:1000';

/** What a container of this profile may do and use; image, name and labels are the caller's. */
export function containerOptions(profile: Profile, options: ProfileOptions): ContainerCreateOptions {
  const bounds = limits[profile];
  const memory = options.memoryBytes ?? bounds.memoryBytes;
  return {
    User: options.root ? '0:0' : sandboxUser,
    WorkingDir: '/',
    // PID 1's child waits for the controller to hang up; `timeout` is what ends it when the controller hangs.
    Entrypoint: ['timeout', '-s', 'KILL', String(options.ttlMs / 1000)],
    Cmd: ['cat'],
    // Saves 100 ms against network mode `none` alone, with the same isolation: only `lo`.
    NetworkDisabled: options.network === 'none',
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      Init: true,
      AutoRemove: true,
      NetworkMode: options.network,
      SecurityOpt: ['no-new-privileges'],
      // Root steps happen only while an image of ours is made; apt and chown need the default capabilities.
      // A command may have a group of its own as its first one (`Sandbox.start`) and keeps this one beside it.
      ...(options.root ? {} : { CapDrop: ['ALL'], GroupAdd: [sandboxUser.split(':')[1] ?? ''] }),
      PidsLimit: bounds.pids,
      Memory: memory,
      MemorySwap: memory,
      NanoCpus: Math.round((options.cpus ?? bounds.cpus) * 1e9),
      ...(options.cpuset ? { CpusetCpus: options.cpuset.join() } : {}),
      ShmSize: bounds.shmBytes,
      IpcMode: 'private',
      LogConfig: { Type: 'none', Config: {} },
      Ulimits: [
        { Name: 'core', Soft: 0, Hard: 0 },
        ...(profile === 'hardened'
          ? [
              { Name: 'nofile', Soft: limits.files.open, Hard: limits.files.open },
              { Name: 'fsize', Soft: limits.files.hardenedBytes, Hard: limits.files.hardenedBytes },
            ]
          : [{ Name: 'nofile', Soft: limits.files.openService, Hard: limits.files.openService }]),
      ],
      ...(profile === 'hardened'
        ? {
            ReadonlyRootfs: true,
            Tmpfs: {
              '/tmp': `rw,nosuid,nodev,size=${limits.hardened.tmpBytes},nr_inodes=${limits.hardened.files},mode=1777`,
              '/work': `rw,nosuid,nodev,exec,size=${limits.hardened.workBytes},nr_inodes=${limits.hardened.files},uid=1000,gid=1000`,
            },
          }
        : {}),
    },
  };
}
