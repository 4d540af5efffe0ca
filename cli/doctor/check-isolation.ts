import type { EngineInfo } from '../../sandboxes/engine/ask-engine.ts';
import type { EngineHealth } from '../../sandboxes/engine/engine-health.ts';
import { isolationOf } from '../../sandboxes/engine/isolation.ts';
import { runtimesOf } from '../../sandboxes/engine/runtimes.ts';
import { advised, broken, type Check, ok } from './check.ts';

/** What an engine offers to run strangers' code in, and how far that keeps it from the host. */
export function checkIsolation(info: EngineInfo): Check[] {
  const { level, runtime, reasons, weaknesses, nextStep } = isolationOf(info);
  const stronger = nextStep === undefined ? '' : ` Stronger: ${nextStep}`;
  const found = `${level}, by ${runtime}. ${[...reasons, ...weaknesses].join(' ')}`;
  return [
    ok('runtimes', runtimesOf(info).join(', ') || 'none told'),
    ok('engine-settings', settings(info).join(', ')),
    weaknesses.length === 0
      ? ok('isolation', `${found}${stronger}`)
      : broken(
          'isolation',
          found,
          'Start the engine with its usual seccomp profile, on a kernel that has seccomp.',
        ),
  ].map(advised);
}

export function checkHealth(health: EngineHealth): Check {
  const name = 'engine-answers';
  if (health.state === 'down')
    return advised(broken(name, health.why, 'See `docker info`, and the engine’s log.'));
  const found = `in ${Math.round(health.latencyMs)} ms, ${health.running} containers run`;
  return advised(
    health.state === 'up'
      ? ok(name, found)
      : broken(
          name,
          found,
          'See what keeps its machine busy: trials take longer and may end as infrastructure faults.',
        ),
  );
}

/** The storage driver, what it lies on, and whether a container's disk can be bounded there. */
export function describeStorage(info: EngineInfo): string {
  const driver = info.Driver ?? 'unknown';
  const backing = info.DriverStatus?.find(([name]) => name === 'Backing Filesystem')?.[1];
  const quotas =
    driver === 'btrfs' || driver === 'zfs'
      ? 'with quotas'
      : driver === 'overlay2' && backing === 'xfs'
        ? 'with quotas where it is mounted with pquota'
        : 'without quotas';
  return `${driver}${backing === undefined ? '' : ` on ${backing}`}, ${quotas}`;
}

function settings(info: EngineInfo): string[] {
  const has = (name: string) =>
    info.SecurityOptions?.some((option) => option.startsWith(`name=${name}`)) ?? false;
  return [
    has('seccomp') ? 'seccomp' : 'no seccomp',
    has('apparmor') ? 'AppArmor' : has('selinux') ? 'SELinux' : 'no AppArmor',
    has('userns') ? 'remapped users' : 'users as on the host',
    has('rootless') ? 'rootless' : 'runs as root',
    `cgroups ${info.CgroupVersion ?? 'unknown'} by ${info.CgroupDriver ?? 'unknown'}`,
    info.LiveRestoreEnabled === true ? 'live-restore' : 'no live-restore',
  ];
}
