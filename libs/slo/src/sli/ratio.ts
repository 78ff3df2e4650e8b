import { z } from 'zod';
import { expectedMap, refused } from '../field-errors.js';
import { metricSchema, type MetricSelector } from '../metric-selector.js';
import { defineSliKind, type ObjectiveFault } from './sli-kind.js';

/** Good events out of all, both from counters. Exactly one of `good` and `bad` is given; bad = total - good. */
export interface RatioSli {
  readonly kind: 'ratio';
  readonly good: MetricSelector | null;
  readonly bad: MetricSelector | null;
  readonly total: MetricSelector;
}

const RAW =
  'is not supported: an averaged ratio says nothing about how many events it stands for. Write good (or bad) and total';

const ratioSchema = z
  .strictObject(
    {
      // Counters are all that OTLP sums offer, so leaving the key out means true, as in OpenSLO's own examples.
      counter: z
        .literal(true, {
          error:
            'must be true: good and total are read from counters (OTLP monotonic sums), and gauges cannot be counted',
        })
        .optional(),
      good: metricSchema.optional(),
      bad: metricSchema.optional(),
      total: metricSchema,
      raw: refused(RAW),
      rawType: refused(RAW),
    },
    { error: expectedMap('a map with good (or bad) and total') },
  )
  .superRefine(({ good, bad }, context) => {
    if ((good === undefined) === (bad === undefined)) {
      const message =
        good === undefined
          ? 'is missing good: name the good events, or the bad ones'
          : 'has both good and bad; keep one, the other follows from total';
      context.addIssue({ code: 'custom', path: [], message });
    }
  });

/** OpenSLO's `ratioMetric`. `op` in the objective is accepted and means nothing: three of OpenSLO's four examples have it. */
export const ratioKind = defineSliKind({
  key: 'ratioMetric',
  schema: ratioSchema,
  resolve: (spec, objective): RatioSli | readonly ObjectiveFault[] =>
    objective.value === undefined
      ? { kind: 'ratio', good: spec.good ?? null, bad: spec.bad ?? null, total: spec.total }
      : [
          {
            key: 'value',
            message: 'belongs to a thresholdMetric; a ratioMetric has no value to compare, so leave it out',
          },
        ],
});
