import { loadModule } from 'libpg-query';
import type { Placeholder } from './canonical/placeholder.ts';
import { canonicalStatement } from './canonical/statement.ts';

/** Loads the SQL parser; call once before `bindParameters`. */
export const prepareBinding: () => Promise<void> = loadModule;

/**
 * The parameters of `baseSql` (`$1`…`$n`) with which `loggedSql` is the same query: a statement of the extended protocol
 * with its own parameters, or one into which a driver wrote them as literals. Undefined where the two do not align: other
 * statements, lists of another length, a fixed literal of the base that differs, a `$n` that would need two values, or
 * one whose value the log does not have.
 */
export function bindParameters(
  baseSql: string,
  loggedSql: string,
  loggedParams: readonly (string | null)[] | null | undefined,
): (string | null)[] | undefined {
  const base = canonicalStatement(baseSql, { keepLists: true });
  const logged = canonicalStatement(loggedSql, { keepLists: true });
  if (base === undefined || logged === undefined || base.text !== logged.text) return undefined;
  const params: (string | null | undefined)[] = [];
  for (const [index, wanted] of base.placeholders.entries()) {
    const value = textAt(logged.placeholders[index], loggedParams);
    if (value === undefined) return undefined;
    if ('literal' in wanted) {
      if (wanted.literal !== value) return undefined;
    } else {
      const before = params[wanted.param - 1];
      if (before !== undefined && before !== value) return undefined;
      params[wanted.param - 1] = value;
    }
  }
  const complete: (string | null)[] = [];
  for (let index = 0; index < params.length; index += 1) {
    const value = params[index];
    if (value === undefined) return undefined;
    complete.push(value);
  }
  return complete;
}

function textAt(
  placeholder: Placeholder | undefined,
  params: readonly (string | null)[] | null | undefined,
): string | null | undefined {
  if (placeholder === undefined) return undefined;
  return 'literal' in placeholder ? placeholder.literal : params?.[placeholder.param - 1];
}
