import type { Evidence } from '../evidence.ts';
import type { GatePolicy } from '../policy.ts';
import { reachable } from '../reachable.ts';
import type { Reason } from '../reason.ts';
import { failed, inconclusive, open, passed, type Stage } from './stage.ts';

/** What is known before a query runs: the patch itself, what the case can show, the build, the tests, the database. */
export function staticStages(evidence: Evidence, policy: GatePolicy): Stage[] {
  return [
    policyStage(evidence),
    reachableStage(evidence, policy),
    buildStage(evidence),
    testsStage(evidence),
    databaseStage(evidence),
  ];
}

function policyStage({ policy: findings }: Evidence): Stage {
  if (findings === null) return open('policy', { do: 'policy' });
  if (findings.length === 0) return passed('policy');
  return failed(
    'policy',
    findings.map(({ code, path, rule }) => ({ code, detail: path === null ? rule : `${path}: ${rule}` })),
  );
}

function reachableStage({ variants, attempt }: Evidence, policy: GatePolicy): Stage {
  const hidden = variants.filter((variant) => variant.role === 'hidden').length;
  const { possible, smallestP, level, sessions } = reachable(hidden, attempt, policy);
  if (possible) return passed('reachable');
  return inconclusive(
    'reachable',
    'too-few-trials',
    `${hidden} hidden variants with ${sessions} trials each reach p = ${smallestP.toPrecision(2)} at best; attempt ${attempt} asks for ${level.toPrecision(2)}`,
  );
}

function buildStage({ build }: Evidence): Stage {
  if (build === null) return open('build', { do: 'build' });
  if (build.outcome === 'ok') return passed('build');
  const code = build.stage === 'apply' ? 'does-not-apply' : 'build-failed';
  return failed('build', [{ code, detail: `${build.stage}: ${build.detail}` }]);
}

function testsStage({ tests }: Evidence): Stage {
  if (tests === null) return open('tests', { do: 'tests' });
  if (tests === 'not-declared' || tests.outcome === 'passed') return passed('tests');
  return failed('tests', [{ code: 'tests-failed', detail: tests.detail }]);
}

function databaseStage({ database }: Evidence): Stage {
  if (database === null) return open('database', { do: 'database' });
  if (database.length === 0) return passed('database');
  return failed(
    'database',
    database.map(
      ({ kind, detail }): Reason => ({
        code: kind === 'settings' ? 'settings-changed' : 'schema-changed',
        detail,
      }),
    ),
  );
}
