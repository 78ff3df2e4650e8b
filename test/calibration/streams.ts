import { seededNormal, seededRandom } from '@tidewatch/core';
import { normalSurvival } from '@tidewatch/stats';
import type { CurrentFeature, ReferenceFeature } from './rule.js';

/** Distributions that features are drawn from. */
export type Shape = 'normal' | 'lognormal' | 'categories';

/** How a stream differs from its baseline. */
export interface Change {
  /** Added to every value, in standard deviations. */
  readonly shift?: number;
  /** Multiplies the distance from the mean. */
  readonly scale?: number;
  /** Share of values that become the first category. */
  readonly category?: number;
}

/** Categories of a categorical feature; the first is the most frequent. */
export const CATEGORIES = 10;

/** Draws values of one feature one after the other: an autoregression of normal scores, turned into the shape. */
export function valueSource(shape: Shape, rho: number, seed: number): (change?: Change) => number {
  const random = seededRandom(seed);
  const noise = Math.sqrt(1 - rho * rho);
  let x = seededNormal(random);
  return ({ shift = 0, scale = 1, category = 0 } = {}) => {
    x = rho * x + noise * seededNormal(random);
    const score = scale * x + shift;
    switch (shape) {
      case 'normal':
        return score;
      case 'lognormal':
        return Math.exp(score);
      case 'categories':
        // Half of the values are the first category, a quarter the second, and so on.
        return random() < category
          ? 0
          : Math.min(CATEGORIES - 1, Math.floor(-Math.log2(normalSurvival(score))));
    }
  };
}

/** A baseline of so many independent values. */
export function referenceFeature(shape: Shape, size: number, seed: number): ReferenceFeature {
  const next = valueSource(shape, 0, seed);
  const values = Float64Array.from({ length: size }, () => next());
  if (shape === 'categories') {
    return { type: 'categorical', counts: countsOf(values) };
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / size;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (size - 1);
  return { type: 'numeric', sorted: values.sort(), mean, sd: Math.sqrt(variance) };
}

/** A window of values in the order of time. */
export function currentFeature(shape: Shape, values: Float64Array): CurrentFeature {
  return shape === 'categories'
    ? { type: 'categorical', values: Uint16Array.from(values), counts: countsOf(values) }
    : { type: 'numeric', values, sorted: Float64Array.from(values).sort() };
}

function countsOf(values: Float64Array): Float64Array {
  const counts = new Float64Array(CATEGORIES);
  values.forEach((value) => (counts[value]! += 1));
  return counts;
}
