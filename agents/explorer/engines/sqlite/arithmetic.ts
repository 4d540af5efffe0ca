import { Untranslatable } from '../engine.ts';
import { asRatio, asReal, isInteger, isNumber, quotient, rescale, type Term, unify } from './terms.ts';

/** `+ - * / % ||` with PostgreSQL's result types. */
export function arithmetic(operator: string, left: Term, right: Term): Term {
  if (operator === '||') {
    const [a, b] = unify([left, right], false);
    if (a?.type !== 'text') throw new Untranslatable(`it concatenates ${a?.type ?? 'nothing'}`);
    return { sql: `(${a.sql} || ${b?.sql})`, type: 'text', notNull: a.notNull && b?.notNull === true };
  }
  const [a, b] =
    left.type === 'unknown' || right.type === 'unknown' ? unify([left, right], false) : [left, right];
  if (a === undefined || b === undefined) throw new Untranslatable('an operand is missing');
  if (a.type === 'date' || b.type === 'date') return dateArithmetic(operator, a, b);
  if (!isNumber(a) || !isNumber(b)) throw new Untranslatable(`it computes ${a.type} ${operator} ${b.type}`);
  if (!['+', '-', '*', '/', '%'].includes(operator))
    throw new Untranslatable(`its operator ${operator} may differ in SQLite`);
  if ((operator === '/' || operator === '%') && b.nonZero !== true)
    throw new Untranslatable('it divides by what may be 0, which PostgreSQL refuses and SQLite does not');
  const notNull = a.notNull && b.notNull;
  if (isInteger(a.type) && isInteger(b.type)) {
    const [one, two] = unify([a, b], false);
    return {
      sql: `(${a.sql} ${operator} ${b.sql})`,
      type: (one ?? a).type,
      notNull: notNull && two !== undefined,
    };
  }
  if (operator === '%') throw new Untranslatable('it takes a remainder of fractions');
  if (a.type === 'float8' || b.type === 'float8')
    return { sql: `(${asReal(a).sql} ${operator} ${asReal(b).sql})`, type: 'float8', notNull };
  return numericArithmetic(operator, a, b, notNull);
}

function numericArithmetic(operator: string, a: Term, b: Term, notNull: boolean): Term {
  if ((a.param ?? b.param) !== undefined && (a.type === 'numeric' ? a.param : b.param) !== undefined)
    throw new Untranslatable('it computes with a numeric parameter');
  const [x, y] = [asRatio(a), asRatio(b)];
  const exact = a.ratio === undefined && b.ratio === undefined && x !== null && y !== null;
  if (operator === '/' && x !== null && y !== null) {
    if (x.den === y.den) return quotient(x.num, y.num);
    return quotient(times(x.num, y.den), times(x.den, y.num));
  }
  if (operator === '*' && exact) {
    const scale = scaleOf(a) + scaleOf(b);
    return rescale({ sql: `(${a.sql} * ${b.sql})`, type: 'numeric', scale, notNull }, scale);
  }
  if (operator === '*' && x !== null && y !== null) return quotient(times(x.num, y.num), times(x.den, y.den));
  if (exact) {
    const scale = Math.max(scaleOf(a), scaleOf(b));
    const [one, two] = [rescale(a, scale), rescale(b, scale)];
    return { sql: `(${one.sql} ${operator} ${two.sql})`, type: 'numeric', scale, notNull };
  }
  return {
    sql: `(${asReal(a, 'numeric').sql} ${operator} ${asReal(b, 'numeric').sql})`,
    type: 'numeric',
    notNull,
  };
}

function times(a: string, b: string): string {
  return a === '1' ? b : b === '1' ? a : `(${a} * ${b})`;
}

function scaleOf(term: Term): number {
  return isInteger(term.type) ? 0 : (term.scale ?? 0);
}

function dateArithmetic(operator: string, a: Term, b: Term): Term {
  const notNull = a.notNull && b.notNull;
  if (operator === '-' && a.type === 'date' && b.type === 'date')
    return { sql: `CAST(julianday(${a.sql}) - julianday(${b.sql}) AS INTEGER)`, type: 'int4', notNull };
  if ((operator === '+' || operator === '-') && a.type === 'date' && isInteger(b.type)) {
    const days = operator === '+' ? b.sql : `-(${b.sql})`;
    return { sql: `date(${a.sql}, (${days}) || ' days')`, type: 'date', notNull: false };
  }
  throw new Untranslatable(`it computes ${a.type} ${operator} ${b.type}`);
}
