import { describeValue } from '../field-errors.js';
import type { Indicator, MetricSource, ThresholdIndicator } from './indicator.js';
import { writeMetricSource } from './metric-source.js';
import { defineSliKind, objectiveFault, type SliFault } from './sli-kind.js';
import type { LatencySli } from './sli-types.js';

interface HistogramThreshold extends ThresholdIndicator {
  readonly metric: MetricSource;
}

/**
 * OpenSLO's `thresholdMetric` over a histogram: a measurement is good when it is at most `value`.
 *
 * `lt` is read as `lte`: the buckets of an OTLP histogram include their upper bound, so the two cannot be told apart.
 */
export const latencyKind = defineSliKind({
  kind: 'latency',
  fits: (indicator: Indicator): indicator is HistogramThreshold =>
    indicator.form === 'threshold' && indicator.metric.kind === 'metric',
  resolve: ({ metric }, { op, value }): LatencySli | readonly SliFault[] => {
    const faults: SliFault[] = [];
    if (op !== 'lte' && op !== 'lt') {
      const is = op === undefined ? 'is missing; it must be' : 'must be';
      const found = op === undefined ? '' : `, and is ${describeValue(op)}`;
      faults.push(
        objectiveFault(
          'op',
          `${is} lte or lt: with a thresholdMetric over a histogram a measurement is good when it is at most the value${found}`,
        ),
      );
    }
    if (value === undefined || value <= 0) {
      const is = value === undefined ? 'is missing; it must be' : 'must be';
      faults.push(
        objectiveFault(
          'value',
          `${is} the highest good measurement in the metric's unit, above 0, such as 0.5 for half a second`,
        ),
      );
    }
    return faults.length > 0 || value === undefined
      ? faults
      : { kind: 'latency', histogram: metric.selector, threshold: value };
  },
  write: ({ histogram, threshold }) => ({
    spec: { thresholdMetric: writeMetricSource(histogram) },
    op: 'lte',
    value: threshold,
  }),
});
