import { SandboxFault } from '../fault.ts';
import type { EngineInfo } from './ask-engine.ts';

/** Names of the runtimes that a sandbox can be opened with, sorted: without containerd's own names for them. */
export function runtimesOf(info: EngineInfo): string[] {
  return Object.keys(info.Runtimes ?? {})
    .filter((name) => !/^io\.containerd\.run/.test(name))
    .sort();
}

export function noSuchRuntime(runtime: string, info: EngineInfo, cause?: unknown): SandboxFault {
  return new SandboxFault(
    'no-such-runtime',
    `The Docker Engine has no runtime \`${runtime}\`; it has ${runtimesOf(info).join(', ') || 'none that it names'}.`,
    { hint: `${howToAdd(runtime)} Or choose one of those that are there.`, cause },
  );
}

/** Where the program of a runtime comes from, and how the engine learns of it. */
export function howToAdd(runtime: string): string {
  const add = (path: string, args = '') =>
    `add \`"runtimes": { "${runtime}": { "path": "${path}"${args} } }\` to /etc/docker/daemon.json on the engine's machine, and restart the engine.`;
  if (runtime === 'runsc')
    // Its default keeps what is written in itself, and an image that is made of the sandbox would lack it.
    return `Install gVisor (https://gvisor.dev/docs/user_guide/install/), then ${add('/usr/local/bin/runsc', ', "runtimeArgs": ["--overlay2=none"]')}`;
  if (runtime === 'crun') return `Install it (\`sudo apt-get install crun\`), then ${add('/usr/bin/crun')}`;
  if (/kata/.test(runtime))
    return `Install Kata Containers (https://katacontainers.io), on a machine with /dev/kvm, then ${add('/usr/bin/kata-runtime')}`;
  return `Install its program, then ${add(`/usr/bin/${/^[\w.-]+$/.test(runtime) ? runtime : 'runtime'}`)}`;
}
