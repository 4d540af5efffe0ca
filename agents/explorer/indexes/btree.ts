import { btree, type IndexDesign, type IndexKey } from './index-design.ts';
import { bareSql, distinctKeys, type SourceUse } from './source-use.ts';

const MAX_KEYS = 5;

/**
 * Keys in the orders that a B-tree can use: what is compared for equality first, then one range or the wanted order;
 * join columns in front or behind, since the planner may drive the nested loop from either side.
 */
export function btreeDesigns(use: SourceUse): IndexDesign[] {
  const { equal, ranges, joined, orders, alternatives } = use;
  const designs: IndexDesign[] = [];
  const add = (idea: string, ...keys: IndexKey[]) => {
    const distinct = distinctKeys(keys).slice(0, MAX_KEYS);
    if (distinct.length > 0) designs.push(btree(use.table, distinct, idea));
  };
  add('equality', ...equal);
  for (const range of ranges) add('equality, then range', ...equal, range);
  for (const order of orders) {
    add('equality, then order', ...equal, ...order);
    for (const range of ranges) {
      add('equality, then order, then range', ...equal, ...order, range);
      add('range, then order', ...equal, range, ...order);
    }
    add('order', ...order);
  }
  for (const join of joined) {
    add('join', join);
    add('join, then equality', join, ...equal, ...ranges.slice(0, 1));
    if (equal.length > 0) add('equality, then join', ...equal, join);
    for (const range of ranges) add('range, then join', ...equal, range, join);
    for (const order of orders) add('join, then order', join, ...equal, ...withoutKeys(order, [join]));
  }
  if (joined.length > 1) add('all join keys', ...joined);
  if (equal.length > 1) for (const one of equal) add('one equality', one);
  for (const branches of alternatives) {
    for (const branch of branches) {
      add('branch of an OR', ...branch.equal, ...branch.ranges.slice(0, 1));
      add('branch of an OR, with the rest', ...equal, ...branch.equal, ...branch.ranges.slice(0, 1));
    }
  }
  return designs;
}

/** One set for each OR whose every branch has an index of its own: the planner joins them in a bitmap. */
export function alternativeSets(use: SourceUse): IndexDesign[][] {
  return use.alternatives.flatMap((branches) => {
    const set = branches.map((branch) => [...branch.equal, ...branch.ranges.slice(0, 1)]);
    if (set.some((keys) => keys.length === 0)) return [];
    return [set.map((keys) => btree(use.table, keys.slice(0, MAX_KEYS), 'every branch of an OR'))];
  });
}

function withoutKeys(keys: readonly IndexKey[], others: readonly IndexKey[]): IndexKey[] {
  return keys.filter((one) => others.every((other) => bareSql(other) !== bareSql(one)));
}
