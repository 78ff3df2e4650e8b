import { z } from 'zod';
import { expected, expectedMap } from '../field-errors.js';
import { descriptionSchema } from '../metadata.js';
import { metricSpecSchema } from './metric-source-document.js';

const ratioSchema = z
  .strictObject(
    {
      counter: z.boolean({ error: expected('true or false') }).optional(),
      good: metricSpecSchema.optional(),
      bad: metricSpecSchema.optional(),
      total: metricSpecSchema.optional(),
      raw: metricSpecSchema.optional(),
      rawType: z.enum(['success', 'failure'], { error: expected('success or failure') }).optional(),
    },
    { error: expectedMap('a map with good (or bad) and total, or with raw and rawType') },
  )
  .superRefine(({ good, bad, total, raw, rawType }, context) => {
    const report = (key: string | null, message: string) =>
      context.addIssue({ code: 'custom', path: key === null ? [] : [key], message });
    if (raw !== undefined) {
      for (const [key, value] of Object.entries({ good, bad, total })) {
        if (value !== undefined) {
          report(key, 'cannot stand beside raw, which yields the ratio itself; keep one');
        }
      }
      if (rawType === undefined) {
        report('rawType', 'is missing; it must be success or failure: what raw counts');
      }
      return;
    }
    if (rawType !== undefined) {
      report('rawType', 'belongs to raw, which is missing');
    }
    if (total === undefined) {
      report('total', 'is missing; it must be a map with metricSource');
    } else if (good !== undefined && bad !== undefined) {
      report(null, 'has both good and bad; keep one, the other follows from total');
    } else if (good === undefined && bad === undefined && total.source?.kind !== 'verdicts') {
      report(null, 'is missing good: name the good events, or the bad ones');
    }
  });

/** The `spec` of an SLI: a description and exactly one of `thresholdMetric` and `ratioMetric`. */
export const sliSpecSchema = z
  .strictObject(
    {
      description: descriptionSchema,
      thresholdMetric: metricSpecSchema.optional(),
      ratioMetric: ratioSchema.optional(),
    },
    { error: expectedMap('a map with ratioMetric or thresholdMetric') },
  )
  .superRefine(({ thresholdMetric, ratioMetric }, context) => {
    if ((thresholdMetric === undefined) === (ratioMetric === undefined)) {
      const found = ratioMetric === undefined ? 'none' : 'both';
      context.addIssue({
        code: 'custom',
        path: [],
        message: `must hold one of ratioMetric or thresholdMetric, and holds ${found}`,
      });
    }
  });

/** A parsed SLI specification. */
export type SliSpec = z.output<typeof sliSpecSchema>;
