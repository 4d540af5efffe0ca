import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EngineInfo } from './ask-engine.ts';
import { isolationLevels, isolationOf } from './isolation.ts';

const runc = { runc: { path: 'runc' }, 'io.containerd.runc.v2': { path: 'runc' } };
const plain: EngineInfo = {
  Runtimes: runc,
  DefaultRuntime: 'runc',
  SecurityOptions: ['name=seccomp,profile=default'],
};

describe('isolation', () => {
  test.each<[string, EngineInfo, string | undefined, string]>([
    ['runc', plain, undefined, 'shared-kernel'],
    [
      'remapped users',
      { ...plain, SecurityOptions: ['name=seccomp,profile=default', 'name=userns'] },
      undefined,
      'shared-kernel+userns',
    ],
    [
      'a rootless engine',
      { ...plain, SecurityOptions: ['name=rootless'] },
      undefined,
      'shared-kernel+userns',
    ],
    [
      'gVisor by choice',
      { ...plain, Runtimes: { ...runc, runsc: { path: '/usr/local/bin/runsc' } } },
      'runsc',
      'user-space-kernel',
    ],
    [
      'gVisor as the default, under another name',
      { Runtimes: { safe: { path: '/opt/runsc' } }, DefaultRuntime: 'safe' },
      undefined,
      'user-space-kernel',
    ],
    [
      'gVisor by its shim',
      { Runtimes: { gv: { runtimeType: 'io.containerd.runsc.v1' } } },
      'gv',
      'user-space-kernel',
    ],
    ['kata', { Runtimes: { vm: { runtimeType: 'io.containerd.kata.v2' } } }, 'vm', 'virtual-machine'],
    ['kata of old', { Runtimes: { k: { path: '/usr/bin/kata-runtime' } } }, 'k', 'virtual-machine'],
    [
      'what only calls itself gVisor',
      { Runtimes: { runsc: { path: '/usr/bin/runc' } } },
      'runsc',
      'shared-kernel',
    ],
    ['an engine that tells nothing', {}, undefined, 'shared-kernel'],
  ])('of %s', (_, info, runtime, level) => {
    expect(isolationOf(info, runtime).level).toBe(level);
  });

  test('names what is weaker than usual', () => {
    expect(isolationOf(plain).weaknesses).toEqual([]);
    expect(isolationOf({ ...plain, SecurityOptions: [] }).weaknesses).toEqual([
      expect.stringContaining('No seccomp'),
    ]);
    const open = { ...plain, SecurityOptions: ['name=seccomp,profile=unconfined'] };
    expect(isolationOf(open).weaknesses).toEqual([expect.stringContaining('unconfined')]);
  });

  test('names the next step up: what is there, else how to have it', () => {
    const both = { ...plain, Runtimes: { ...runc, runsc: { path: '/x/runsc' } } };
    expect(isolationOf(both).nextStep).toContain('This engine has runsc');
    expect(isolationOf(both, 'runsc').nextStep).toContain('Kata');
    expect(isolationOf(plain).nextStep).toContain('Install gVisor');
  });

  test('is never called stronger for a runtime that the engine does not tell to be so', () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom('crun', 'runc', 'youki', 'nvidia', 'runscript', 'katakana'),
    );
    fc.assert(
      fc.property(
        name,
        fc.constantFrom('/usr/bin/crun', '/usr/bin/nvidia-container-runtime', 'runc'),
        (as, path) => {
          const { level, nextStep } = isolationOf({ ...plain, Runtimes: { [as]: { path } } }, as);
          expect(isolationLevels.indexOf(level)).toBe(0);
          expect(nextStep).toBeDefined();
        },
      ),
    );
  });
});
