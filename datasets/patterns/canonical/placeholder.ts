import { fieldsOf, isTree, type Tree, type Value } from './tree.ts';

/** What stands at a placeholder of the canonical text: a literal's text (null for NULL), or a parameter's number. */
export type Placeholder = { literal: string | null } | { param: number };

/** A literal or `$n`, marked by its index in `found`; `numberPlaceholders` gives the final numbers. */
export function placeholderNode(found: Placeholder[], placeholder: Placeholder): Tree {
  found.push(placeholder);
  return { ParamRef: { number: found.length } };
}

export function isPlaceholder(value: Value): boolean {
  return fieldsOf(value, 'ParamRef') !== undefined;
}

/** The literal that an A_Const node holds, in PostgreSQL's text format. */
export function literalText(constant: Tree): string | null {
  const integer = fieldsOf(constant, 'ival');
  if (integer !== undefined) return String(integer['ival'] ?? 0);
  const float = fieldsOf(constant, 'fval');
  if (float !== undefined) return String(float['fval'] ?? '');
  const boolean = fieldsOf(constant, 'boolval');
  if (boolean !== undefined) return boolean['boolval'] === true ? 'true' : 'false';
  const string = fieldsOf(constant, 'sval');
  if (string !== undefined) return String(string['sval'] ?? '');
  const bits = fieldsOf(constant, 'bsval');
  if (bits !== undefined) return String(bits['bsval'] ?? '').replace(/^b/, '');
  return null;
}

/** Whether two canonical expressions are the same, whatever their placeholders stand for. */
export function sameExpression(a: Value, b: Value): boolean {
  return withoutNumbers(a) === withoutNumbers(b);
}

export function withoutNumbers(value: Value): string {
  return JSON.stringify(value, (key, inner) => (key === 'ParamRef' ? '$' : inner)) ?? '';
}

/**
 * Numbers the placeholders of a finished tree from 1 on in the order of the tree, and returns what stands at each. A
 * placeholder that was copied (ORDER BY 2) counts once for each copy.
 */
export function numberPlaceholders(statements: Value, found: readonly Placeholder[]): Placeholder[] {
  const ordered: Placeholder[] = [];
  const visit = (value: Value): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item);
      return;
    }
    if (!isTree(value)) return;
    const param = fieldsOf(value, 'ParamRef');
    if (param !== undefined) {
      const placeholder = found[Number(param['number']) - 1];
      if (placeholder !== undefined) ordered.push(placeholder);
      // A node of its own: two copies may share this one.
      value['ParamRef'] = { number: ordered.length };
      return;
    }
    for (const key of readingOrder(value)) visit(value[key]);
  };
  visit(statements);
  return ordered;
}

const FIRST = ['withClause'];
const LAST = ['limitCount', 'limitOffset'];

/** Keys in about the order in which the clauses are written. */
function readingOrder(value: Tree): string[] {
  const keys = Object.keys(value);
  if (!keys.some((key) => FIRST.includes(key) || LAST.includes(key))) return keys;
  const rank = (key: string) => (FIRST.includes(key) ? -1 : LAST.indexOf(key) + 1);
  return keys.sort((a, b) => rank(a) - rank(b));
}
