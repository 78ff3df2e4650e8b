import { z } from 'zod';
import { describeValue, expected } from '../field-errors.js';
import {
  durationWithin,
  matchField,
  metricField,
  metricSelectorField,
  numberField,
} from './metric-fields.js';
import type { Comparison, Measure, MetricCondition } from './metric-condition.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Longer windows are read from buckets of a minute. */
const RAW_WINDOW_MS = 6 * HOUR_MS;

/** Nobody reads a deeper condition; a YAML alias that refers to itself would have no end. */
const MAXIMUM_DEPTH = 5;
const MAXIMUM_COMPARISONS = 20;

const OPERATORS = ['above', 'atLeast', 'below', 'atMost'] as const;

const overField = z
  .enum(['avg', 'min', 'max', 'last'], { error: expected('avg, min, max or last') })
  .default('avg');
const acrossField = z
  .enum(['avg', 'min', 'max', 'sum'], { error: expected('avg, min, max or sum') })
  .default('avg');
const trendAcrossField = z.enum(['avg', 'max', 'sum'], { error: expected('avg, max or sum') }).default('avg');
const quantileMessage = expected('a number from 0 to 1, such as 0.95');
const ratioMessage = expected('a map with numerator and denominator');

/** What each measure is written with, besides window and limit. */
const MEASURES = {
  rate: measure({ rate: metricField, match: matchField }, ({ rate, match }) => ({
    kind: 'rate',
    counter: { metric: rate, match },
  })),
  count: measure({ count: metricField, match: matchField }, ({ count, match }) => ({
    kind: 'count',
    counter: { metric: count, match },
  })),
  ratio: measure(
    {
      ratio: z.strictObject(
        { numerator: metricSelectorField, denominator: metricSelectorField },
        { error: (issue) => (issue.code === 'unrecognized_keys' ? undefined : ratioMessage(issue)) },
      ),
    },
    ({ ratio }) => ({ kind: 'ratio', ...ratio }),
  ),
  quantile: measure(
    {
      quantile: z
        .number({ error: quantileMessage })
        .min(0, { error: quantileMessage })
        .max(1, { error: quantileMessage }),
      metric: metricField,
      match: matchField,
    },
    ({ quantile, metric, match }) => ({ kind: 'quantile', histogram: { metric, match }, quantile }),
  ),
  mean: measure({ mean: metricField, match: matchField }, ({ mean, match }) => ({
    kind: 'mean',
    histogram: { metric: mean, match },
  })),
  gauge: measure(
    { gauge: metricField, match: matchField, over: overField, across: acrossField },
    ({ gauge, match, over, across }) => ({ kind: 'gauge', gauge: { metric: gauge, match }, over, across }),
  ),
  share: measure(
    {
      share: metricField,
      match: matchField,
      bound: numberField,
      side: z.enum(['atMost', 'above'], { error: expected('atMost or above') }).default('atMost'),
    },
    ({ share, match, bound, side }) => ({ kind: 'share', histogram: { metric: share, match }, bound, side }),
  ),
  slope: measure(
    { slope: metricField, match: matchField, across: trendAcrossField },
    ({ slope, match, across }) => ({ kind: 'slope', gauge: { metric: slope, match }, across }),
  ),
  timeToLimit: measure(
    {
      timeToLimit: metricField,
      match: matchField,
      across: trendAcrossField,
      limit: numberField,
      direction: z.enum(['rising', 'falling'], { error: expected('rising or falling') }).default('rising'),
    },
    ({ timeToLimit, match, across, limit, direction }) => ({
      kind: 'time-to-limit',
      gauge: { metric: timeToLimit, match },
      across,
      limit,
      direction,
    }),
  ),
} as const;

const MEASURE_NAMES = Object.keys(MEASURES) as (keyof typeof MEASURES)[];

const limitField = numberField.optional();
const comparisonShape = {
  window: durationWithin(10 * SECOND_MS, 30 * DAY_MS, 'from 10s to 30d'),
  above: limitField,
  atLeast: limitField,
  below: limitField,
  atMost: limitField,
  comparedWith: durationWithin(10 * SECOND_MS, 30 * DAY_MS, 'from 10s to 30d').optional(),
};

/** The fields of one measure with those of a comparison, and how they become one. */
function measure<Shape extends z.ZodRawShape>(
  shape: Shape,
  toMeasure: (fields: z.output<z.ZodObject<Shape>>) => Measure,
): () => z.ZodType<Comparison> {
  // A function: the shape of comparisons is defined further down.
  return () =>
    z.strictObject({ ...shape, ...comparisonShape }).transform((fields): Comparison => {
      const about = fields as z.output<z.ZodObject<typeof comparisonShape>>;
      const op = OPERATORS.find((each) => about[each] !== undefined) ?? 'above';
      return {
        kind: 'comparison',
        measure: toMeasure(fields as unknown as z.output<z.ZodObject<Shape>>),
        windowMs: about.window,
        op,
        limit: about[op] ?? 0,
        comparedWithMs: about.comparedWith ?? null,
      };
    });
}

