import { parseDuration } from '@tidewatch/core';
import { z } from 'zod';
import type { AnnotationReading } from './annotation-text.js';
import { readAnnotation } from './annotation-text.js';
import type { BudgetStep } from './budget-policy.js';
import type { GroupBy, NoDataRule } from './definition.js';
import { expected, expectedMap } from './field-errors.js';
import { shareOf } from './objective.js';

const DEFAULT_GROUP_LIMIT = 100;
const MAXIMUM_GROUP_LIMIT = 500;
const MAXIMUM_GROUP_LABELS = 10;

const labelsMessage = expected('a list of labels, such as [region, tenant]');
const limitMessage = expected(`a whole number of groups from 1 to ${MAXIMUM_GROUP_LIMIT}`);

const labelListSchema = z
  .array(
    z.string({ error: expected('the name of a label') }).min(1, { error: expected('the name of a label') }),
    {
      error: labelsMessage,
    },
  )
  .min(1, { error: labelsMessage })
  .max(MAXIMUM_GROUP_LABELS, { error: `must hold at most ${MAXIMUM_GROUP_LABELS} labels` })
  .refine((labels) => new Set(labels).size === labels.length, { error: 'names a label twice' });

const groupBySchema = z.union([z.string(), z.unknown()]).transform((value, context): GroupBy => {
  const raw =
    typeof value === 'string'
      ? { labels: value.split(',').map((label) => label.trim()) }
      : Array.isArray(value)
        ? { labels: value as unknown }
        : value;
  const parsed = groupByMapSchema.safeParse(raw);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      context.addIssue({ ...issue });
    }
    return z.NEVER;
  }
  return parsed.data;
});

const groupByMapSchema = z.strictObject(
  {
    labels: labelListSchema,
    limit: z
      .number({ error: limitMessage })
      .int({ error: limitMessage })
      .min(1, { error: limitMessage })
      .max(MAXIMUM_GROUP_LIMIT, { error: limitMessage })
      .default(DEFAULT_GROUP_LIMIT),
  },
  { error: expectedMap('labels with commas between them, or a map with labels and limit') },
);

/** Reads `tidewatch.dev/group-by`: `region, tenant` or `{labels: [region], limit: 100}`. */
export function readGroupBy(text: string): AnnotationReading<GroupBy> {
  return readAnnotation(text, groupBySchema, 'group-by');
}

const afterMessage = expected('a duration above zero, such as 15m');
const noDataMessage = expected('off, ticket, page or a map such as {severity: page, after: 15m}');
const severitySchema = z.enum(['page', 'ticket'], { error: expected('page or ticket') });

const noDataMapSchema = z
  .strictObject(
    {
      severity: severitySchema,
      after: z
        .string({ error: afterMessage })
        .refine((text) => (parseDuration(text) ?? 0) > 0, { error: afterMessage })
        .optional(),
    },
    { error: expectedMap('a map with severity and after') },
  )
  .transform(({ severity, after }): NoDataRule => ({
    severity,
    afterMs: after === undefined ? null : (parseDuration(after) ?? 0),
  }));

const noDataSchema = z.unknown().transform((value, context): NoDataRule | null => {
  // `off` is false in YAML 1.1.
  if (value === 'off' || value === false) {
    return null;
  }
  if (value === 'page' || value === 'ticket') {
    return { severity: value, afterMs: null };
  }
  if (typeof value !== 'object' || value === null) {
    context.addIssue({ code: 'custom', message: noDataMessage({ input: value }) });
    return z.NEVER;
  }
  const parsed = noDataMapSchema.safeParse(value);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      context.addIssue({ ...issue });
    }
    return z.NEVER;
  }
  return parsed.data;
});

/** Reads `tidewatch.dev/no-data`: `off`, `ticket`, `page` or `{severity: page, after: 15m}`. */
export function readNoData(text: string): AnnotationReading<NoDataRule | null> {
  return readAnnotation(text, noDataSchema, 'no-data');
}

/** The most that a step may name: ten budgets. */
const MAXIMUM_SPENT = 10;
const spentMessage = expected('a share of the budget such as 75% (or 0.75), above 0 and at most 1000%');

const spentSchema = z
  .union([z.string(), z.number()], { error: spentMessage })
  .transform((value, context): number => {
    const percent = typeof value === 'string' ? /^(\d+(?:\.\d+)?) ?%$/.exec(value)?.[1] : undefined;
    const share = typeof value === 'number' ? value : percent === undefined ? NaN : shareOf(Number(percent));
    if (!(share > 0 && share <= MAXIMUM_SPENT)) {
      context.addIssue({ code: 'custom', message: spentMessage({ input: value }) });
      return z.NEVER;
    }
    return share;
  });

const stepsMessage = expected('a list of steps, such as [{spent: 75%, do: ticket}]');

const budgetPolicySchema = z
  .array(
    z
      .strictObject(
        {
          spent: spentSchema,
          do: z.enum(['ticket', 'message', 'freeze'], { error: expected('ticket, message or freeze') }),
          message: z.string({ error: expected('text') }).default(''),
        },
        { error: expectedMap('a map with spent and do') },
      )
      .transform(({ spent, do: action, message }): BudgetStep => ({ spent, action, message })),
    { error: stepsMessage },
  )
  .min(1, { error: stepsMessage })
  .superRefine((steps, context) => {
    for (const [index, step] of steps.entries()) {
      const first = steps.findIndex((other) => other.spent === step.spent && other.action === step.action);
      if (first < index) {
        context.addIssue({
          code: 'custom',
          path: [index],
          message: `says the same as [${first}]; keep one`,
        });
      }
    }
  })
  .transform((steps) => steps.toSorted((a, b) => a.spent - b.spent));

/** Reads `tidewatch.dev/budget-policy`: `[{spent: 75%, do: ticket, message: …}]`, in any order. */
export function readBudgetPolicy(text: string): AnnotationReading<readonly BudgetStep[]> {
  return readAnnotation(text, budgetPolicySchema, 'a step');
}

/** What a time slice without events is. */
export type EmptySlices = 'ignore' | 'good' | 'bad';

/** Reads `tidewatch.dev/empty-slices`. */
export function readEmptySlices(text: string): AnnotationReading<EmptySlices> {
  const schema = z.enum(['ignore', 'good', 'bad'], { error: expected('ignore, good or bad') });
  return readAnnotation(text, schema, 'empty-slices');
}
