import { differenceOfProportionsInterval, twoProportionExact, wilsonInterval } from '@tidewatch/stats';
import { CONFIDENCE } from '../metrics/drift-metric.js';
import type { Measurement } from '../verdict/judge-findings.js';

/** By how much dependence between samples inflates the variance of shares on each side. */
export interface Inflation {
  readonly current: number;
  readonly reference: number;
}

const INDEPENDENT: Inflation = { current: 1, reference: 1 };

/**
 * By how much the share `k / n` exceeds the share `l / m`: Fisher's exact test and Newcombe's interval of the difference,
 * on sizes divided by the inflation. Only more counts as wrong: a share at or below the other has p = 1.
 *
 * @param n at least 1, as is `m`
 */
export function shareAbove(
  { k, n }: { readonly k: number; readonly n: number },
  { l, m }: { readonly l: number; readonly m: number },
  minimumEffect: number,
  inflation: Inflation = INDEPENDENT,
): Measurement {
  const [p, q] = [k / n, l / m];
  const size = Math.max(1, Math.round(n / inflation.current));
  const reference = Math.max(1, Math.round(m / inflation.reference));
  const { pValue, method } = twoProportionExact(
    Math.round(p * size),
    size,
    Math.round(q * reference),
    reference,
  );
  const { low, high } = differenceOfProportionsInterval(p * size, size, q * reference, reference, CONFIDENCE);
  return { statistic: p - q, low, high, pValue: p > q ? pValue : 1, method, minimumEffect };
}

/** The share `k / n` where none is allowed: there is nothing to test, and Wilson's interval says how much there is. */
export function shareOfNone(k: number, n: number, minimumEffect: number): Measurement {
  const { low, high } = wilsonInterval(k, n, CONFIDENCE);
  return { statistic: k / n, low, high, pValue: k > 0 ? 0 : 1, method: 'limit', minimumEffect };
}
