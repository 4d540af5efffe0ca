import { fieldsOf, isTree, listOf, namesOf, type Tree, textOf } from './tree.ts';

/** What becomes of the output columns' own names: nothing reads them, or an outer query does. */
export type OutputNames = 'drop' | 'rename';

/** The output columns that were given a name, by that name: what `rename` makes of them. */
export function outputColumns(select: Tree): ReadonlyMap<string, string> {
  return canonicalNames(targetsOf(select).map((target) => textOf(target?.['name'])));
}

/** The names of the output columns, in their order; undefined for one that has none. */
export function outputNames(select: Tree): (string | undefined)[] {
  return targetsOf(select).map(
    (target) =>
      textOf(target?.['name']) ?? namesOf(fieldsOf(target?.['val'], 'ColumnRef')?.['fields']).at(-1),
  );
}

/** `c1`, `c2`… by the names they replace. */
export function canonicalNames(names: readonly (string | undefined)[]): ReadonlyMap<string, string> {
  return new Map(
    names.flatMap((name, index) => (name === undefined ? [] : [[name, columnLabel(index)] as const])),
  );
}

export function columnLabel(index: number): string {
  return `c${index + 1}`;
}

/** The select list that names the columns of a set operation is its first. */
function targetsOf(select: Tree): (Tree | undefined)[] {
  let left = select;
  while (isTree(left['larg'])) left = left['larg'];
  return listOf(left['targetList']).map((item) => fieldsOf(item, 'ResTarget'));
}
