import { domainError } from './domain-error.js';

/**
 * The non-decreasing sequence nearest to `values` in weighted least squares, by pooling adjacent violators (Ayer and
 * others, Annals of Mathematical Statistics 26, 1955). Turns scores into probabilities when the values are shares of hits
 * per bin of scores (Zadrozny and Elkan 2002).
 *
 * @param values in the order in which they must not decrease
 * @param weights above 0, one per value
 * @throws AppError `stats.domain`
 */
export function isotonicRegression(values: ArrayLike<number>, weights: ArrayLike<number>): Float64Array {
  const means: number[] = [];
  const masses: number[] = [];
  const lengths: number[] = [];
  for (let i = 0; i < values.length; i += 1) {
    const weight = weights[i]!;
    if (!(weight > 0)) {
      throw domainError('Isotonic regression', 'weights above 0', { weight });
    }
    let mean = values[i]!;
    let mass = weight;
    let length = 1;
    while (means.length > 0 && means[means.length - 1]! >= mean) {
      const before = masses.pop()!;
      mean = (means.pop()! * before + mean * mass) / (before + mass);
      mass += before;
      length += lengths.pop()!;
    }
    means.push(mean);
    masses.push(mass);
    lengths.push(length);
  }
  const fitted = new Float64Array(values.length);
  let at = 0;
  means.forEach((mean, block) => {
    fitted.fill(mean, at, at + lengths[block]!);
    at += lengths[block]!;
  });
  return fitted;
}
