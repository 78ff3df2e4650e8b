import { parseDuration } from '@tidewatch/core';
import { z } from 'zod';
import { expected, expectedMap } from '../field-errors.js';
import { readSeriesNotation, type SeriesValue } from './series-notation.js';

const duration = z
  .string({ error: expected('a duration such as 10s or 5m') })
  .refine((text) => (parseDuration(text) ?? 0) > 0, { error: expected('a duration above zero such as 10s') })
  .transform((text) => parseDuration(text) ?? 0);

const instant = z
  .union([z.string(), z.date()], { error: expected('a time such as 2026-01-01T00:00:00Z') })
  .transform((value) => (typeof value === 'string' ? Date.parse(value) : value.getTime()))
  .refine((time) => Number.isFinite(time), { error: expected('a time such as 2026-01-01T00:00:00Z') });

const offset = z
  .string({ error: expected('a time after the start, such as 10m') })
  .refine((text) => parseDuration(text) !== undefined, {
    error: expected('a time after the start, such as 10m'),
  })
  .transform((text) => parseDuration(text) ?? 0);

const NOTATION = 'a series such as "0+100x60"';

/** YAML takes 0x60 for a hexadecimal number: a series would silently be another. */
const QUOTE = 'must be quoted: without quotes YAML reads a series such as 0x60 as one hexadecimal number';

/** Reads one series; reports into `context` under `path` what is wrong with it. */
function readValues(
  value: unknown,
  path: (string | number)[],
  context: z.RefinementCtx,
): readonly SeriesValue[] {
  const { values, fault } =
    typeof value === 'string'
      ? readSeriesNotation(value)
      : { values: null, fault: typeof value === 'number' ? QUOTE : expected(NOTATION)({ input: value }) };
  if (fault !== null) {
    context.addIssue({ code: 'custom', path, message: fault });
  }
  return values ?? [];
}

const notation = z.unknown().transform((value, context) => readValues(value, [], context));

/** One series, or one for each bucket of a histogram: in a list, or by upper bound as running totals. */
const seriesValues = z.unknown().transform((value, context): SeriesValues => {
  if (Array.isArray(value)) {
    return { kind: 'buckets', buckets: value.map((each, index) => readValues(each, [index], context)) };
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([le, each]) => [le, readValues(each, [le], context)] as const);
    return { kind: 'running', buckets: Object.fromEntries(entries) };
  }
  return { kind: 'single', values: readValues(value, [], context) };
});

/** The values of a series of a fixture. */
export type SeriesValues =
  | { readonly kind: 'single'; readonly values: readonly SeriesValue[] }
  | { readonly kind: 'buckets'; readonly buckets: readonly (readonly SeriesValue[])[] }
  | { readonly kind: 'running'; readonly buckets: Readonly<Record<string, readonly SeriesValue[]>> };

const name = (what: string) => {
  const error = expected(what);
  return z.string({ error }).min(1, { error });
};

const text = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)], {
  error: expected('text'),
});

const seriesSchema = z
  .strictObject(
    {
      metric: name('the name of a metric'),
      labels: z.record(z.string(), text, { error: expected('a map from label to text') }).default({}),
      type: z.enum(['counter', 'gauge', 'histogram'], { error: expected('counter, gauge or histogram') }),
      temporality: z
        .enum(['cumulative', 'delta'], { error: expected('cumulative or delta') })
        .default('cumulative'),
      bounds: z.array(z.number(), { error: expected('a list of upper bounds, ascending') }).optional(),
      values: seriesValues,
    },
    { error: expectedMap('a map with metric, labels, type and values') },
  )
  .superRefine(({ type, bounds, values }, context) => {
    const issue = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (type !== 'histogram') {
      if (values.kind !== 'single') {
        issue('values', `of a ${type} must be ${NOTATION}`);
      }
      if (bounds !== undefined) {
        issue('bounds', 'belong to a histogram');
      }
      return;
    }
    switch (values.kind) {
      case 'single':
        return issue(
          'values',
          'of a histogram must be one series per bucket: a list, or a map from upper bound to a running total',
        );
      case 'buckets':
        return values.buckets.length === (bounds?.length ?? -1) + 1
          ? undefined
          : issue(
              'values',
              `must hold one series more than there are bounds, and holds ${values.buckets.length} for ${bounds?.length ?? 0}`,
            );
      case 'running':
        return Object.keys(values.buckets).every((le) => le === '+Inf' || Number.isFinite(Number(le)))
          ? undefined
          : issue('values', 'must have numbers and +Inf as keys: the upper bounds of the buckets');
    }
  });

