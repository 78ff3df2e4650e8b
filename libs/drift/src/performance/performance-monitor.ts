import { z } from 'zod';
import { baselineField, type MonitorBaseline } from '../rule/baseline-field.js';
import {
  DEFAULT_BUDGET,
  durationField,
  falseAlarmBudgetField,
  metadataField,
  populationFields,
  textField,
  type FalseAlarmBudget,
  type Population,
  type RuleAbout,
} from '../rule/rule-fields.js';
import { pageField, runbookProblems } from '../rule/page-fields.js';
import { fittingBucket, windowProblems } from '../rule/window-fields.js';
import { performanceMetrics } from './metrics/index.js';
import type { PerformanceMetricName } from './metrics/performance-metric.js';

/** Smallest and largest value that a metric may have; `null` for no limit. */
export interface MetricLimits {
  readonly min: number | null;
  readonly max: number | null;
}

/** Two variants that answer the same requests. */
export interface PairedVariants {
  readonly control: string;
  readonly candidate: string;
  /** What makes two predictions answers to one question. */
  readonly by: 'request_id' | 'input_hash';
  /** The accuracy that the candidate may lose. */
  readonly minimumEffect: number;
  /** The share of requests that both may answer with different classes. */
  readonly maximumDisagreement: number;
  /** How far scores and values of one request may lie apart; `null` for as far as they like. */
  readonly tolerance: number | null;
}

/** A rule that asks whether a model still predicts as well as it did, once the truth is known. */
export interface PerformanceMonitor extends RuleAbout {
  readonly kind: 'PerformanceMonitor';
  readonly population: Population;
  /** What the metrics are compared with; `null` where only limits count. */
  readonly baseline: MonitorBaseline | null;
  readonly windowMs: number;
  readonly everyMs: number;
  readonly bucketMs: number;
  /**
   * How long after a prediction its label counts, in the window and in the baseline alike, and how long the window is
   * waited for: so a label that is late is missing on both sides, and lateness never looks like decay.
   */
  readonly maturityMs: number;
  readonly holdMs: number;
  /** How long it must be seen ok before its incident lets go of it; `null`: what is usual for its severity. */
  readonly keepFiringMs: number | null;
  readonly falseAlarmBudget: FalseAlarmBudget;
  /** The class whose detection counts, such as `fraud`; `null` for a model of several equal classes. */
  readonly positive: string | null;
  /** Labels of this source only; empty for any. */
  readonly labelSource: string;
  /** The worsening that matters, per metric; `null` for the metrics that the labels allow, with their defaults. */
  readonly minimumEffect: Readonly<Partial<Record<PerformanceMetricName, number>>> | null;
  readonly limits: Readonly<Partial<Record<PerformanceMetricName, MetricLimits>>>;
  readonly segments: readonly string[];
  /** By how much a segment may be worse than the rest of its dimension, per metric. */
  readonly segmentGap: Readonly<Partial<Record<PerformanceMetricName, number>>>;
  readonly paired: PairedVariants | null;
  /** Fewer labelled predictions, on either side, are not judged. */
  readonly minimumSamples: number;
  /** A window with labels for a smaller share of its predictions is not judged. */
  readonly minimumCoverage: number;
  /** `page`: harm done by a candidate pages; what else is found is a ticket all the same. */
  readonly severity: 'page' | 'ticket';
}

const metricNames = Object.keys(performanceMetrics) as PerformanceMetricName[];

/** A record whose keys are metrics. */
function perMetric<T extends z.ZodType>(value: T) {
  return z.strictObject(
    Object.fromEntries(metricNames.map((name) => [name, value.optional()])) as Record<
      PerformanceMetricName,
      z.ZodOptional<T>
    >,
    { error: `must name metrics of ${metricNames.join(', ')}` },
  );
}

const effects = perMetric(z.number().min(0));

const limits = perMetric(
  z
    .strictObject({ min: z.number().optional(), max: z.number().optional() })
    .refine(({ min, max }) => min !== undefined || max !== undefined, { error: 'must have min or max' })
    .transform(({ min, max }): MetricLimits => ({ min: min ?? null, max: max ?? null })),
);

const paired = z
  .strictObject({
    control: textField,
    candidate: textField,
    by: z.enum(['request_id', 'input_hash']).default('request_id'),
    // What quantisation may cost: one answer in a hundred.
    minimumEffect: z.number().min(0).lt(1).default(0.01),
    maximumDisagreement: z.number().min(0).lt(1).default(0.01),
    tolerance: z.number().min(0).optional(),
  })
  .refine(({ control, candidate }) => control !== candidate, {
    error: 'must name two different variants',
  })
  .transform(({ tolerance, ...rest }): PairedVariants => ({ ...rest, tolerance: tolerance ?? null }));

