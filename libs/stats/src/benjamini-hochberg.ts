/**
 * P-values adjusted by Benjamini & Hochberg (Journal of the Royal Statistical Society B 57 (1995), 289-300): rejecting
 * every test whose adjusted value is at most `q` keeps the expected share of false rejections at or below `q` for
 * independent or positively dependent tests. When nothing is true, that is the chance of any rejection at all.
 *
 *     adjusted of the i-th smallest = min over j >= i of p(j) * K / j, at most 1
 *
 * Equal to `scipy.stats.false_discovery_control(p, method='bh')`. O(K log K).
 *
 * @param pValues in [0, 1], in any order; not changed
 * @returns one adjusted value each, in the same order
 *
 * @example benjaminiHochberg([0.01, 0.04, 0.03]) // [0.03, 0.04, 0.04]
 */
export function benjaminiHochberg(pValues: ArrayLike<number>): Float64Array {
  const total = pValues.length;
  const order = Array.from({ length: total }, (_, index) => index).sort((a, b) => pValues[b]! - pValues[a]!);
  const adjusted = new Float64Array(total);
  let smallest = 1;
  order.forEach((index, position) => {
    smallest = Math.min(smallest, (pValues[index]! * total) / (total - position));
    adjusted[index] = smallest;
  });
  return adjusted;
}
