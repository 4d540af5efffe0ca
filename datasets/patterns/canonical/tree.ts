/** libpg-query's parse tree as plain JSON: an object with one capitalised key is a node of that type. */
export type Value = Tree | Value[] | string | number | boolean | undefined;
export interface Tree {
  [key: string]: Value;
}

export function isTree(value: Value): value is Tree {
  return typeof value === 'object' && !Array.isArray(value);
}

/** The node's fields where it is of type `type`. */
export function fieldsOf(value: Value, type: string): Tree | undefined {
  if (!isTree(value)) return undefined;
  const fields = value[type];
  return isTree(fields) ? fields : undefined;
}

export function listOf(value: Value): Value[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: Value): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The names in a list of String nodes, as in a column reference or a function's name. */
export function namesOf(value: Value): string[] {
  return listOf(value).flatMap((item) => textOf(fieldsOf(item, 'String')?.['sval']) ?? []);
}

export function stringNode(sval: string): Tree {
  return { String: { sval } };
}

/** Replaces what `target` holds by what `source` holds, in place. */
export function become(target: Tree, source: Tree): void {
  for (const key of Object.keys(target)) delete target[key];
  Object.assign(target, structuredClone(source));
}

/** Positions in the text differ between two spellings of one statement: they go before anything is compared. */
export function dropPositions(value: Value): void {
  if (Array.isArray(value)) {
    for (const item of value) dropPositions(item);
  } else if (isTree(value)) {
    for (const key of POSITIONS) delete value[key];
    for (const key of Object.keys(value)) dropPositions(value[key]);
  }
}

const POSITIONS = [
  'location',
  'rexpr_list_start',
  'rexpr_list_end',
  'list_start',
  'list_end',
  'stmt_location',
  'stmt_len',
];
