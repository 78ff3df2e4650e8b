import { parseDuration } from '@tidewatch/core';
import { z } from 'zod';
import { driftMetrics, type DriftMetricName } from './metrics/index.js';

/** The bucket of a rule that names none, where window and every are multiples of it. */
const LARGEST_BUCKET_MS = 300_000;

/** The smallest effect worth a ticket; its one key names the metric that the monitor uses. */
export type MinimumEffect = { [Name in DriftMetricName]: Readonly<Record<Name, number>> }[DriftMetricName];

/** The data that a monitor compares its windows with: an uploaded dataset, or a fixed stretch of recorded samples. */
export type DriftBaseline =
  | { readonly kind: 'fixed'; readonly name: string }
  | { readonly kind: 'fixed'; readonly from: number; readonly to: number };

/** A rule that asks, once in a while, whether the inputs or outputs of a model have moved away from a baseline. */
export interface DriftMonitor {
  readonly kind: 'DriftMonitor';
  readonly name: string;
  /** Who owns the model; empty when the rule names nobody. */
  readonly owner: string;
  readonly runbook: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly model: string;
  /** Only samples of this service; empty for every service. */
  readonly service: string;
  /** Only samples of this region; empty for every region. */
  readonly region: string;
  readonly features: 'all' | readonly string[];
  readonly baseline: DriftBaseline;
  /** Length of the stretch of time that is compared with the baseline. */
  readonly windowMs: number;
  /** Time between two evaluations. */
  readonly everyMs: number;
  /** Windows start and end at multiples of this; it divides the window. Default 5m, or what fits window and every. */
  readonly bucketMs: number;
  /** How long a monitor must stay in alarm before it is reported. */
  readonly holdMs: number;
  /** How many alarms a monitor may raise per period while nothing has changed. */
  readonly falseAlarmBudget: { readonly count: number; readonly periodMs: number };
  readonly minimumEffect: MinimumEffect;
  /** Windows and baselines with fewer finite values are not judged. */
  readonly minimumSamples: number;
  readonly segments: readonly string[];
  readonly severity: 'ticket' | 'page';
}

const duration = (least: 'zero' | 'positive') =>
  z.string({ error: 'must be a duration such as 5m, 1h or 30d' }).transform((text, context) => {
    const milliseconds = parseDuration(text);
    if (milliseconds === undefined || (least === 'positive' && milliseconds === 0)) {
      context.addIssue(
        `must be a duration ${least === 'zero' ? '' : 'above 0 '}such as 5m, 1h or 30d, and is ${JSON.stringify(text)}`,
      );
      return z.NEVER;
    }
    return milliseconds;
  });

const time = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-11-01T00:00:00Z' })
  .transform((text) => Date.parse(text));

const text = z.string().trim().min(1, 'must not be empty');

const baseline = z
  .strictObject({
    kind: z.literal('fixed', { error: 'must be fixed: other kinds of baselines are not supported yet' }),
    name: text.optional(),
    from: time.optional(),
    to: time.optional(),
  })
  .transform(({ name, from, to }, context): DriftBaseline => {
    if (name !== undefined && from === undefined && to === undefined) {
      return { kind: 'fixed', name };
    }
    if (name === undefined && from !== undefined && to !== undefined && from < to) {
      return { kind: 'fixed', from, to };
    }
    context.addIssue('must have either the name of an uploaded dataset, or a time from and a later time to');
    return z.NEVER;
  });

const falseAlarmBudget = z.string().transform((written, context) => {
  const [, count, period] = /^(\d+(?:\.\d+)?) per (\w+)$/.exec(written.trim()) ?? [];
  const periodMs = parseDuration(period ?? '');
  if (periodMs === undefined || periodMs === 0 || !(Number(count) > 0)) {
    context.addIssue(
      `must be a number of alarms per duration such as "1 per 30d", and is ${JSON.stringify(written)}`,
    );
    return z.NEVER;
  }
  return { count: Number(count), periodMs };
});

const metricNames = Object.keys(driftMetrics) as DriftMetricName[];

const minimumEffect = z
  .strictObject(
    Object.fromEntries(
      metricNames.map((name) => [name, z.number().min(0).lt(driftMetrics[name].largestEffect).optional()]),
    ),
  )
  .refine((effects) => Object.keys(effects).length === 1, {
    error: `must name exactly one metric of ${metricNames.join(', ')} and its smallest effect`,
  })
  .transform((effects) => effects as MinimumEffect);

const severity = z.literal('ticket', {
  error: (issue) =>
    issue.input === 'page'
      ? 'must be ticket: drift never pages. Drifted inputs hurt nobody by themselves, so page on the SLO that users feel'
      : 'must be ticket',
});

const spec = z
  .strictObject({
    model: text,
    service: z.string().default(''),
    region: z.string().default(''),
    features: z
      .union([z.literal('all'), z.array(text).min(1, 'must be all or a list of feature names')], {
        error: 'must be all or a list of feature names',
      })
      .default('all'),
    baseline,
    // One hour smooths over minutes of odd traffic; five minutes keeps the delay to a verdict below a coffee break.
    window: duration('positive').default(3_600_000),
    every: duration('positive').default(300_000),
    bucket: duration('positive').optional(),
    hold: duration('zero').default(0),
    // One needless ticket a month is what an owner puts up with before the monitor is muted.
    falseAlarmBudget: falseAlarmBudget.default({ count: 1, periodMs: 30 * 86_400_000 }),
    minimumEffect: minimumEffect.default({ ks: driftMetrics.ks.defaultMinimumEffect }),
    // With 200 values a side the 95 % interval of D is already 0.21 wide on each side; below, it says nothing.
    minimumSamples: z.int().min(1).default(200),
    segments: z.array(text).max(0, 'must be empty: drift by segment is not supported yet').default([]),
    severity: severity.default('ticket'),
  })
  .superRefine((value, context) => {
    if (value.bucket !== undefined && value.window % value.bucket !== 0) {
      context.addIssue({ code: 'custom', path: ['window'], message: 'must be a multiple of bucket' });
    }
    const { count, periodMs } = value.falseAlarmBudget;
    if (count * value.every >= periodMs) {
      const message = 'must allow fewer alarms than there are evaluations in its period';
      context.addIssue({ code: 'custom', path: ['falseAlarmBudget'], message });
    }
  });

const metadata = z.strictObject({
  name: text,
  owner: z.string().default(''),
  runbook: z.string().default(''),
  labels: z.record(z.string(), z.string()).default({}),
});

/**
 * Reads a `DriftMonitor` rule document, as parsed from YAML, into a {@link DriftMonitor} with all defaults filled.
 *
 * Unknown keys are errors. A monitor that would page, and segments, are refused with the reason.
 */
export const driftMonitorSchema = z
  .strictObject({
    apiVersion: z.literal('tidewatch.dev/v1'),
    kind: z.literal('DriftMonitor'),
    metadata,
    spec,
  })
  .transform(({ kind, metadata: about, spec: rule }): DriftMonitor => {
    const { window, every, bucket, hold, ...rest } = rule;
    // A rule that shortens its window for a demo need not think of the bucket: it shrinks to fit.
    const bucketMs = bucket ?? greatestCommonDivisor(LARGEST_BUCKET_MS, greatestCommonDivisor(window, every));
    return { kind, ...about, ...rest, windowMs: window, everyMs: every, bucketMs, holdMs: hold };
  });

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
