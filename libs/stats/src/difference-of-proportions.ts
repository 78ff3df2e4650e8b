import { wilsonInterval, type Interval } from './wilson-interval.js';

/** A difference with its confidence interval. */
export interface Difference extends Interval {
  readonly difference: number;
}

/**
 * Newcombe's interval of `k1/n1 - k2/n2` (Statistics in Medicine 17 (1998), 873-890, method 10): the distances of each
 * proportion from the ends of its own Wilson interval, put together as the legs of a right triangle.
 *
 * Equal to `statsmodels.stats.proportion.confint_proportions_2indep(method='newcomb')`.
 *
 * @throws AppError `stats.domain`, as {@link wilsonInterval}
 */
export function differenceOfProportionsInterval(
  k1: number,
  n1: number,
  k2: number,
  n2: number,
  confidence: number,
): Difference {
  const [first, second] = [wilsonInterval(k1, n1, confidence), wilsonInterval(k2, n2, confidence)];
  const [p1, p2] = [k1 / n1, k2 / n2];
  const difference = p1 - p2;
  return {
    difference,
    low: Math.max(-1, difference - Math.hypot(p1 - first.low, second.high - p2)),
    high: Math.min(1, difference + Math.hypot(first.high - p1, p2 - second.low)),
  };
}
