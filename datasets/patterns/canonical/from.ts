import type { Canonicalizer } from './canonicalizer.ts';
import { canonicalNames, outputColumns } from './output-columns.ts';
import { newLabel, qualifyTable, type Relation, type Scope } from './scope.ts';
import { fieldsOf, isTree, listOf, namesOf, stringNode, type Tree, textOf, type Value } from './tree.ts';

/**
 * Rewrites a FROM list and returns the relations in it. Aliases are replaced by labels that only depend on what is
 * read and in which order; join conditions and function arguments are rewritten once all relations are known.
 */
export function canonicalFrom(items: Value[], outer: readonly Scope[], canonicalizer: Canonicalizer): Scope {
  const scope: Scope = [];
  const later: (() => void)[] = [];
  for (const item of items) addRelation(item, scope, outer, canonicalizer, later);
  for (const rewrite of later) rewrite();
  return scope;
}

/** A table named directly, as in FROM or as the target of an UPDATE. */
export function addTable(table: Tree, { names }: Canonicalizer): Relation {
  const name = textOf(table['relname']) ?? '';
  const columns = table['schemaname'] === undefined ? names.ctes.get(name) : undefined;
  qualifyTable(table, names);
  const renamed = renamedColumns(table['alias']);
  return labelled(table, name, name, renamed.size > 0 ? renamed : (columns ?? renamed), { names });
}

function addRelation(
  item: Value,
  scope: Scope,
  outer: readonly Scope[],
  canonicalizer: Canonicalizer,
  later: (() => void)[],
): void {
  const { visit } = canonicalizer;
  const table = fieldsOf(item, 'RangeVar');
  if (table !== undefined) {
    scope.push(addTable(table, canonicalizer));
    return;
  }
  const join = fieldsOf(item, 'JoinExpr');
  if (join !== undefined) {
    addRelation(join['larg'], scope, outer, canonicalizer, later);
    addRelation(join['rarg'], scope, outer, canonicalizer, later);
    if (join['quals'] !== undefined)
      later.push(() => (join['quals'] = visit(join['quals'], [scope, ...outer])));
    return;
  }
  const subselect = fieldsOf(item, 'RangeSubselect');
  const select = fieldsOf(subselect?.['subquery'], 'SelectStmt');
  if (subselect !== undefined && select !== undefined) {
    const inner = subselect['lateral'] === true ? [scope, ...outer] : outer;
    const renamed = renamedColumns(subselect['alias']);
    const columns = renamed.size > 0 ? renamed : outputColumns(select);
    canonicalizer.select(select, inner, 'rename');
    scope.push(labelled(subselect, 'sub', aliasOf(subselect) ?? '', columns, canonicalizer, true));
    return;
  }
  const functions = fieldsOf(item, 'RangeFunction');
  if (functions !== undefined) {
    later.push(() => (functions['functions'] = visit(functions['functions'], [scope, ...outer])));
    const name = functionName(functions) ?? 'function';
    scope.push(
      labelled(
        functions,
        name,
        aliasOf(functions) ?? name,
        renamedColumns(functions['alias']),
        canonicalizer,
      ),
    );
    return;
  }
  const sample = fieldsOf(item, 'RangeTableSample');
  if (sample !== undefined) {
    addRelation(sample['relation'], scope, outer, canonicalizer, later);
    later.push(() => (sample['args'] = visit(sample['args'], [scope, ...outer])));
    return;
  }
  // JSON_TABLE and XMLTABLE: their columns keep their names.
  if (isTree(item)) later.push(() => void visit(item, [scope, ...outer]));
}

/** Gives a relation its label in place of its alias; the alias is written only where the label is not the name itself. */
function labelled(
  fields: Tree,
  base: string,
  name: string,
  columns: ReadonlyMap<string, string>,
  { names }: Pick<Canonicalizer, 'names'>,
  always = false,
): Relation {
  const alias = aliasOf(fields) ?? name;
  const label = newLabel(names, base);
  const colnames = [...renamedColumns(fields['alias']).values()].map(stringNode);
  if (always || label !== base || colnames.length > 0)
    fields['alias'] = { aliasname: label, ...(colnames.length > 0 ? { colnames } : {}) };
  else delete fields['alias'];
  return { alias, label, columns };
}

function aliasOf(fields: Tree): string | undefined {
  return isTree(fields['alias']) ? textOf(fields['alias']['aliasname']) : undefined;
}

/** `AS s(a, b)`: the columns by their new names. */
function renamedColumns(alias: Value): ReadonlyMap<string, string> {
  return canonicalNames(namesOf(isTree(alias) ? alias['colnames'] : []));
}

function functionName(functions: Tree): string | undefined {
  const [first] = listOf(functions['functions']);
  const [call] = listOf(fieldsOf(first, 'List')?.['items']);
  return namesOf(fieldsOf(call, 'FuncCall')?.['funcname']).at(-1);
}