const FORMS = `a comparison with one of ${MEASURE_NAMES.join(', ')}, or {all: [...]} or {any: [...]}`;

/**
 * A condition as rules write it: `{all: [...]}`, `{any: [...]}`, or a measure with a window and one of above, atLeast,
 * below and atMost. Reports every problem with its path.
 */
export const metricConditionSchema: z.ZodType<MetricCondition> = z
  .unknown()
  .transform((value, context): MetricCondition => {
    const reading: Reading = { context, comparisons: 0 };
    const condition = readCondition(value, [], reading);
    if (reading.comparisons > MAXIMUM_COMPARISONS) {
      report(
        reading,
        [],
        `must hold at most ${MAXIMUM_COMPARISONS} comparisons, and holds ${reading.comparisons}`,
      );
    }
    return condition ?? z.NEVER;
  });

interface Reading {
  readonly context: z.RefinementCtx;
  comparisons: number;
}

type Path = readonly (string | number)[];

function report({ context }: Reading, path: Path, message: string): undefined {
  context.addIssue({ code: 'custom', path: [...path], message });
}

function readCondition(value: unknown, path: Path, reading: Reading): MetricCondition | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return report(reading, path, expected(FORMS)({ input: value }));
  }
  const joins = (['all', 'any'] as const).filter((key) => Object.hasOwn(value, key));
  const [join] = joins;
  if (join === undefined) {
    reading.comparisons += 1;
    return readComparison(value as Readonly<Record<string, unknown>>, path, reading);
  }
  const keys = Object.keys(value);
  if (keys.length > 1) {
    return report(reading, path, `must hold ${join} alone, and holds ${keys.join(', ')}`);
  }
  const parts = (value as Readonly<Record<string, unknown>>)[join];
  if (!Array.isArray(parts) || parts.length === 0) {
    return report(reading, [...path, join], expected('a list of conditions')({ input: parts }));
  }
  if (path.length >= 2 * MAXIMUM_DEPTH) {
    return report(reading, path, `must not be nested deeper than ${MAXIMUM_DEPTH} lists`);
  }
  const of = parts.map((part, index) => readCondition(part, [...path, join, index], reading));
  return of.every((part) => part !== undefined) ? { kind: join, of } : undefined;
}

function readComparison(
  value: Readonly<Record<string, unknown>>,
  path: Path,
  reading: Reading,
): Comparison | undefined {
  const names = MEASURE_NAMES.filter((name) => Object.hasOwn(value, name));
  const [name] = names;
  if (name === undefined || names.length > 1) {
    const found = names.length === 0 ? 'names none' : `names ${names.join(' and ')}`;
    return report(reading, path, `must be ${FORMS}, and ${found}`);
  }
  const operators = OPERATORS.filter((each) => Object.hasOwn(value, each));
  if (operators.length !== 1) {
    const found = operators.length === 0 ? 'none' : operators.join(' and ');
    report(reading, path, `must hold one of ${OPERATORS.join(', ')} with the limit, and holds ${found}`);
  }
  const parsed = MEASURES[name]().safeParse(value);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      reading.context.addIssue({ ...issue, path: [...path, ...issue.path] });
    }
    return undefined;
  }
  return operators.length === 1 && fits(parsed.data, path, reading) ? parsed.data : undefined;
}

/** What no single field tells. */
function fits(comparison: Comparison, path: Path, reading: Reading): boolean {
  const { windowMs, comparedWithMs, measure: measured } = comparison;
  const problems: [string, string][] = [];
  if (windowMs % SECOND_MS !== 0 || (windowMs > RAW_WINDOW_MS && windowMs % MINUTE_MS !== 0)) {
    problems.push(['window', 'must be whole seconds, and above 6h whole minutes']);
  }
  if (comparedWithMs !== null && measured.kind === 'time-to-limit') {
    problems.push(['comparedWith', 'cannot be used with timeToLimit; leave it out']);
  }
  if ((measured.kind === 'slope' || measured.kind === 'time-to-limit') && windowMs < 5 * MINUTE_MS) {
    const message = `must be at least 5m for a trend, and is ${describeValue(`${windowMs / SECOND_MS}s`)}`;
    problems.push(['window', message]);
  }
  for (const [key, message] of problems) {
    report(reading, [...path, key], message);
  }
  return problems.length === 0;
}
