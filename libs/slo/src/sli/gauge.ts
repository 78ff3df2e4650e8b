import { z } from 'zod';
import { expected, expectedMap } from '../field-errors.js';
import { metricNameSchema, rawMatchSchema, readMatchers } from '../metric-selector.js';
import type { GaugeSource, Indicator, ThresholdIndicator } from './indicator.js';
import { writeMatch } from './metric-source.js';
import { defineSliKind, readThreshold, writeSource, type SliFault } from './sli-kind.js';
import type { GaugeSli } from './sli-types.js';

/** `{gauge, match, over, across}` of a `metricSource`. */
export const gaugeSourceSchema = z
  .strictObject(
    {
      gauge: metricNameSchema,
      match: rawMatchSchema,
      over: z
        .enum(['avg', 'min', 'max', 'last'], { error: expected('avg, min, max or last') })
        .default('avg'),
      across: z
        .enum(['avg', 'min', 'max', 'sum'], { error: expected('avg, min, max or sum') })
        .default('avg'),
    },
    { error: expectedMap('a map with gauge, match, over and across') },
  )
  .transform(({ gauge, match, over, across }, context): GaugeSource => ({
    kind: 'gauge',
    gauge: { metric: gauge, match: readMatchers(match, context) },
    over,
    across,
  }));

interface GaugeThreshold extends ThresholdIndicator {
  readonly metric: GaugeSource;
}

/** A `thresholdMetric` over a gauge: each time slice is good when its value is on the right side of `value`. */
export const gaugeKind = defineSliKind({
  kind: 'gauge',
  fits: (indicator: Indicator): indicator is GaugeThreshold =>
    indicator.form === 'threshold' && indicator.metric.kind === 'gauge',
  resolve: ({ metric: { gauge, over, across } }, objective): GaugeSli | readonly SliFault[] => {
    const threshold = readThreshold(objective, 'the gauge');
    return 'op' in threshold ? { kind: 'gauge', gauge, over, across, ...threshold } : threshold;
  },
  write: ({ gauge, over, across, op, threshold }) => ({
    spec: {
      thresholdMetric: writeSource({ gauge: gauge.metric, ...writeMatch(gauge.match), over, across }),
    },
    op,
    value: threshold,
  }),
});
