import type { A_Expr } from 'libpg-query';
import { as, lastName, type Node } from '../../sql/nodes.ts';
import { Untranslatable } from '../engine.ts';
import { arithmetic } from './arithmetic.ts';
import { boolean } from './conditions.ts';
import { ordered } from './sort-keys.ts';
import { combined, list, type Term, unify } from './terms.ts';
import type { Translation } from './translation.ts';

const ORDERED = ['<', '<=', '>', '>='];

/** What an operator makes of its operands; also IN, BETWEEN, LIKE, NULLIF and IS DISTINCT FROM, which parse as operators. */
export function operationTerm(
  operation: A_Expr,
  term: (node: Node | undefined) => Term,
  to: Translation,
): Term {
  const operator = lastName(operation.name);
  const compare = (a: Term, b: Term, sign: string, notNull = false): Term => {
    const [left, right] = unify([a, b], true);
    if (ORDERED.includes(sign)) ordered(left, to);
    return boolean(`${left?.sql} ${sign} ${right?.sql}`, notNull);
  };
  switch (operation.kind) {
    case 'AEXPR_OP': {
      if (operation.lexpr === undefined) throw new Untranslatable(`it uses the prefix operator ${operator}`);
      const [left, right] = [term(operation.lexpr), term(operation.rexpr)];
      if (['=', '<>', ...ORDERED].includes(operator)) return compare(left, right, operator);
      return arithmetic(operator, left, right);
    }
    case 'AEXPR_DISTINCT':
      return compare(term(operation.lexpr), term(operation.rexpr), 'IS NOT', true);
    case 'AEXPR_NOT_DISTINCT':
      return compare(term(operation.lexpr), term(operation.rexpr), 'IS', true);
    case 'AEXPR_NULLIF': {
      const [left, right] = [term(operation.lexpr), term(operation.rexpr)];
      if (left.type === 'numeric' && left.param !== undefined)
        throw new Untranslatable('it computes with a numeric parameter');
      const [one, two] = unify([left, right], true);
      const nonZero = right.integer === 0;
      return { ...combined([one as Term], `nullif(${one?.sql}, ${two?.sql})`, false), nonZero };
    }
    case 'AEXPR_IN': {
      const items = (as(operation.rexpr, 'List')?.items ?? []).map(term);
      const left = term(operation.lexpr);
      // Each is compared by its own type, as PostgreSQL does where they differ.
      const [first, ...others] = unify([left, ...items], true);
      return boolean(`${first?.sql} ${operator === '=' ? 'IN' : 'NOT IN'} (${list(others)})`);
    }
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN': {
      const [low, high] = as(operation.rexpr, 'List')?.items ?? [];
      const [value, from, until] = unify([term(operation.lexpr), term(low), term(high)], true);
      ordered(value, to);
      const not = operation.kind === 'AEXPR_BETWEEN' ? '' : 'NOT ';
      return boolean(`${value?.sql} ${not}BETWEEN ${from?.sql} AND ${until?.sql}`);
    }
    case 'AEXPR_LIKE':
      return like(operator, term(operation.lexpr), term(operation.rexpr));
    default:
      throw new Untranslatable(`it uses ${operation.kind ?? 'an unknown operator'}`);
  }
}

/** The store's connection matches by case. Without a backslash in it, a literal pattern can use an index. */
function like(operator: string, value: Term, pattern: Term): Term {
  const [left, right] = unify([value, pattern], true);
  if (left?.type !== 'text') throw new Untranslatable('it matches what is no text');
  const clause = pattern.literal?.includes('\\') === false ? '' : " ESCAPE '\\'";
  return boolean(`${left.sql} ${operator === '~~' ? 'LIKE' : 'NOT LIKE'} ${right?.sql}${clause}`);
}
