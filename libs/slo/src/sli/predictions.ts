import { eventRatio, goodBy, writeEventRatio, type EventRatio } from './event-ratio.js';
import type { Indicator, PredictionSource, RatioIndicator, ThresholdIndicator } from './indicator.js';
import { labelDelay, writeLabelDelay } from './prediction-source.js';
import { defineSliKind, misplaced, readThreshold, type SliFault } from './sli-kind.js';
import type { PredictionSli } from './sli-types.js';

interface PredictionRatio extends RatioIndicator {
  readonly good: PredictionSource | null;
  readonly bad: PredictionSource | null;
  readonly total: PredictionSource;
}

interface PredictionThreshold extends ThresholdIndicator {
  readonly metric: PredictionSource;
}

/** Predictions: a `ratioMetric` of those that fulfil conditions, or a `thresholdMetric` on one number of each. */
export const predictionKind = defineSliKind({
  kind: 'predictions',
  fits: (indicator: Indicator): indicator is PredictionRatio | PredictionThreshold =>
    (indicator.form === 'ratio' && indicator.total.kind === 'predictions') ||
    (indicator.form === 'threshold' &&
      indicator.metric.kind === 'predictions' &&
      indicator.metric.mean === null),
  resolve: (indicator, objective): PredictionSli | readonly SliFault[] => {
    if (indicator.form === 'threshold') {
      const { conditions, field = 'latency_ms', labelDelayMs } = indicator.metric;
      const threshold = readThreshold(objective, field);
      return 'op' in threshold
        ? settle(
            { total: conditions, good: goodBy(field, threshold.op, threshold.threshold), bad: null },
            labelDelayMs,
            [],
          )
        : threshold;
    }
    const { total, good, bad } = indicator;
    const faults = (
      [
        ['good', good],
        ['bad', bad],
        ['total', total],
      ] as const
    ).flatMap(([key, source]) => [
      ...misplaced(key, 'field', source?.field, 'belongs to a thresholdMetric; leave it out'),
      ...misplaced(
        key,
        'mean',
        source?.mean ?? undefined,
        'is one value for each time slice and no event: it belongs to a thresholdMetric',
      ),
      ...(key === 'total'
        ? []
        : misplaced(key, 'labelDelay', source?.labelDelayMs, 'belongs to total: the delay is one for both')),
    ]);
    return faults.length > 0 ? faults : settle(eventRatio(total, good, bad), total.labelDelayMs, ['total']);
  },
  write: ({ labelDelayMs, ...ratio }) => writeEventRatio('predictions', ratio, writeLabelDelay(labelDelayMs)),
});

function settle(
  ratio: EventRatio,
  given: number | undefined,
  place: readonly string[],
): PredictionSli | readonly SliFault[] {
  const delay = labelDelay(given, [ratio.total, ratio.good, ratio.bad]);
  const path = [...place, 'metricSource', 'spec', 'labelDelay'];
  return typeof delay === 'string'
    ? [{ at: 'indicator', path, message: delay }]
    : { kind: 'predictions', ...ratio, labelDelayMs: delay };
}
