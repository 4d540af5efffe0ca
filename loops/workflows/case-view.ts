import type { QueryCase } from '../../datasets/cases/case.ts';
import { instructionOf } from '../../datasets/cases/case-folder.ts';
import type { PlanKind } from '../../datasets/cases/plan-kind.ts';
import type { CaseView } from '../../tools/services.ts';
import type { Target } from '../target/load-target.ts';

/** What a fixer is told of a case: nothing of its hidden variants, not even how many there are. */
export function caseView(queryCase: QueryCase, target: Target, allow: readonly PlanKind[]): CaseView {
  return {
    case: queryCase.id,
    query: queryCase.query,
    sql: queryCase.sql,
    visible: queryCase.visible.map((variant) => variant.params),
    ordered: queryCase.ordered,
    objectiveMs: queryCase.objectiveMs,
    stalenessS: queryCase.stalenessS,
    allow: [...allow],
    layout: target.config.target.layout,
    packages: target.config.environment.packages,
    instruction: instructionOf(queryCase, ''),
  };
}
