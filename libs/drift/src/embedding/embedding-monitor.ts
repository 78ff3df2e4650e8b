import { z } from 'zod';
import { baselineField, type MonitorBaseline } from '../rule/baseline-field.js';
import {
  DEFAULT_BUDGET,
  durationField,
  falseAlarmBudgetField,
  metadataField,
  populationFields,
  textField,
  ticketField,
  type FalseAlarmBudget,
  type Population,
  type RuleAbout,
} from '../rule/rule-fields.js';
import { raiseWithField, runbookProblems, type RaisingAspect } from '../rule/page-fields.js';
import { fittingBucket, windowProblems } from '../rule/window-fields.js';
import { runAlpha } from '../verdict/decide.js';
import { embeddingTests, type EmbeddingTestName } from './tests/index.js';

/** What each test of an {@link EmbeddingMonitor} is held to; `null` for one that is switched off. */
export type EmbeddingTestSettings = Readonly<
  Record<EmbeddingTestName, { readonly minimumEffect: number } | null>
>;

/** A rule that asks whether the vectors of a model's inputs have moved away from a baseline. */
export interface EmbeddingMonitor extends RuleAbout {
  readonly kind: 'EmbeddingMonitor';
  readonly population: Population;
  /** Name of the embedding: that of the input it was made of, or what the service called it. */
  readonly embedding: string;
  readonly baseline: MonitorBaseline;
  readonly windowMs: number;
  readonly everyMs: number;
  readonly bucketMs: number;
  readonly holdMs: number;
  /** How long it must be seen ok before its incident lets go of it; `null`: what is usual for its severity. */
  readonly keepFiringMs: number | null;
  readonly falseAlarmBudget: FalseAlarmBudget;
  /** Windows and baselines with fewer vectors are not judged. */
  readonly minimumSamples: number;
  /** Vectors of each side that tests look at which need vectors themselves. */
  readonly sampleSize: number;
  /** Clusters that the baseline is divided into. */
  readonly clusters: number;
  /** Relabellings at most of a permutation test. */
  readonly permutations: number;
  readonly tests: EmbeddingTestSettings;
  /** Distribution of the image features; `null` for not tested. */
  readonly features: { readonly minimumEffect: number } | null;
  readonly severity: 'ticket';
  /** It is a page while another rule of one of these aspects fires in the same incident. */
  readonly raiseWith: readonly RaisingAspect[];
}

const testNames = Object.keys(embeddingTests) as EmbeddingTestName[];

/** Enough for a p-value to be known within a tenth where it matters; the law of a test goes on from there. */
const PERMUTATIONS = 999;
/** Of tests whose law is not known: some seconds of relabelling, and only where something has changed. */
const MOST_PERMUTATIONS = 50_000;
/** Tests by relabelling alone: below `1 / (permutations + 1)` they know no p-value. */
const BY_RELABELLING = ['exactMmd', 'energy'] as const satisfies readonly EmbeddingTestName[];

const tests = z
  .strictObject(
    Object.fromEntries(
      testNames.map((name) => {
        const { byDefault, defaultMinimumEffect, largestEffect } = embeddingTests[name];
        const settings = z.strictObject({
          minimumEffect: z.number().min(0).lt(largestEffect).default(defaultMinimumEffect),
        });
        return [
          name,
          z
            .union([z.boolean(), settings], { error: 'must be true, false or the settings of the test' })
            .default(byDefault)
            .transform((value) =>
              value === false ? null : value === true ? { minimumEffect: defaultMinimumEffect } : value,
            ),
        ];
      }),
    ),
    { error: `must name tests of ${testNames.join(', ')}` },
  )
  .prefault({})
  .transform((value) => value as EmbeddingTestSettings);

// A tenth of the images on the other side of some brightness: visible in a histogram at a glance.
const FEATURE_EFFECT = 0.1;

const features = z
  .union([z.boolean(), z.strictObject({ minimumEffect: z.number().min(0).lt(1).default(FEATURE_EFFECT) })], {
    error: 'must be true, false or the settings of the test',
  })
  .default(true)
  .transform((value) =>
    value === false ? null : value === true ? { minimumEffect: FEATURE_EFFECT } : value,
  );

