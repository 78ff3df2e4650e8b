import { AppError, errorMessage } from '@tidewatch/core';
import { alphaOf } from './alpha.js';
import type { DriftMonitor } from './drift-monitor.js';
import type { DriftVerdict } from './drift-verdict.js';
import type { FeatureComparison, Side } from './feature-comparison.js';
import type { DriftMetric } from './metrics/drift-metric.js';
import { driftMetrics, type DriftMetricName } from './metrics/index.js';
import { judgedReason, missingDataReason } from './reason.js';

/**
 * Judges whether a feature has drifted: real (p below alpha), and large enough (the lower end of the 95 % interval of
 * the effect is at least the minimum effect). Either alone raises no alarm: with enough samples every harmless
 * difference is real, and with few samples large differences are noise.
 *
 * Never throws: what goes wrong becomes the state `error` with its reason.
 */
export function judgeFeature(comparison: FeatureComparison): DriftVerdict {
  try {
    return judge(comparison);
  } catch (error) {
    const { monitor, feature } = comparison;
    const reason = `Feature ${feature} could not be judged: ${errorMessage(error)}`;
    const minimum = Object.values(monitor.minimumEffect)[0] ?? 0;
    return verdictOf(comparison, {
      state: 'error',
      reason,
      method: 'none',
      alpha: 0,
      minimumEffect: minimum,
    });
  }
}

function judge(comparison: FeatureComparison): DriftVerdict {
  const { monitor, featureCount } = comparison;
  const metric = metricOf(monitor);
  const about = {
    method: metric.name,
    alpha: alphaOf(monitor, featureCount),
    minimumEffect: monitor.minimumEffect[metric.name as DriftMetricName],
  };
  const current = finiteValues(comparison.current);
  const reference = finiteValues(comparison.reference ?? []);
  const sizes = { n: current.finite.length, m: reference.finite.length };
  const missing = missingDataReason(comparison, { current, reference });
  if (missing !== null) {
    return verdictOf(comparison, { ...about, ...sizes, state: 'not-enough-data', reason: missing });
  }
  const measured = metric.measure(reference.finite, current.finite);
  const significant = measured.pValue < about.alpha;
  const state = !significant ? 'ok' : measured.low >= about.minimumEffect ? 'alarm' : 'watch';
  return verdictOf(comparison, {
    ...about,
    ...sizes,
    state,
    reason: judgedReason(comparison, { ...about, metric, measured, state, current, reference }),
    method: measured.method,
    statistic: measured.statistic,
    statisticLow: measured.low,
    statisticHigh: measured.high,
    pValue: measured.pValue,
  });
}

/** The metric that the monitor's minimum effect names. */
function metricOf(monitor: DriftMonitor): DriftMetric {
  const name = Object.keys(monitor.minimumEffect)[0] ?? '';
  if (!Object.hasOwn(driftMetrics, name)) {
    throw new AppError({
      code: 'drift.unknown-metric',
      message: `monitor ${monitor.name} names no known drift metric in its minimumEffect.`,
      hint: `Known are ${Object.keys(driftMetrics).join(', ')}.`,
    });
  }
  return driftMetrics[name as DriftMetricName];
}

function finiteValues(values: ArrayLike<number>): Side {
  const finite = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    if (Number.isFinite(value)) {
      finite[count] = value;
      count += 1;
    }
  }
  return { finite: finite.subarray(0, count), notFinite: values.length - count };
}

/** A verdict about `comparison`, empty but for `found`. */
function verdictOf(
  { feature, baselineName, baselineVersion, window }: FeatureComparison,
  found: Partial<DriftVerdict> &
    Pick<DriftVerdict, 'state' | 'reason' | 'method' | 'alpha' | 'minimumEffect'>,
): DriftVerdict {
  const nothing = { n: 0, m: 0, statistic: null, statisticLow: null, statisticHigh: null, pValue: null };
  return { feature, ...nothing, ...found, baseline: baselineName, baselineVersion, window };
}
