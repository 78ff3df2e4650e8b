import { z } from 'zod';
import type { ComparingMonitor } from '../monitor/drift-monitor.js';
import { choiceField, outputsField } from '../rule/choice-field.js';
import { baselineField } from '../rule/baseline-field.js';
import {
  DEFAULT_BUDGET,
  durationField,
  falseAlarmBudgetField,
  metadataField,
  populationFields,
  textField,
  type FalseAlarmBudget,
} from '../rule/rule-fields.js';
import { pageField, runbookProblems } from '../rule/page-fields.js';
import { fittingBucket, windowProblems } from '../rule/window-fields.js';

/** Numbers between which the values of a feature must lie; `null` where the baseline's own smallest or largest counts. */
export interface ValueLimits {
  readonly min: number | null;
  readonly max: number | null;
}

/** What each check of a {@link QualityMonitor} is held to; `null` for a check that is switched off. */
export interface QualityChecks {
  /** Features that vanished or are new against the baseline. */
  readonly schema: Record<string, never> | null;
  /** Values of another type than the baseline's. */
  readonly type: { readonly minimumEffect: number } | null;
  /** Values beyond those of the baseline, or beyond limits. */
  readonly range: {
    readonly minimumEffect: number;
    readonly limits: Readonly<Record<string, ValueLimits>>;
  } | null;
  /** Values that are null, absent, NaN or infinite. */
  readonly missing: { readonly minimumEffect: number } | null;
  /** Categories that the baseline does not know. */
  readonly newCategories: { readonly minimumEffect: number } | null;
  /** Categories of the baseline that nobody sends any more; the effect is their share of the baseline. */
  readonly vanishedCategories: { readonly minimumEffect: number } | null;
  /** Outputs that are nearly all missing or one and the same; the effect is the rise of that share. */
  readonly collapse: { readonly share: number; readonly minimumEffect: number } | null;
  /** The same prediction more than once, the same input more often than usual; the effect is a share of samples. */
  readonly duplicates: { readonly minimumEffect: number } | null;
  /** Time stamps ahead of their arrival, or far behind; the effect is a share of samples. */
  readonly clock: {
    readonly minimumEffect: number;
    readonly aheadMs: number;
    readonly behindMs: number;
  } | null;
  /** Age of the newest sample. */
  readonly freshness: { readonly maximumMs: number } | null;
  /** Samples of the window against earlier windows; the effect is a relative change. */
  readonly volume: { readonly minimumEffect: number } | null;
  /** Values of a tag or dimension that send nothing any more; the effect is the share of their usual samples that is missing. */
  readonly silent: { readonly dimensions: readonly string[]; readonly minimumEffect: number } | null;
  /** The last batch job against those before: samples, duration, and how late the next is. */
  readonly jobs: {
    readonly minimumEffect: number;
    readonly minimumRecords: number | null;
    readonly maximumDurationMs: number | null;
    readonly everyMs: number | null;
  } | null;
  /** One model version deployed with two checksums. */
  readonly checksums: Record<string, never> | null;
}

/** Name of a check in rules and verdicts. */
export type QualityCheckName = keyof QualityChecks;

/** A rule that asks whether the data of a model is as it should be, whatever its distribution. */
export interface QualityMonitor extends ComparingMonitor {
  readonly kind: 'QualityMonitor';
  readonly checks: QualityChecks;
  readonly holdMs: number;
  /** How long it must be seen ok before its incident lets go of it; `null`: what is usual for its severity. */
  readonly keepFiringMs: number | null;
  readonly falseAlarmBudget: FalseAlarmBudget;
  /** `page`: a collapse of the outputs pages; what the other checks find is a ticket all the same. */
  readonly severity: 'page' | 'ticket';
}

const share = (fallback: number) => z.number().min(0).lt(1).default(fallback);

/** A check with settings: absent for its defaults, `true` likewise, `false` to switch it off. */
function check<T extends z.ZodType>(settings: T) {
  return z
    .union([z.boolean(), settings], { error: 'must be true, false or the settings of the check' })
    .default(true)
    .transform((value): z.output<T> | null =>
      value === false ? null : value === true ? settings.parse({}) : (value as z.output<T>),
    );
}

// One sample in a hundred: below it a client that fails now and then would fill the inbox.
const shareCheck = check(z.strictObject({ minimumEffect: share(0.01) }));
const noSettings = check(z.strictObject({}));

const limits = z
  .strictObject({ min: z.number().optional(), max: z.number().optional() })
  .refine(({ min, max }) => min !== undefined || max !== undefined, { error: 'must have min or max' })
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, {
    error: 'must have min no larger than max',
  })
  .transform(({ min, max }): ValueLimits => ({ min: min ?? null, max: max ?? null }));