const spec = z
  .strictObject({
    ...populationFields,
    embedding: textField,
    baseline: baselineField,
    window: durationField('positive').default(3_600_000),
    every: durationField('positive').default(300_000),
    bucket: durationField('positive').optional(),
    hold: durationField('zero').optional(),
    keepFiring: durationField('zero').optional(),
    falseAlarmBudget: falseAlarmBudgetField.default(DEFAULT_BUDGET),
    minimumSamples: z.int().min(20).default(100),
    sampleSize: z.int().min(50).max(20_000).default(1_000),
    clusters: z.int().min(2).max(100).default(12),
    permutations: z.int().min(99).max(1_000_000).optional(),
    tests,
    features,
    severity: ticketField.default('ticket'),
    raiseWith: raiseWithField.default([]),
  })
  .superRefine((value, context) => {
    windowProblems(value).forEach((problem) => context.addIssue({ code: 'custom', ...problem }));
    if (value.features === null && Object.values(value.tests).every((each) => each === null)) {
      context.addIssue({ code: 'custom', path: ['tests'], message: 'must leave a test switched on' });
    }
    const relabelled = BY_RELABELLING.filter((name) => value.tests[name] !== null);
    const alpha = runAlpha({ falseAlarmBudget: value.falseAlarmBudget, everyMs: value.every });
    const permutations = permutationsOf(value);
    if (relabelled.length > 0 && 1 / (permutations + 1) >= alpha) {
      context.addIssue({
        code: 'custom',
        path: value.permutations === undefined ? ['falseAlarmBudget'] : ['permutations'],
        message: `must let ${relabelled.join(' and ')} raise an alarm: ${permutations} relabellings show no p-value below ${(1 / (permutations + 1)).toPrecision(2)}, and this budget at one look every ${value.every / 1_000} s asks for less than ${alpha.toPrecision(2)}. Look less often, allow more alarms, draw more relabellings, or switch the test off`,
      });
    }
    if (value.baseline.refreshMs !== null) {
      context.addIssue({
        code: 'custom',
        path: ['baseline', 'refresh'],
        message:
          'must be absent: an embedding monitor keeps its coordinates, so that sums of all times can be compared. Another number of clusters begins anew',
      });
    }
    if (value.baseline.kind === 'fixed') {
      context.addIssue({
        code: 'custom',
        path: ['baseline'],
        message:
          'must be range, rolling, hour-of-week, previous-version or concurrent: an uploaded dataset holds no vectors. For a fixed baseline give a time from and a time to',
      });
    }
  });

/**
 * Reads an `EmbeddingMonitor` rule document, as parsed from YAML, into an {@link EmbeddingMonitor} with all defaults filled.
 * Unknown keys are errors; a monitor that would page is refused with the reason.
 */
export const embeddingMonitorSchema = z
  .strictObject({
    apiVersion: z.literal('tidewatch.dev/v1'),
    kind: z.literal('EmbeddingMonitor'),
    metadata: metadataField,
    spec,
  })
  .superRefine(runbookProblems)
  .transform(({ kind, metadata: about, spec: rule }): EmbeddingMonitor => {
    const { model, service, region, where, window, every, bucket, hold, keepFiring, ...rest } = rule;
    return {
      kind,
      ...about,
      ...rest,
      population: { model, service, region, where },
      windowMs: window,
      everyMs: every,
      bucketMs: bucket ?? fittingBucket(window, every),
      holdMs: hold ?? window,
      keepFiringMs: keepFiring ?? null,
      permutations: permutationsOf(rule),
    };
  });

/** What the rule says, else as many relabellings as it takes for the smallest p-value to lie well below what a run is held to. */
function permutationsOf(rule: {
  readonly permutations?: number | undefined;
  readonly tests: EmbeddingTestSettings;
  readonly falseAlarmBudget: FalseAlarmBudget;
  readonly every: number;
}): number {
  if (rule.permutations !== undefined || BY_RELABELLING.every((name) => rule.tests[name] === null)) {
    return rule.permutations ?? PERMUTATIONS;
  }
  const alpha = runAlpha({ falseAlarmBudget: rule.falseAlarmBudget, everyMs: rule.every });
  return Math.min(MOST_PERMUTATIONS, Math.max(PERMUTATIONS, Math.ceil(4 / alpha)));
}
