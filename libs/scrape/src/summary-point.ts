import { parseValue, wholeCount } from './number-text.js';
import { labelOf, type GroupConversion } from './sample-group.js';

/**
 * Puts a summary together from its quantiles, `_count` and `_sum`.
 *
 * Quantiles of a window without observations are NaN and stay NaN. Absent counts and sums are 0: OTLP has no absent.
 */
export const summaryPoint: GroupConversion = (family, group, base) => {
  const quantiles: [number, number][] = [];
  let count = 0n;
  let sum = 0;
  for (const sample of group.samples) {
    if (sample.name === `${family}_sum`) {
      sum = sample.value.number;
    } else if (sample.name === `${family}_count`) {
      const whole = wholeCount(sample.value);
      if (whole === undefined) {
        return `the count ${sample.value.number} is not a whole number from 0`;
      }
      count = whole;
    } else {
      const quantile = parseValue(labelOf(sample, 'quantile') ?? '')?.number ?? NaN;
      if (!(quantile >= 0 && quantile <= 1)) {
        return `a sample ${sample.name} has no label quantile from 0 to 1`;
      }
      quantiles.push([quantile, sample.value.number]);
    }
  }
  quantiles.sort(([a], [b]) => a - b);
  return { kind: 'summary', ...base, count, sum, quantiles };
};