const checks = z
  .strictObject({
    schema: noSettings,
    type: shareCheck,
    range: check(
      z.strictObject({ minimumEffect: share(0.01), limits: z.record(textField, limits).default({}) }),
    ),
    missing: shareCheck,
    newCategories: shareCheck,
    vanishedCategories: shareCheck,
    // A mix of answers shifts by drift; nineteen equal answers out of twenty are no mix any more.
    collapse: check(
      z.strictObject({ share: z.number().min(0.5).max(1).default(0.95), minimumEffect: share(0.2) }),
    ),
    duplicates: shareCheck,
    clock: check(
      z
        .strictObject({
          minimumEffect: share(0.01),
          // Clocks that are synchronised differ by milliseconds; a minute is a broken one.
          ahead: durationField('zero').default(60_000),
          behind: durationField('positive').default(3_600_000),
        })
        .transform(({ minimumEffect, ahead, behind }) => ({
          minimumEffect,
          aheadMs: ahead,
          behindMs: behind,
        })),
    ),
    freshness: check(
      z
        .strictObject({ maximum: durationField('positive').default(900_000) })
        .transform(({ maximum }) => ({ maximumMs: maximum })),
    ),
    // Traffic that halves or doubles is news; a tenth more is a Tuesday.
    volume: check(z.strictObject({ minimumEffect: z.number().min(0).default(0.5) })),
    silent: z
      .strictObject({
        dimensions: z.array(textField).max(8, 'must name at most 8 dimensions'),
        minimumEffect: share(0.5),
      })
      .nullable()
      .default(null),
    jobs: check(
      z
        .strictObject({
          minimumEffect: z.number().min(0).default(0.2),
          minimumRecords: z.int().min(1).optional(),
          maximumDuration: durationField('positive').optional(),
          every: durationField('positive').optional(),
        })
        .transform(({ minimumEffect, minimumRecords, maximumDuration, every }) => ({
          minimumEffect,
          minimumRecords: minimumRecords ?? null,
          maximumDurationMs: maximumDuration ?? null,
          everyMs: every ?? null,
        })),
    ),
    checksums: noSettings,
  })
  .prefault({});

const spec = z
  .strictObject({
    ...populationFields,
    features: choiceField('feature names').default('all'),
    outputs: outputsField.default('all'),
    baseline: baselineField,
    window: durationField('positive').default(3_600_000),
    every: durationField('positive').default(300_000),
    bucket: durationField('positive').optional(),
    hold: durationField('zero').optional(),
    keepFiring: durationField('zero').optional(),
    falseAlarmBudget: falseAlarmBudgetField.default(DEFAULT_BUDGET),
    minimumSamples: z.int().min(1).default(200),
    segments: z.array(textField).max(8, 'must name at most 8 dimensions').default([]),
    checks,
    severity: pageField.default('ticket'),
  })
  .superRefine((value, context) => {
    windowProblems(value).forEach((problem) => context.addIssue({ code: 'custom', ...problem }));
    if (Object.values(value.checks).every((each) => each === null)) {
      context.addIssue({ code: 'custom', path: ['checks'], message: 'must leave a check switched on' });
    }
    if (value.severity === 'page' && value.checks.collapse === null) {
      context.addIssue({
        code: 'custom',
        path: ['severity'],
        message:
          'must be ticket while the check collapse is off: malformed data is a ticket, and only a collapse of the outputs (no answer, or the same answer for everything) may page',
      });
    }
  });

/**
 * Reads a `QualityMonitor` rule document, as parsed from YAML, into a {@link QualityMonitor} with all defaults filled.
 * Unknown keys are errors; a monitor that would page for anything but a collapse, or without a runbook, is refused with the reason.
 */
export const qualityMonitorSchema = z
  .strictObject({
    apiVersion: z.literal('tidewatch.dev/v1'),
    kind: z.literal('QualityMonitor'),
    metadata: metadataField,
    spec,
  })
  .superRefine(runbookProblems)
  .transform(({ kind, metadata: about, spec: rule }): QualityMonitor => {
    const { model, service, region, where, window, every, bucket, hold, keepFiring, ...rest } = rule;
    return {
      kind,
      ...about,
      ...rest,
      attributions: 'none',
      truth: null,
      maturityMs: 0,
      metrics: [],
      population: { model, service, region, where },
      windowMs: window,
      everyMs: every,
      bucketMs: bucket ?? fittingBucket(window, every),
      holdMs: hold ?? window,
      keepFiringMs: keepFiring ?? null,
    };
  });
