import type { MetricSelector } from '../metric-selector.js';
import { writeMetricSource } from './metric-source.js';
import type { Indicator, MetricSource, RatioIndicator } from './indicator.js';
import { defineSliKind, type SliFault } from './sli-kind.js';
import type { RatioSli } from './sli-types.js';

interface CounterRatio extends RatioIndicator {
  readonly good: MetricSource | null;
  readonly bad: MetricSource | null;
  readonly total: MetricSource;
}

/** OpenSLO's `ratioMetric` over counters. */
export const ratioKind = defineSliKind({
  kind: 'ratio',
  fits: (indicator: Indicator): indicator is CounterRatio =>
    indicator.form === 'ratio' && indicator.total.kind === 'metric',
  resolve: ({ counter, good, bad, total }): RatioSli | readonly SliFault[] =>
    // Counters are all that OTLP sums offer, so leaving the key out means true, as in OpenSLO's own examples.
    counter === false
      ? [
          {
            at: 'indicator',
            path: ['counter'],
            message:
              'must be true: good and total are read from counters (OTLP monotonic sums), and gauges cannot be counted',
          },
        ]
      : {
          kind: 'ratio',
          good: good?.selector ?? null,
          bad: bad?.selector ?? null,
          total: total.selector,
        },
  write: ({ good, bad, total }) => {
    const side = (key: string, selector: MetricSelector | null) =>
      selector === null ? {} : { [key]: writeMetricSource(selector) };
    return {
      spec: {
        ratioMetric: {
          counter: true,
          ...side('good', good),
          ...side('bad', bad),
          ...side('total', total),
        },
      },
    };
  },
});
