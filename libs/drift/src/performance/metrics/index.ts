import { accuracy, f1, falsePositiveRate, precision, recall } from './classes.js';
import type { PerformanceMetric, PerformanceMetricName } from './performance-metric.js';
import { brier, calibrationError, logLoss, rocAuc } from './probabilities.js';
import { mae, mse, outcomeValue, r2, rmse } from './values.js';

/** All metrics of performance. A new one is one constant, its name and one line here. */
export const performanceMetrics: Readonly<Record<PerformanceMetricName, PerformanceMetric>> = {
  accuracy,
  precision,
  recall,
  f1,
  falsePositiveRate,
  rocAuc,
  logLoss,
  brier,
  calibrationError,
  mae,
  mse,
  rmse,
  r2,
  outcomeValue,
};
