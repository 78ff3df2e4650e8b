import { z } from 'zod';
import { expected, expectedMap } from '../field-errors.js';
import { eventRatio, goodBy, writeEventRatio } from './event-ratio.js';
import { fieldConditionsSchema, type FieldSet } from './field-conditions.js';
import type { Indicator, RatioIndicator, SpanSource, ThresholdIndicator } from './indicator.js';
import { defineSliKind, misplaced, readThreshold, type SliFault } from './sli-kind.js';
import type { SpanSli } from './sli-types.js';

const SPAN_FIELDS: FieldSet = {
  event: 'span',
  texts: ['service', 'region', 'environment', 'version', 'model', 'name', 'kind', 'status'],
  numbers: ['duration'],
  prefixes: ['attribute.', 'resource.'],
  values: { status: ['ok', 'error', 'unset'] },
};

const fieldMessage = expected('duration (in seconds) or attribute.NAME');

/** `{spans, coldStarts, field}` of a `metricSource`. */
export const spanSourceSchema = z
  .strictObject(
    {
      spans: fieldConditionsSchema(SPAN_FIELDS),
      coldStarts: z.enum(['include', 'exclude'], { error: expected('include or exclude') }).optional(),
      field: z
        .string({ error: fieldMessage })
        .regex(/^(duration|attribute\..+)$/, { error: fieldMessage })
        .optional(),
    },
    { error: expectedMap('a map with spans, coldStarts and field') },
  )
  .transform(({ spans, coldStarts, field }): SpanSource => ({
    kind: 'spans',
    conditions: spans,
    coldStarts,
    field,
  }));

interface SpanRatio extends RatioIndicator {
  readonly good: SpanSource | null;
  readonly bad: SpanSource | null;
  readonly total: SpanSource;
}

interface SpanThreshold extends ThresholdIndicator {
  readonly metric: SpanSource;
}

/** Spans: a `ratioMetric` of spans that fulfil conditions, or a `thresholdMetric` on their duration in seconds. */
export const spanKind = defineSliKind({
  kind: 'spans',
  fits: (indicator: Indicator): indicator is SpanRatio | SpanThreshold =>
    (indicator.form === 'ratio' && indicator.total.kind === 'spans') ||
    (indicator.form === 'threshold' && indicator.metric.kind === 'spans'),
  resolve: (indicator, objective): SpanSli | readonly SliFault[] => {
    if (indicator.form === 'threshold') {
      const { conditions, coldStarts = 'include', field = 'duration' } = indicator.metric;
      const threshold = readThreshold(objective, field === 'duration' ? 'the duration in seconds' : field);
      return 'op' in threshold
        ? {
            kind: 'spans',
            total: conditions,
            good: goodBy(field, threshold.op, threshold.threshold),
            bad: null,
            coldStarts,
          }
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
      ...(key === 'total'
        ? []
        : misplaced(key, 'coldStarts', source?.coldStarts, 'belongs to total, which says which spans count')),
    ]);
    return faults.length > 0
      ? faults
      : { kind: 'spans', ...eventRatio(total, good, bad), coldStarts: total.coldStarts ?? 'include' };
  },
  write: ({ coldStarts, ...ratio }) =>
    writeEventRatio('spans', ratio, coldStarts === 'exclude' ? { coldStarts } : {}),
});
