import { assess, isDecided } from './assess.ts';
import type { Evidence } from './evidence.ts';
import type { GatePolicy } from './policy.ts';
import type { Stage, Step } from './stages/stage.ts';
import type { StageName } from './verdict.ts';

/** Stages by what their steps cost, cheapest first; each can end the matter before a dearer one begins. */
const byCost: readonly StageName[] = [
  'policy',
  'reachable',
  'build',
  'storage',
  'database',
  'rows',
  'staleness',
  'objective',
  // Every other query, and seconds of somebody's own tests: only for what has reached the objective.
  'guards',
  'tests',
  'speed',
  // Every session brings some: asked for by themselves only where those are too few.
  'writes',
];

/** What to run next, or `decided` as soon as nothing more can change the verdict. */
export function planNext(evidence: Evidence, policy: GatePolicy): Step | { do: 'decided' } {
  const stages = assess(evidence, policy);
  if (isDecided(stages)) return { do: 'decided' };
  const cheapest = byCost
    .map((name) => stages.find(({ stage }) => stage === name))
    .find((stage): stage is Stage & { step: Step } => stage?.state === 'open' && stage.step !== null);
  return cheapest?.step ?? { do: 'decided' };
}
