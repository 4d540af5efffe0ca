import { expect, test } from 'vitest';
import type { EngineInfo } from '../../sandboxes/engine/ask-engine.ts';
import { checkHealth, checkIsolation, describeStorage } from './check-isolation.ts';

const usual: EngineInfo = {
  Runtimes: { runc: { path: 'runc' }, 'io.containerd.runc.v2': { path: 'runc' } },
  DefaultRuntime: 'runc',
  SecurityOptions: ['name=apparmor', 'name=seccomp,profile=default'],
  CgroupVersion: '2',
  CgroupDriver: 'systemd',
  LiveRestoreEnabled: true,
};

test('a usual engine is well, and what would be stronger is told', () => {
  expect(checkIsolation(usual)).toEqual([
    { name: 'runtimes', state: 'ok', found: 'runc', remedy: '', needed: false },
    {
      name: 'engine-settings',
      state: 'ok',
      found: 'seccomp, AppArmor, users as on the host, runs as root, cgroups 2 by systemd, live-restore',
      remedy: '',
      needed: false,
    },
    {
      name: 'isolation',
      state: 'ok',
      found: expect.stringMatching(
        /^shared-kernel, by runc\. Code in a sandbox calls the kernel .*Stronger: .*gVisor/,
      ),
      remedy: '',
      needed: false,
    },
  ]);
});

test('an engine without seccomp is worse than it should be', () => {
  const isolation = checkIsolation({ ...usual, SecurityOptions: [] }).find(
    ({ name }) => name === 'isolation',
  );
  expect(isolation).toMatchObject({
    state: 'broken',
    needed: false,
    found: expect.stringContaining('No seccomp'),
  });
  expect(isolation?.remedy).not.toBe('');
});

test('an engine says how it does', () => {
  const up = { state: 'up' as const, latencyMs: 12.4, version: '1', running: 3, disk: undefined };
  expect(checkHealth(up)).toMatchObject({ state: 'ok', found: 'in 12 ms, 3 containers run' });
  expect(checkHealth({ ...up, state: 'slow', latencyMs: 2_000 })).toMatchObject({
    state: 'broken',
    needed: false,
  });
  expect(checkHealth({ state: 'down', latencyMs: 1, why: 'gone' })).toMatchObject({
    state: 'broken',
    found: 'gone',
  });
});

test.each([
  [
    { Driver: 'overlay2', DriverStatus: [['Backing Filesystem', 'extfs']] },
    'overlay2 on extfs, without quotas',
  ],
  [
    { Driver: 'overlay2', DriverStatus: [['Backing Filesystem', 'xfs']] },
    'overlay2 on xfs, with quotas where it is mounted with pquota',
  ],
  [{ Driver: 'btrfs' }, 'btrfs, with quotas'],
  [{}, 'unknown, without quotas'],
])('the storage of %o', (info, words) => {
  expect(describeStorage(info)).toBe(words);
});
