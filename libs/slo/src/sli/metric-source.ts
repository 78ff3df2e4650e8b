import { z } from 'zod';
import { expectedMap } from '../field-errors.js';
import {
  metricNameSchema,
  rawMatchSchema,
  readMatchers,
  writeMatchers,
  type MetricSelector,
} from '../metric-selector.js';
import type { MetricSource } from './indicator.js';
import { writeSource } from './sli-kind.js';

/** `{metric, match}` of a `metricSource`. */
export const metricSourceSchema = z
  .strictObject(
    { metric: metricNameSchema, match: rawMatchSchema },
    { error: expectedMap('a map with metric and match') },
  )
  .transform(({ metric, match }, context): MetricSource => ({
    kind: 'metric',
    selector: { metric, match: readMatchers(match, context) },
  }));

/** The `metricSource` that {@link metricSourceSchema} reads into this selector. */
export function writeMetricSource({ metric, match }: MetricSelector): Readonly<Record<string, unknown>> {
  return writeSource({ metric, ...writeMatch(match) });
}

/** `match`, left out when there is nothing to match. */
export function writeMatch(match: MetricSelector['match']): { readonly match?: Record<string, unknown> } {
  return match.length === 0 ? {} : { match: writeMatchers(match) };
}
