import type { Evidence } from './evidence.ts';
import type { GatePolicy } from './policy.ts';
import { objectiveStage, rowsStage, sessionStep, stalenessStage } from './stages/answer-stages.ts';
import { guardsStage, speedStage, storageStage, writesStage } from './stages/cost-stages.ts';
import { open, type Stage } from './stages/stage.ts';
import { staticStages } from './stages/static-stages.ts';

/** Every stage on the evidence so far, in the order of decision. */
export function assess(evidence: Evidence, policy: GatePolicy): Stage[] {
  const objective = objectiveStage(evidence, policy);
  return [
    ...staticStages(evidence, policy),
    rowsStage(evidence, policy),
    stalenessStage(evidence),
    objective,
    objective.state === 'passed'
      ? speedStage(evidence, policy)
      : open('speed', sessionStep(evidence, policy)),
    guardsStage(evidence, policy),
    writesStage(evidence, policy),
    storageStage(evidence, policy),
  ];
}

/** Nothing more can change the answer. */
export function isDecided(stages: readonly Stage[]): boolean {
  return (
    stages.some(({ state }) => state === 'failed' || state === 'inconclusive') ||
    stages.every(({ state }) => state === 'passed')
  );
}
