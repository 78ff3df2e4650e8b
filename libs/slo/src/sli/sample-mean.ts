import { formatDuration } from '@tidewatch/core';
import { writeFieldConditions } from './field-conditions.js';
import type { Indicator, PredictionSource, ThresholdIndicator } from './indicator.js';
import { labelDelay, writeLabelDelay } from './prediction-source.js';
import { defineSliKind, readThreshold, writeSource, type SliFault } from './sli-kind.js';
import type { SampleMeanSli } from './sli-types.js';

interface MeanThreshold extends ThresholdIndicator {
  readonly metric: PredictionSource & { readonly mean: NonNullable<PredictionSource['mean']> };
}

/** A `thresholdMetric` on the mean of a field of the latest predictions: one value for each time slice. */
export const sampleMeanKind = defineSliKind({
  kind: 'sample-mean',
  fits: (indicator: Indicator): indicator is MeanThreshold =>
    indicator.form === 'threshold' &&
    indicator.metric.kind === 'predictions' &&
    indicator.metric.mean !== null,
  resolve: ({ metric }, objective): SampleMeanSli | readonly SliFault[] => {
    const { conditions, mean, labelDelayMs } = metric;
    const threshold = readThreshold(objective, `the mean of ${mean.field}`);
    const delay = labelDelay(labelDelayMs, [conditions], mean.field);
    const faults: readonly SliFault[] = [
      ...('op' in threshold ? [] : threshold),
      ...(typeof delay === 'string'
        ? ([{ at: 'indicator', path: ['metricSource', 'spec', 'labelDelay'], message: delay }] as const)
        : []),
    ];
    return 'op' in threshold && typeof delay === 'number'
      ? {
          kind: 'sample-mean',
          samples: conditions,
          field: mean.field,
          of: mean.of,
          labelDelayMs: delay,
          ...threshold,
        }
      : faults;
  },
  write: ({ samples, field, of, labelDelayMs, op, threshold }) => ({
    spec: {
      thresholdMetric: writeSource({
        predictions: writeFieldConditions(samples),
        mean: field,
        ...('ms' in of ? { window: formatDuration(of.ms) } : { last: of.samples }),
        ...writeLabelDelay(labelDelayMs),
      }),
    },
    op,
    value: threshold,
  }),
});
