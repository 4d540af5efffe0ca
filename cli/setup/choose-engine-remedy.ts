import { Fault } from '../../datasets/fault.ts';

/** What decides how an engine can be had on this machine. */
export interface MachineFacts {
  root: boolean;
  /** apt-get on Debian, Ubuntu or what descends from them. */
  apt: boolean;
  systemd: boolean;
  /** DOCKER_HOST as set, or undefined. */
  dockerHost: string | undefined;
  dockerdInstalled: boolean;
  appArmor: boolean;
  cgroupsMounted: boolean;
  linux: boolean;
}

export type EngineRemedy =
  | { kind: 'start' }
  | { kind: 'install'; packages: string[] }
  | { kind: 'stop'; fault: Fault };

/** What set-up can do where no engine answers; `why` is what the attempt to reach one said. */
export function chooseEngineRemedy(
  facts: MachineFacts,
  why: { code: string; message: string; hint: string },
): EngineRemedy {
  const stop = (hint: string): EngineRemedy => ({
    kind: 'stop',
    fault: new Fault(why.code, why.message, { hint }),
  });
  if (why.code !== 'no-engine' || facts.dockerHost !== undefined || !facts.linux) return stop(why.hint);
  const start = facts.systemd ? 'systemctl start docker' : 'service docker start';
  if (facts.dockerdInstalled) {
    return facts.root ? { kind: 'start' } : stop(`Run \`sudo ${start}\`, then the same command again.`);
  }
  if (!facts.apt)
    return stop(
      'Install Docker Engine (https://docs.docker.com/engine/install/), then run the same command again.',
    );
  if (!facts.root) {
    return stop(
      `Run \`sudo apt-get update && sudo apt-get install -y docker.io && sudo ${start} && sudo usermod -aG docker "$USER"\`, log in again, then run the same command again.`,
    );
  }
  const packages = ['docker.io', 'iptables'];
  // A kernel with AppArmor refuses containers as long as nothing can load their profile.
  if (facts.appArmor) packages.push('apparmor');
  if (!facts.cgroupsMounted) packages.push('cgroupfs-mount');
  return { kind: 'install', packages };
}
