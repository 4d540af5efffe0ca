import { Untranslatable } from '../engine.ts';
import type { Term } from './terms.ts';

export function boolean(sql: string, notNull = false): Term {
  return { sql: `(${sql})`, type: 'bool', notNull };
}

/** The SQL of a term that must be boolean. */
export function condition(term: Term): string {
  if (term.literal === null) return 'NULL';
  if (term.type !== 'bool') throw new Untranslatable(`it uses ${term.type} as a condition`);
  return term.sql;
}
