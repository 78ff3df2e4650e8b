import { z } from 'zod';
import { durationWithin } from '../condition/metric-fields.js';
import { metricConditionSchema } from '../condition/read-condition.js';
import type { GroupBy } from '../definition.js';
import { expected, expectedMap } from '../field-errors.js';
import { LEVELS, type MetricMonitor } from './metric-monitor.js';
import { identityFields, ruleMetadata } from './rule-metadata.js';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

/** The same limits as for SLOs: enough for regions, tenants or GPUs, and too few for users. */
const DEFAULT_GROUPS = 100;
const MAXIMUM_GROUPS = 500;

const labelMessage = expected('the name of a label, such as region');
const labelList = z
  .array(z.string({ error: labelMessage }).min(1, { error: labelMessage }), {
    error: expected('a list of labels, or {labels: [...], limit: 100}'),
  })
  .min(1, { error: 'must name a label; leave groupBy out to judge all series together' })
  .max(5, { error: 'must name at most 5 labels' });
const limitMessage = expected(`a whole number from 1 to ${MAXIMUM_GROUPS}`);

const groupByField = z
  .preprocess(
    (value) => (Array.isArray(value) ? { labels: value as unknown[] } : value),
    z.strictObject(
      {
        labels: labelList,
        limit: z
          .int({ error: limitMessage })
          .min(1, { error: limitMessage })
          .max(MAXIMUM_GROUPS, { error: limitMessage })
          .default(DEFAULT_GROUPS),
      },
      { error: expectedMap('a list of labels, or {labels: [...], limit: 100}') },
    ),
  )
  .transform((groupBy): GroupBy => groupBy);

const levelField = z
  .strictObject(
    {
      when: metricConditionSchema,
      hold: durationWithin(0, 7 * DAY_MS, 'from 0s to 7d').default(0),
      keepFiring: durationWithin(0, 7 * DAY_MS, 'from 0s to 7d').optional(),
    },
    { error: expectedMap('a map with when (a condition) and hold (a duration)') },
  )
  .optional();

const levelsField = z
  .strictObject(
    { warn: levelField, ticket: levelField, page: levelField },
    { error: expectedMap('a map with one or more of warn, ticket and page') },
  )
  .refine((levels) => Object.values(levels).some((level) => level !== undefined), {
    error: 'must have at least one of warn, ticket and page',
  });

const pageField = z.enum(['beside-slo', 'always'], { error: expected('beside-slo or always') });

/** A document of kind MetricMonitor. */
export const metricMonitorSchema: z.ZodType<MetricMonitor> = z
  .strictObject({
    apiVersion: z.literal('tidewatch.dev/v1'),
    kind: z.literal('MetricMonitor'),
    metadata: ruleMetadata,
    spec: z.strictObject(
      {
        ...identityFields,
        groupBy: groupByField.optional(),
        // Trends and quantiles of minutes do not change within seconds.
        every: durationWithin(10 * SECOND_MS, DAY_MS, 'from 10s to 1d').default(30 * SECOND_MS),
        levels: levelsField,
        page: pageField.optional(),
      },
      { error: expectedMap('a map with levels') },
    ),
  })
  .superRefine(({ metadata, spec }, context) => {
    const report = (path: string[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    if (spec.levels.page === undefined && spec.page !== undefined) {
      report(['spec', 'page'], 'says when a level page pages, and there is no such level; leave it out');
    }
    if (spec.levels.page !== undefined && metadata.runbook === '') {
      report(
        ['metadata', 'runbook'],
        'is missing: a monitor that pages must say what to do, in an http(s) address',
      );
    }
    if (spec.every % (10 * SECOND_MS) !== 0) {
      report(['spec', 'every'], 'must be a multiple of 10s');
    }
  })
  .transform(({ metadata, spec }): MetricMonitor => {
    const { service, region, model, groupBy, every, levels, page } = spec;
    return {
      kind: 'MetricMonitor',
      ...metadata,
      ...{ service, region, model },
      groupBy: groupBy ?? null,
      everyMs: every,
      levels: LEVELS.flatMap((level) => {
        const written = levels[level];
        if (written === undefined) {
          return [];
        }
        const { when, hold, keepFiring } = written;
        return [{ level, when, holdMs: hold, keepFiringMs: keepFiring ?? null }];
      }),
      page: page ?? 'beside-slo',
    };
  });
