import type { QueryCase } from '../../datasets/cases/case.ts';

/** A query case as admission would have made it. */
export function smallCase(id: string, changes: Partial<QueryCase> = {}): QueryCase {
  const variant = (name: string, kind: 'visible' | 'decile') => ({
    id: name,
    kind,
    params: [`secret ${name}`],
    writes: [],
    rows: 3,
    sha256: 'a'.repeat(64),
    baseMs: 400,
    split: 'holdout' as const,
  });
  return {
    id,
    pattern: 'f'.repeat(16),
    query: id,
    sql: 'SELECT * FROM t WHERE name = $1',
    ordered: false,
    objectiveMs: 50,
    calibrationMs: 10,
    stalenessS: 0,
    visible: [variant('visible-1', 'visible')],
    hidden: [variant('decile-1', 'decile')],
    pool: [],
    baseMs: 400,
    basePlan: [{ Plan: { 'Node Type': 'Seq Scan' } }],
    ...changes,
  };
}
