/** How often a judge is right where the truth is known, both in [0, 1]. */
export interface JudgeQuality {
  /** Share of true passes that it passes. */
  sensitivity: number;
  /** Share of true fails that it fails. */
  specificity: number;
}

/**
 * The true pass rate behind one that an imperfect judge reported: (p + sp − 1) / (se + sp − 1), clamped to [0, 1],
 * since a sample may report less than the judge's false passes alone. Throws a RangeError when something is no
 * probability, and when se + sp ≤ 1: such a judge does no better than chance, and nothing can be recovered.
 *
 * Source: Rogan & Gladen 1978; for LLM judges Lee 2025 (arXiv 2511.21140).
 */
export function correctJudgedRate(judged: number, { sensitivity, specificity }: JudgeQuality): number {
  for (const rate of [judged, sensitivity, specificity]) {
    if (!(rate >= 0 && rate <= 1)) throw new RangeError(`rate ${rate}: expected 0 to 1`);
  }
  const better = sensitivity + specificity - 1;
  if (better <= 0) {
    throw new RangeError(`sensitivity ${sensitivity} and specificity ${specificity}: no better than chance`);
  }
  return Math.min(1, Math.max(0, (judged - (1 - specificity)) / better));
}
