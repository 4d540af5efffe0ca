import { describe, expect, test } from 'vitest';
import { chooseEngineRemedy, type MachineFacts } from './choose-engine-remedy.ts';

const bareRoot: MachineFacts = {
  root: true,
  apt: true,
  systemd: false,
  dockerHost: undefined,
  dockerdInstalled: false,
  appArmor: false,
  cgroupsMounted: true,
  linux: true,
};
const noEngine = { code: 'no-engine', message: 'No Docker Engine answers.', hint: 'Start it.' };

const hintOf = (facts: Partial<MachineFacts>, why = noEngine): string => {
  const remedy = chooseEngineRemedy({ ...bareRoot, ...facts }, why);
  if (remedy.kind !== 'stop') throw new Error(`would ${remedy.kind}`);
  expect(remedy.fault.message).toBe(why.message);
  return remedy.fault.hint;
};

describe('chooseEngineRemedy', () => {
  test('as root on Debian installs it', () => {
    expect(chooseEngineRemedy(bareRoot, noEngine)).toEqual({
      kind: 'install',
      packages: ['docker.io', 'iptables'],
    });
  });

  test('brings what the kernel asks for', () => {
    const remedy = chooseEngineRemedy({ ...bareRoot, appArmor: true, cgroupsMounted: false }, noEngine);
    expect(remedy).toMatchObject({ packages: ['docker.io', 'iptables', 'apparmor', 'cgroupfs-mount'] });
  });

  test('starts one that is installed', () => {
    expect(chooseEngineRemedy({ ...bareRoot, dockerdInstalled: true }, noEngine)).toEqual({ kind: 'start' });
  });

  test('without root names the exact command', () => {
    expect(hintOf({ root: false })).toContain('`sudo apt-get update && sudo apt-get install -y docker.io &&');
    expect(hintOf({ root: false, dockerdInstalled: true, systemd: true })).toContain(
      '`sudo systemctl start docker`',
    );
    expect(hintOf({ root: false, dockerdInstalled: true })).toContain('`sudo service docker start`');
  });

  test('touches nothing where the engine is elsewhere, refuses this user, or is too old', () => {
    expect(hintOf({ dockerHost: 'tcp://ci:2375' })).toBe('Start it.');
    expect(hintOf({}, { code: 'no-permission', message: 'No.', hint: 'Join the group.' })).toBe(
      'Join the group.',
    );
    expect(hintOf({}, { code: 'engine-too-old', message: 'Old.', hint: 'Update it.' })).toBe('Update it.');
    expect(hintOf({ linux: false })).toBe('Start it.');
  });

  test('elsewhere than on Debian points to the manual', () => {
    expect(hintOf({ apt: false })).toContain('https://docs.docker.com/engine/install/');
  });
});
