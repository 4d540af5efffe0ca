import { parseSync } from 'libpg-query';
import { deparseSync } from 'pgsql-deparser';
import type { Canonicalizer } from './canonicalizer.ts';
import { EXPRESSIONS } from './expression.ts';
import { canonicalModification } from './modification.ts';
import { numberPlaceholders, type Placeholder } from './placeholder.ts';
import type { Names } from './scope.ts';
import { canonicalSelect } from './select.ts';
import { dropPositions, isTree, listOf, type Tree, type Value } from './tree.ts';
import { canonicalUtility } from './utility.ts';

export interface CanonicalStatement {
  /** The statement as PostgreSQL's query id sees it: constants are `$1`…, aliases and layout do not matter. */
  text: string;
  /** What the statement had at `$1`, `$2`… of `text`. */
  placeholders: Placeholder[];
}

/**
 * Rewrites a statement so that two of them have one text where PostgreSQL 15 gives them one query id, as far as that can
 * be told without the catalogue; and where constant lists differ in length, unless `keepLists`. `schema` is where an
 * unqualified table is found, `public` when undefined. Undefined where the text is no SQL. libpg-query must be loaded.
 */
export function canonicalStatement(
  sql: string,
  { schema, keepLists = false }: { schema?: string | undefined; keepLists?: boolean } = {},
): CanonicalStatement | undefined {
  const tree = parse(sql);
  if (tree === undefined) return undefined;
  const found: Placeholder[] = [];
  const statements = listOf(tree['stmts']).map((raw) => {
    const names: Names = { labels: new Map(), ctes: new Map(), schema };
    return isTree(raw) ? canonicalNode(raw['stmt'], { names, found, keepLists }) : undefined;
  });
  const placeholders = numberPlaceholders(statements, found);
  // The parse result's types are the library's; the tree keeps their form.
  const text = statements.map((statement) => deparseSync(statement as never, { pretty: false })).join('; ');
  return { text, placeholders };
}

function parse(sql: string): Tree | undefined {
  try {
    const tree = parseSync(sql) as unknown as Tree;
    dropPositions(tree);
    return tree;
  } catch {
    return undefined;
  }
}

function canonicalNode(statement: Value, facts: Omit<Canonicalizer, 'visit' | 'select'>): Value {
  const canonicalizer: Canonicalizer = {
    ...facts,
    select: (select, outer, output) => canonicalSelect(select, outer, canonicalizer, output),
    visit(value, scopes) {
      if (Array.isArray(value)) return value.map((item) => canonicalizer.visit(item, scopes));
      if (!isTree(value)) return value;
      for (const [type, fields] of Object.entries(value)) {
        if (!isTree(fields)) {
          if (Array.isArray(fields)) value[type] = canonicalizer.visit(fields, scopes);
          continue;
        }
        const rewrite = EXPRESSIONS[type];
        if (rewrite !== undefined) return rewrite(fields, scopes, canonicalizer);
        if (type === 'SelectStmt') canonicalSelect(fields, scopes, canonicalizer, 'drop');
        else if (!canonicalModification(type, fields, scopes, canonicalizer)) {
          canonicalUtility(type, fields, canonicalizer);
          value[type] = canonicalizer.visit(fields, scopes);
        }
      }
      return value;
    },
  };
  return canonicalizer.visit(statement, []);
}
