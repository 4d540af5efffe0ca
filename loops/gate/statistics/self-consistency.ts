/**
 * Self-consistency: the share of the answers that equal the most frequent one. Answers are compared as they are, so
 * bring them into one form first. From 1/n (all differ) to 1. Throws a RangeError when there are none.
 *
 * Source: Wang et al. 2023, Self-Consistency Improves Chain of Thought Reasoning (arXiv 2203.11171).
 */
export function selfConsistency(answers: readonly string[]): number {
  if (answers.length === 0) throw new RangeError('no answers to compare');
  const counts = new Map<string, number>();
  let most = 0;
  for (const answer of answers) {
    const count = (counts.get(answer) ?? 0) + 1;
    counts.set(answer, count);
    most = Math.max(most, count);
  }
  return most / answers.length;
}
