import { describeValue } from '../field-errors.js';
import { metricSchema, type MetricSelector } from '../metric-selector.js';
import { defineSliKind, type ObjectiveFault } from './sli-kind.js';

/** Measurements at or below a threshold out of all, from a histogram. */
export interface LatencySli {
  readonly kind: 'latency';
  readonly histogram: MetricSelector;
  /** Upper limit of a good measurement, in the metric's own unit (seconds for `inference.request.duration`). */
  readonly threshold: number;
}

const thresholdSchema = metricSchema.transform((histogram) => ({ histogram }));

/**
 * OpenSLO's `thresholdMetric`: a measurement is good when it is at most `value`.
 *
 * `lt` is read as `lte`: the buckets of an OTLP histogram include their upper bound, so the two cannot be told apart.
 */
export const latencyKind = defineSliKind({
  key: 'thresholdMetric',
  schema: thresholdSchema,
  resolve: ({ histogram }, { op, value }): LatencySli | readonly ObjectiveFault[] => {
    const faults: ObjectiveFault[] = [];
    if (op !== 'lte' && op !== 'lt') {
      const is = op === undefined ? 'is missing; it must be' : 'must be';
      const found = op === undefined ? '' : `, and is ${describeValue(op)}`;
      faults.push({
        key: 'op',
        message: `${is} lte or lt: with a thresholdMetric a measurement is good when it is at most the value${found}`,
      });
    }
    if (value === undefined || value <= 0) {
      const is = value === undefined ? 'is missing; it must be' : 'must be';
      faults.push({
        key: 'value',
        message: `${is} the highest good measurement in the metric's unit, above 0, such as 0.5 for half a second`,
      });
    }
    return faults.length > 0 || value === undefined
      ? faults
      : { kind: 'latency', histogram, threshold: value };
  },
});
