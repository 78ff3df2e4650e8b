import { differenceOfProportionsInterval, lInfinity } from '@tidewatch/stats';
import { categoryOf, comparedValues, pooled } from './compared.js';
import { CONFIDENCE, type DriftMetric } from './drift-metric.js';
import { homogeneity } from './homogeneity.js';

/**
 * The largest change of any category's share. The p-value is that of the test of homogeneity over all categories; the
 * interval is Newcombe's for the category that moved most, at a confidence that allows for having chosen it among all.
 */
export const linf: DriftMetric = {
  name: 'linf',
  effectName: 'the largest change of a share',
  appliesTo: ['categorical'],
  byDefault: true,
  largestEffect: 1,
  // As for D: three of a hundred samples are in another category.
  defaultMinimumEffect: 0.03,
  measure: (counts) => {
    const values = comparedValues(counts);
    if (values === null) {
      return null;
    }
    const { current, reference, n, m, effectiveN, effectiveM } = values;
    const { statistic, cell } = lInfinity(current, reference);
    const { pValue, law } = homogeneity(pooled(counts.grid, values), values);
    const about = { statistic, pValue, method: `linf/${law}`, n, m };
    if (cell < 0) {
      return { ...about, low: 0, high: 0, location: null };
    }
    const categories = current.filter((count, i) => count + reference[i]! > 0).length;
    const confidence = 1 - (1 - CONFIDENCE) / Math.max(1, categories);
    const [p, q] = [current[cell]! / n, reference[cell]! / m];
    const { low, high } = differenceOfProportionsInterval(
      p * effectiveN,
      effectiveN,
      q * effectiveM,
      effectiveM,
      confidence,
    );
    const more = p > q;
    return {
      ...about,
      low: Math.max(0, more ? low : -high),
      high: Math.min(1, more ? high : -low),
      location: { kind: 'category', category: categoryOf(counts.grid, cell), more },
    };
  },
};
