import { comparedValues, pooled, type ComparedValues, type PooledCounts } from './compared.js';
import type { ComparedCounts, DriftMeasurement, DriftMetric } from './drift-metric.js';

/** A divergence whose null law is a scaled chi-square: `scale * (1/n + 1/m) * chi-square(k - 1)`. */
export interface Divergence {
  readonly name: string;
  readonly effectName: string;
  readonly largestEffect: number;
  readonly defaultMinimumEffect: number;
  /** What (1/n + 1/m) chi-square is multiplied with: 1 for PSI, 1 / (8 ln 2) for Jensen-Shannon in bits. */
  readonly scale: number;
  /** The divergence of two vectors of counts. */
  readonly compute: (current: ArrayLike<number>, reference: ArrayLike<number>) => number;
  readonly pValue: (value: number, cells: number, n: number, m: number) => number;
}

const NORMAL_975 = 1.959963984540054;

/**
 * A drift metric from a divergence over pooled cells.
 *
 * The value that such a divergence takes without any drift is not 0 but some (k - 1)(1/n + 1/m): the effect is what exceeds
 * it. Under drift the divergence is close to a non-central chi-square, `chi-square(k - 1, lambda)`, of mean k - 1 + lambda
 * and variance 2 (k - 1) + 4 lambda: the interval of the effect is that of lambda, by its normal approximation.
 */
export function divergenceMetric(divergence: Divergence): DriftMetric {
  const { name, effectName, largestEffect, defaultMinimumEffect } = divergence;
  return {
    name,
    effectName,
    appliesTo: ['numeric', 'categorical'],
    byDefault: false,
    largestEffect,
    defaultMinimumEffect,
    measure: (counts) => {
      const values = comparedValues(counts);
      return values === null ? null : measured(divergence, counts, values, pooled(counts.grid, values));
    },
  };
}

function measured(
  { name, scale, compute, pValue, largestEffect }: Divergence,
  { grid }: ComparedCounts,
  { n, m, effectiveN, effectiveM }: ComparedValues,
  { current, reference }: PooledCounts,
): DriftMeasurement {
  const cells = current.filter((count, i) => count + reference[i]! > 0).length;
  const value = compute(current, reference);
  const unit = scale * (1 / effectiveN + 1 / effectiveM);
  const df = Math.max(0, cells - 1);
  const lambda = Math.max(0, value / unit - df);
  const half = NORMAL_975 * Math.sqrt(2 * df + 4 * lambda);
  const bounded = (effect: number): number => Math.min(largestEffect, Math.max(0, effect * unit));
  return {
    statistic: bounded(lambda),
    low: bounded(value / unit - df - half),
    high: bounded(value / unit - df + half),
    pValue: pValue(value, cells, effectiveN, effectiveM),
    method: `${name}/${cells}-${grid.type === 'numeric' ? 'bins' : 'categories'}`,
    location: null,
    n,
    m,
  };
}