const eventsSchema = z.strictObject(
  {
    type: z.enum(['span', 'log', 'prediction'], { error: expected('span, log or prediction') }),
    fields: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean().transform(String)]), {
        error: expected('a map from field to value'),
      })
      .default({}),
    values: notation,
  },
  { error: expectedMap('a map with type, fields and values') },
);

const countsSchema = z.strictObject(
  {
    slo: name('the name of an SLO'),
    member: z.string().default(''),
    group: z.string().default(''),
    good: notation,
    total: notation,
  },
  { error: expectedMap('a map with slo, good and total') },
);

const TIER_STATES = ['firing', 'ok', 'frozen'] as const;

const budget = z.union(
  [
    z.number().transform((about) => ({ about, within: 1e-6 })),
    z.strictObject({ about: z.number(), within: z.number().nonnegative() }),
  ],
  { error: expected('a share of the budget such as 0.5, or {about: 0.5, within: 0.01}') },
);

const expectSchema = z
  .strictObject(
    {
      at: offset,
      slo: name('the name of an SLO').optional(),
      monitor: name('the name of a MetricMonitor').optional(),
      group: z.string().optional(),
      state: z
        .enum(['ok', 'breach', 'frozen', 'watch', 'alarm', 'not-enough-data'], {
          error: expected('ok, breach or frozen of an SLO; ok, watch, alarm or not-enough-data of a monitor'),
        })
        .optional(),
      level: z
        .enum(['none', 'warn', 'ticket', 'page'], { error: expected('none, warn, ticket or page') })
        .optional(),
      tiers: z
        .record(z.string(), z.enum(TIER_STATES, { error: expected('firing, ok or frozen') }))
        .optional(),
      alerts: z.array(z.string(), { error: expected('a list of names of tiers') }).optional(),
      budgetRemaining: budget.optional(),
    },
    { error: expectedMap('a map with at, slo (or monitor) and what is expected') },
  )
  .superRefine((expectation, context) => {
    const issue = (message: string): void => context.addIssue({ code: 'custom', path: [], message });
    const { slo, monitor, state, level, tiers, alerts, budgetRemaining } = expectation;
    if ((slo === undefined) === (monitor === undefined)) {
      issue('must name either an slo or a monitor');
    } else if (slo !== undefined && level !== undefined) {
      issue('has level, which belongs to a monitor');
    } else if (monitor !== undefined && [tiers, alerts, budgetRemaining].some((each) => each !== undefined)) {
      issue('has tiers, alerts or budgetRemaining, which belong to an slo');
    }
    if ([state, level, tiers, alerts, budgetRemaining].every((each) => each === undefined)) {
      issue(
        'expects nothing: give state, tiers, alerts or budgetRemaining of an SLO, or state or level of a monitor',
      );
    }
  });

/** One test of rules: series on a virtual clock, and what is expected of the rules at given times. */
export const fixtureSchema = z.strictObject(
  {
    name: z.string().default(''),
    /** Files or directories, from the folder of the fixture. */
    rules: z.array(name('a file of rules'), { error: expected('a list of files of rules') }).min(1, {
      error: expected('a list of files of rules, at least one'),
    }),
    interval: duration.default(10_000),
    start: instant.default(Date.UTC(2026, 0, 1)),
    series: z.array(seriesSchema, { error: expected('a list of series') }).default([]),
    events: z.array(eventsSchema, { error: expected('a list of events') }).default([]),
    counts: z.array(countsSchema, { error: expected('a list of counts') }).default([]),
    expect: z
      .array(expectSchema, { error: expected('a list of expectations') })
      .min(1, { error: expected('a list of expectations, at least one') }),
  },
  { error: expectedMap('a map with rules, series and expect') },
);

/** A parsed fixture. */
export type Fixture = z.output<typeof fixtureSchema>;
/** A parsed series of a fixture. */
export type FixtureSeriesDocument = Fixture['series'][number];
/** A parsed expectation of a fixture. */
export type Expectation = Fixture['expect'][number];
