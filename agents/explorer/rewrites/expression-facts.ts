import { isAggregateCall } from '../sql/expressions.ts';
import { as, lastName, walk } from '../sql/nodes.ts';

const UNSTABLE = new Set([
  'now',
  'random',
  'clock_timestamp',
  'statement_timestamp',
  'transaction_timestamp',
  'timeofday',
  'gen_random_uuid',
  'nextval',
  'currval',
  'age',
  'current_setting',
  'pg_sleep',
]);

interface Facts {
  params: boolean;
  columns: boolean;
  subquery: boolean;
  unstable: boolean;
  aggregate: boolean;
}

/** What occurs anywhere in a tree. */
export function factsOf(value: unknown): Facts {
  const facts: Facts = { params: false, columns: false, subquery: false, unstable: false, aggregate: false };
  walk([value], (node) => {
    if (as(node, 'ParamRef')) facts.params = true;
    if (as(node, 'ColumnRef')) facts.columns = true;
    if (as(node, 'SubLink')) facts.subquery = true;
    if (as(node, 'SQLValueFunction')) facts.unstable = true;
    const call = as(node, 'FuncCall');
    if (call && UNSTABLE.has(lastName(call.funcname))) facts.unstable = true;
    if (call?.over || isAggregateCall(node)) facts.aggregate = true;
    return true;
  });
  return facts;
}

/** True where the same statement gives the same rows as long as the tables stay the same: no parameter, no clock, no chance. */
export function isSettled(value: unknown): boolean {
  const facts = factsOf(value);
  return !facts.params && !facts.unstable;
}
