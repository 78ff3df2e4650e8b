import { formatDuration, parseDuration } from '@tidewatch/core';
import { z } from 'zod';
import { expected, expectedMap } from '../field-errors.js';
import type { FieldCondition } from './field-condition.js';
import { comparesField, fieldConditionsSchema, type FieldSet } from './field-conditions.js';
import type { PredictionSource } from './indicator.js';

const PREDICTION_FIELDS: FieldSet = {
  event: 'prediction',
  texts: [
    'model',
    'model_version',
    'variant',
    'service',
    'region',
    'environment',
    'deployment_id',
    'status',
    'error_type',
    'label',
    'correct',
  ],
  numbers: ['latency_ms', 'score', 'value'],
  prefixes: ['tag.', 'feature.'],
  values: { correct: ['true', 'false'] },
};

/** The field of a prediction that only its label tells. */
const LABELLED_FIELD = 'correct';

/** How long labels are waited for unless a rule says otherwise. */
const DEFAULT_LABEL_DELAY_MS = 86_400_000;

const fieldMessage = expected('latency_ms, score, value or feature.NAME');
const meanMessage = expected('score, value, latency_ms, correct or feature.NAME');
const lastMessage = expected('a whole number of predictions from 1 to 1,000,000');

function duration(what: string) {
  const message = expected(what);
  return z
    .string({ error: message })
    .refine((text) => (parseDuration(text) ?? 0) > 0, { error: message })
    .transform((text) => parseDuration(text) ?? 0);
}

/** `{predictions, labelDelay, field}` or `{predictions, labelDelay, mean, last | window}` of a `metricSource`. */
export const predictionSourceSchema = z
  .strictObject(
    {
      predictions: fieldConditionsSchema(PREDICTION_FIELDS),
      labelDelay: duration('a duration above zero, such as 24h').optional(),
      field: z
        .string({ error: fieldMessage })
        .regex(/^(latency_ms|score|value|feature\..+)$/, { error: fieldMessage })
        .optional(),
      mean: z
        .string({ error: meanMessage })
        .regex(/^(latency_ms|score|value|correct|feature\..+)$/, { error: meanMessage })
        .optional(),
      last: z
        .number({ error: lastMessage })
        .int({ error: lastMessage })
        .min(1, { error: lastMessage })
        .max(1_000_000, { error: lastMessage })
        .optional(),
      window: duration('a duration above zero, such as 10m').optional(),
    },
    { error: expectedMap('a map with predictions, labelDelay and field, or mean and last (or window)') },
  )
  .transform(({ predictions, labelDelay, field, mean, last, window }, context): PredictionSource => {
    const report = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    const ofSamples = [last, window].filter((each) => each !== undefined).length;
    if (mean !== undefined && ofSamples !== 1) {
      report(
        'mean',
        ofSamples === 0
          ? 'needs last (a number of predictions) or window (a duration): what the mean is over'
          : 'has both last and window; keep one',
      );
    }
    if (mean === undefined && ofSamples > 0) {
      report(last === undefined ? 'window' : 'last', 'belongs to mean, which is missing');
    }
    if (mean !== undefined && field !== undefined) {
      report('field', 'cannot be used with mean, which names the field itself; leave it out');
    }
    return {
      kind: 'predictions',
      conditions: predictions,
      labelDelayMs: labelDelay,
      field,
      mean:
        mean === undefined
          ? null
          : { field: mean, of: last === undefined ? { ms: window ?? 0 } : { samples: last } },
    };
  });

/**
 * How long labels are waited for: what the sources say, a day when they say nothing, and 0 when nothing needs a label.
 *
 * @returns a message when a delay is given that nothing needs
 */
export function labelDelay(
  given: number | undefined,
  conditions: readonly (readonly FieldCondition[] | null)[],
  field?: string,
): number | string {
  const needsLabels = field === LABELLED_FIELD || comparesField(conditions, LABELLED_FIELD);
  if (needsLabels) {
    return given ?? DEFAULT_LABEL_DELAY_MS;
  }
  return given === undefined ? 0 : `waits for labels, and nothing is said of ${LABELLED_FIELD}; leave it out`;
}

/** `labelDelay` of a source, left out when labels are not waited for. */
export function writeLabelDelay(ms: number): { readonly labelDelay?: string } {
  return ms === 0 ? {} : { labelDelay: formatDuration(ms) };
}
