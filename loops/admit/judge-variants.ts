import type { QueryCase, Variant } from '../../datasets/cases/case.ts';

interface Found {
  passed: boolean;
  detail: string;
}

export function notEmpty({ visible, hidden }: QueryCase): Found {
  const empty = visible.filter((variant) => variant.rows === 0);
  if (empty.length > 0)
    return { passed: false, detail: `${empty.length} visible parameter sets give no rows` };
  const hiddenEmpty = hidden.filter((variant) => variant.rows === 0);
  if (hiddenEmpty.length > 1)
    return { passed: false, detail: `${hiddenEmpty.length} hidden variants give no rows` };
  return {
    passed: true,
    detail: `${visible.length} visible sets with rows, ${hiddenEmpty.length} empty hidden variants`,
  };
}

/** The empty patch is the base: it must fail where the case says that the base fails, and not on what is shown alone. */
export function noOpFails({ visible, hidden }: QueryCase): Found {
  const failing = [...visible, ...hidden].filter((variant) => variant.split === 'holdout');
  const detail = `the base fails ${failing.length} of ${visible.length + hidden.length} variants`;
  return hidden.some((variant) => variant.split === 'holdout')
    ? { passed: true, detail }
    : { passed: false, detail: `${detail}, none of them hidden: no patch could show that it helps` };
}

/** A copy that is never refreshed, be it of one table alone, can be told only where some write changes the answer. */
export function sensitive({ hidden }: QueryCase, untold: readonly string[]): Found {
  const mutated = hidden.find((variant) => variant.kind === 'mutated');
  const lacking = mutated ? untold : ['the tables it reads'];
  return lacking.length === 0
    ? {
        passed: true,
        detail: `${mutated?.writes.length} writes change the answer, those on each table by themselves`,
      }
    : {
        passed: false,
        detail: `no write on ${lacking.join(', ')} was found that changes the answer: a stale copy could not be told from a right one`,
      };
}

export function withoutOrder(draft: QueryCase, digests: ReadonlyMap<string, string>): QueryCase {
  const loosen = (variant: Variant): Variant => ({
    ...variant,
    sha256: digests.get(variant.id) ?? variant.sha256,
  });
  return { ...draft, ordered: false, visible: draft.visible.map(loosen), hidden: draft.hidden.map(loosen) };
}
