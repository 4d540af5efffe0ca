import { type IndexDesign, key, keyOf } from './index-design.ts';
import type { SourceUse } from './source-use.ts';

/** GIN over what a value contains: jsonb (`@>` and key tests), and text search vectors (`@@`). */
export function documentDesigns(use: SourceUse): IndexDesign[] {
  return use.predicates.flatMap(({ kind, on, operator }) => {
    const made = kind === 'json' && on !== null ? keyOf(on) : null;
    if (made === null) return [];
    const type = on?.type ?? null;
    const paths = type === 'jsonb' && (operator === '@>' || operator === '@?' || operator === '@@');
    const keys = [paths ? key(`${made.sql} jsonb_path_ops`, made.columns, false) : { ...made, plain: false }];
    return [
      {
        table: use.table,
        method: 'gin',
        keys,
        include: [],
        where: null,
        options: null,
        extension: null,
        idea: 'contained values',
      },
    ];
  });
}
