import { normalSurvival, studentQuantile, studentSurvival } from '@tidewatch/stats';
import { CONFIDENCE } from '../metrics/drift-metric.js';
import { shareAbove } from '../quality/share-above.js';
import type { Measurement } from '../verdict/judge-findings.js';
import { PERFORMANCE_GROUPS, type MeasuredMetric } from './measure-metric.js';
import type { PerformanceMetric } from './metrics/performance-metric.js';

/**
 * By how much a metric is worse than it was: Fisher's exact test and Newcombe's interval for shares, Welch's test on
 * jackknife standard errors for others. Of a metric with a unit the change is relative to what it was.
 */
export function worsening(
  metric: PerformanceMetric,
  current: MeasuredMetric,
  reference: MeasuredMetric,
  minimumEffect: number,
): Measurement {
  if (current.share !== null && reference.share !== null) {
    const failures = ({ k, n }: { k: number; n: number }): number => (metric.better === 'higher' ? n - k : k);
    return shareAbove(
      { k: failures(current.share), n: current.share.n },
      { l: failures(reference.share), m: reference.share.n },
      minimumEffect,
    );
  }
  const sign = metric.better === 'higher' ? -1 : 1;
  const unit = metric.relative ? Math.abs(reference.value) : 1;
  if (unit === 0) {
    // From nothing there is no relative change: any is as large as can be.
    return change(
      { effect: Math.sign(sign * current.value) || 0, error: current.standardError },
      PERFORMANCE_GROUPS - 1,
      minimumEffect,
    );
  }
  const ratio = metric.relative ? current.value / reference.value : 1;
  const [ours, theirs] = [current.standardError / unit, (ratio * reference.standardError) / unit];
  const error = Math.hypot(ours, theirs);
  const effect = (sign * (current.value - reference.value)) / unit;
  // Welch and Satterthwaite: the degrees of freedom of a sum of two estimated variances.
  const freedom =
    error === 0
      ? PERFORMANCE_GROUPS - 1
      : (error ** 4 * (PERFORMANCE_GROUPS - 1)) / Math.max(ours ** 4 + theirs ** 4, Number.MIN_VALUE);
  return change({ effect, error }, freedom, minimumEffect);
}

function change(
  { effect, error }: { readonly effect: number; readonly error: number },
  freedom: number,
  minimumEffect: number,
): Measurement {
  const half = studentQuantile((1 + CONFIDENCE) / 2, freedom) * error;
  const pValue =
    effect <= 0 ? 1 : error === 0 ? 0 : Math.min(1, 2 * studentSurvival(effect / error, freedom));
  return {
    statistic: effect,
    low: effect - half,
    high: effect + half,
    pValue,
    method: 'welch',
    minimumEffect,
  };
}

/** By how much a metric is certainly beyond a limit that a rule sets: below a smallest or above a largest value. */
export function beyondLimit(
  measured: MeasuredMetric,
  limit: { readonly kind: 'min' | 'max'; readonly value: number },
): Measurement {
  const sign = limit.kind === 'min' ? -1 : 1;
  const effect = sign * (measured.value - limit.value);
  const [low, high] =
    limit.kind === 'min'
      ? [limit.value - measured.high, limit.value - measured.low]
      : [measured.low - limit.value, measured.high - limit.value];
  const { share, standardError } = measured;
  // Wilson's interval and the score test are two faces of one thing: the variance is that of the limit.
  const error =
    share === null ? standardError : Math.sqrt(Math.max(0, limit.value * (1 - limit.value)) / share.n);
  const tail = (z: number): number =>
    share === null ? studentSurvival(z, PERFORMANCE_GROUPS - 1) : normalSurvival(z);
  const pValue = effect <= 0 ? 1 : error === 0 ? 0 : Math.min(1, 2 * tail(effect / error));
  return {
    statistic: effect,
    low,
    high,
    pValue,
    method: share === null ? 'student' : 'score',
    minimumEffect: 0,
  };
}
