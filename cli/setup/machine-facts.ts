import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { MachineFacts } from './choose-engine-remedy.ts';

export function readMachineFacts(env: NodeJS.ProcessEnv): MachineFacts {
  return {
    root: process.getuid?.() === 0,
    apt:
      /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(textOf('/etc/os-release')) &&
      findOnPath('apt-get', env) !== undefined,
    systemd: textOf('/proc/1/comm').trim() === 'systemd',
    dockerHost: env['DOCKER_HOST'] || undefined,
    dockerdInstalled: findOnPath('dockerd', env) !== undefined,
    appArmor: textOf('/sys/module/apparmor/parameters/enabled').startsWith('Y'),
    cgroupsMounted: / cgroup2? /.test(textOf('/proc/mounts')),
    linux: process.platform === 'linux',
  };
}

/** The path of a program, also where only root's PATH has it. */
export function findOnPath(program: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = [
    ...(env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== ''),
    '/usr/sbin',
    '/sbin',
  ];
  return folders.map((folder) => path.join(folder, program)).find((file) => existsSync(file));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
