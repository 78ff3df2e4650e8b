import { parseDuration } from '@tidewatch/core';
import { z } from 'zod';
import { expected, expectedMap } from '../field-errors.js';
import { readMatcher, type LabelMatcher, type MetricSelector } from '../metric-selector.js';

const metricMessage = expected('the name of a metric, such as inference.requests');

/** Name of a stored metric. */
export const metricField = z.string({ error: metricMessage }).min(1, { error: metricMessage });

/** `match` of a measure: label to condition, as in the selectors of SLIs. */
export const matchField = z
  .record(z.string(), z.unknown(), { error: expected('a map from label to condition') })
  .nullish()
  .transform((match, context): LabelMatcher[] => {
    // The reader names paths from the map that holds `match`; here they begin inside it.
    const inside = {
      ...context,
      addIssue: (issue: Parameters<typeof context.addIssue>[0]) =>
        context.addIssue(typeof issue === 'string' ? issue : { ...issue, path: (issue.path ?? []).slice(1) }),
    };
    return Object.entries(match ?? {}).flatMap(([label, value]) => readMatcher(label, value, inside));
  });

/** `{metric, match}`. */
export const metricSelectorField = z.strictObject(
  { metric: metricField, match: matchField },
  { error: expectedMap('a map with metric and match') },
) satisfies z.ZodType<MetricSelector>;

/** A number that is neither infinite nor NaN. */
export const numberField = z.number({ error: expected('a number') });

/**
 * A duration within limits, read into milliseconds.
 *
 * @param least in milliseconds
 * @param most in milliseconds
 * @param words how the limits are called in a message, such as `from 10s to 30d`
 */
export function durationWithin(least: number, most: number, words: string) {
  const message = expected(`a duration ${words}, such as 5m`);
  return z.string({ error: message }).transform((text, context) => {
    const milliseconds = parseDuration(text);
    if (milliseconds === undefined || milliseconds < least || milliseconds > most) {
      context.addIssue(message({ input: text }));
      return z.NEVER;
    }
    return milliseconds;
  });
}
