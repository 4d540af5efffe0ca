import type { EngineInfo } from './ask-engine.ts';
import { howToAdd } from './runtimes.ts';

/** What stands between code in a sandbox and the host, from the weakest to the strongest. */
export const isolationLevels = [
  'shared-kernel',
  'shared-kernel+userns',
  'user-space-kernel',
  'virtual-machine',
] as const;
export type IsolationLevel = (typeof isolationLevels)[number];

export interface Isolation {
  level: IsolationLevel;
  /** The runtime that this holds for. */
  runtime: string;
  /** What holds, each in a sentence. */
  reasons: string[];
  /** What is missing that an engine usually has: each makes this level weaker than its name. */
  weaknesses: string[];
  /** How to get to a stronger level; undefined at the strongest. */
  nextStep: string | undefined;
}

/** What isolation sandboxes get on an engine, in a runtime or its default one. */
export function isolationOf(info: EngineInfo, runtime?: string): Isolation {
  const name = runtimeName(info, runtime);
  const kind = kernelOf(info, runtime);
  const remapped = hasOption(info, 'userns') || hasOption(info, 'rootless');
  const level = kind === 'shared' ? (remapped ? 'shared-kernel+userns' : 'shared-kernel') : kind;
  return {
    level,
    runtime: name,
    reasons: reasonsOf(level, info),
    weaknesses: kind === 'shared' ? weaknessesOf(info) : [],
    nextStep: nextStepOf(level, info),
  };
}

const runtimeName = (info: EngineInfo, runtime?: string): string => runtime ?? info.DefaultRuntime ?? 'runc';

/**
 * Whose kernel code in a sandbox calls, in a runtime or an engine's default one: by the runtime's own program where that is told, as
 * a name says only what somebody called it.
 */
export function kernelOf(
  info: EngineInfo,
  runtime?: string,
): 'shared' | 'user-space-kernel' | 'virtual-machine' {
  const name = runtimeName(info, runtime);
  const { path, runtimeType } = info.Runtimes?.[name] ?? {};
  const program = runtimeType ?? path ?? name;
  if (/(^|[/.])(runsc|gvisor)([.-]|$)/.test(program)) return 'user-space-kernel';
  if (/(^|[/.])(containerd-shim-)?(kata|runv|firecracker)([.-]|$)/.test(program)) return 'virtual-machine';
  return 'shared';
}

function reasonsOf(level: IsolationLevel, info: EngineInfo): string[] {
  const own = {
    'shared-kernel': 'Code in a sandbox calls the kernel of the host: a hole in that is a way out.',
    'shared-kernel+userns': 'Code in a sandbox calls the kernel of the host: a hole in that is a way out.',
    'user-space-kernel':
      'Code in a sandbox calls gVisor, a kernel of its own in user space; few calls reach that of the host.',
    'virtual-machine': 'Code in a sandbox has a virtual machine with a kernel of its own.',
  }[level];
  const users = hasOption(info, 'rootless')
    ? 'The engine itself runs without root.'
    : hasOption(info, 'userns')
      ? 'Root in a container is an unprivileged user outside.'
      : 'User ids in a container are those of the host; sandboxes run as 1000, without capabilities.';
  const filters = ['seccomp', 'apparmor', 'selinux'].filter((name) => hasOption(info, name));
  return [own, users, ...(filters.length > 0 ? [`Filters of the host: ${filters.join(', ')}.`] : [])];
}

function weaknessesOf(info: EngineInfo): string[] {
  const seccomp = optionOf(info, 'seccomp');
  if (seccomp === undefined) return ['No seccomp: all system calls of the kernel are open.'];
  return /profile=unconfined/.test(seccomp)
    ? ['seccomp is set to unconfined: all system calls are open.']
    : [];
}

function nextStepOf(level: IsolationLevel, info: EngineInfo): string | undefined {
  const better = Object.keys(info.Runtimes ?? {}).filter((name) => {
    const kind = kernelOf(info, name);
    return kind !== 'shared' && isolationLevels.indexOf(kind) > isolationLevels.indexOf(level);
  });
  if (better.length > 0) return `This engine has ${better.sort().join(', ')}: set \`sandbox.runtime\` to it.`;
  if (level === 'virtual-machine') return undefined;
  return level === 'user-space-kernel'
    ? howToAdd('kata')
    : `For a kernel of its own: ${howToAdd('runsc')} Then set \`sandbox.runtime\` to \`runsc\`.`;
}

const hasOption = (info: EngineInfo, name: string): boolean => optionOf(info, name) !== undefined;

/** Engines say `name=seccomp,profile=default`; very old ones just `seccomp`. */
function optionOf(info: EngineInfo, name: string): string | undefined {
  return info.SecurityOptions?.find((option) =>
    option.split(',').some((part) => part === `name=${name}` || part === name),
  );
}