const DAY_MS = 86_400_000;

const spec = z
  .strictObject({
    ...populationFields,
    baseline: baselineField.optional(),
    window: durationField('positive').default(DAY_MS),
    every: durationField('positive').default(3_600_000),
    bucket: durationField('positive').optional(),
    maturity: durationField('zero').default(DAY_MS),
    hold: durationField('zero').optional(),
    keepFiring: durationField('zero').optional(),
    falseAlarmBudget: falseAlarmBudgetField.default(DEFAULT_BUDGET),
    positive: textField.optional(),
    labelSource: z.string().default(''),
    minimumEffect: effects.optional(),
    limits: limits.default({}),
    segments: z.array(textField).max(8, 'must name at most 8 dimensions').default([]),
    segmentGap: effects.default({}),
    paired: paired.optional(),
    minimumSamples: z.int().min(1).default(200),
    minimumCoverage: z.number().min(0).max(1).default(0),
    severity: pageField.default('ticket'),
  })
  .superRefine((value, context) => {
    const problem = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    windowProblems(value).forEach((each) => context.addIssue({ code: 'custom', ...each }));
    if (value.baseline?.kind === 'fixed') {
      problem(
        'baseline',
        'must be range, rolling, hour-of-week, previous-version or concurrent: an uploaded dataset has no predictions with labels of their own',
      );
    }
    if (value.baseline === undefined && value.minimumEffect !== undefined) {
      problem('minimumEffect', 'must come with a baseline to be worse than; use limits without one');
    }
    const judged = [value.limits, value.segmentGap].some((each) => Object.keys(each).length > 0);
    if (value.baseline === undefined && !judged && value.paired === undefined) {
      problem('baseline', 'must be given, or limits, segmentGap or paired: without any nothing is judged');
    }
    if (Object.keys(value.segmentGap).length > 0 && value.segments.length === 0) {
      problem('segmentGap', 'must come with segments to compare');
    }
    if (value.severity === 'page' && value.paired === undefined && value.baseline?.kind !== 'concurrent') {
      problem(
        'severity',
        'must be ticket: only a candidate that does harm may page, so name the two variants in paired, or a baseline of kind concurrent. For accuracy that users feel, page on an SLO over predictions',
      );
    }
    const needsPositive = (['falsePositiveRate', 'rocAuc'] as const).filter(
      (name) =>
        value.minimumEffect?.[name] !== undefined ||
        value.limits[name] !== undefined ||
        value.segmentGap[name] !== undefined,
    );
    if (value.positive === undefined && needsPositive.length > 0) {
      problem(
        'positive',
        `must name the class whose detection counts: ${needsPositive.join(' and ')} need it`,
      );
    }
  });

/**
 * Reads a `PerformanceMonitor` rule document, as parsed from YAML, into a {@link PerformanceMonitor} with all defaults filled.
 * Unknown keys are errors; a monitor that would page without comparing a candidate, or without a runbook, is refused with the
 * reason.
 */
export const performanceMonitorSchema = z
  .strictObject({
    apiVersion: z.literal('tidewatch.dev/v1'),
    kind: z.literal('PerformanceMonitor'),
    metadata: metadataField,
    spec,
  })
  .superRefine(runbookProblems)
  .transform(({ kind, metadata: about, spec: rule }): PerformanceMonitor => {
    const { model, service, region, where, window, every, bucket, hold, keepFiring, maturity, ...rest } =
      rule;
    return {
      kind,
      ...about,
      ...rest,
      baseline: rest.baseline ?? null,
      positive: rest.positive ?? null,
      minimumEffect: given(rest.minimumEffect),
      limits: given(rest.limits) ?? {},
      segmentGap: given(rest.segmentGap) ?? {},
      paired: rest.paired ?? null,
      population: { model, service, region, where },
      windowMs: window,
      everyMs: every,
      bucketMs: bucket ?? fittingBucket(window, every),
      maturityMs: maturity,
      holdMs: hold ?? window,
      keepFiringMs: keepFiring ?? null,
    };
  });

/** Without the keys that hold nothing. */
function given<T>(record: Readonly<Partial<Record<PerformanceMetricName, T | undefined>>> | undefined) {
  return record === undefined
    ? null
    : (Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Partial<
        Record<PerformanceMetricName, T>
      >);
}
