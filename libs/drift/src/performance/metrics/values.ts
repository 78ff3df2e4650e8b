import type { PerformanceSums } from '../performance-sums.js';
import type { PerformanceMetric } from './performance-metric.js';

/** Mean absolute error of predicted values. */
export const mae = errorMetric('mae', 'the mean absolute error', ({ errors }) => errors.absolute);

/** Mean squared error. */
export const mse = errorMetric('mse', 'the mean squared error', ({ errors }) => errors.squared);

/** Root of the mean squared error. */
export const rmse: PerformanceMetric = {
  ...errorMetric('rmse', 'the root mean squared error', ({ errors }) => errors.squared),
  value: ({ errors }) => (errors.truth.count === 0 ? null : Math.sqrt(errors.squared / errors.truth.count)),
};

/** Coefficient of determination: 1 less the squared errors over the squared distances of true values from their mean. */
export const r2: PerformanceMetric = {
  name: 'r2',
  label: 'R2',
  better: 'higher',
  relative: false,
  defaultMinimumEffect: 0.05,
  cases: ({ errors }) => errors.truth.count,
  value: ({ errors }) => (errors.truth.m2 > 0 ? 1 - errors.squared / errors.truth.m2 : null),
};

/** Mean business value of what came of a prediction: revenue, or minus the loss. */
export const outcomeValue: PerformanceMetric = {
  name: 'outcomeValue',
  label: 'the outcome value per labelled prediction',
  better: 'higher',
  relative: true,
  defaultMinimumEffect: 0.1,
  cases: ({ outcome }) => outcome.count,
  value: ({ outcome }) => (outcome.count === 0 ? null : outcome.sum / outcome.count),
};

function errorMetric(
  name: 'mae' | 'mse' | 'rmse',
  label: string,
  of: (sums: PerformanceSums) => number,
): PerformanceMetric {
  return {
    name,
    label,
    better: 'lower',
    // In units of what is predicted: a tenth more is a tenth more.
    relative: true,
    defaultMinimumEffect: 0.1,
    cases: ({ errors }) => errors.truth.count,
    value: (sums) => (sums.errors.truth.count === 0 ? null : of(sums) / sums.errors.truth.count),
  };
}
