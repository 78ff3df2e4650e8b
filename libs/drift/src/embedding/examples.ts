/** Prediction ids that a verdict names. */
export const EXAMPLES = 5;

/** The ids with the highest scores, highest first; equal ones in the order of the ids. */
export function highest(ids: readonly string[], scores: ArrayLike<number>): string[] {
  return ids
    .map((id, index) => ({ id, score: scores[index] ?? Number.NEGATIVE_INFINITY }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, EXAMPLES)
    .map(({ id }) => id);
}
