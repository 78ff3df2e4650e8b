import { z } from 'zod';
import { driftMetrics, type DriftMetricName } from '../metrics/index.js';
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
import { choiceField, outputsField, type VariableChoice } from '../rule/choice-field.js';
import { raiseWithField, runbookProblems, type RaisingAspect } from '../rule/page-fields.js';
import { fittingBucket, windowProblems } from '../rule/window-fields.js';

/** An OTLP histogram to watch. */
export interface WatchedMetric {
  readonly metric: string;
  readonly match: Readonly<Record<string, string>>;
}

/** A rule that asks, once in a while, whether the inputs or outputs of a model have moved away from a baseline. */
export interface DriftMonitor extends RuleAbout {
  readonly kind: 'DriftMonitor';
  readonly population: Population;
  readonly features: VariableChoice;
  /** Of {@link OUTPUTS}. */
  readonly outputs: VariableChoice;
  readonly attributions: VariableChoice;
  /** Ground truth, joined by prediction id, instead of what was sent; `null` for what was sent. */
  readonly truth: { readonly labelSource: string } | null;
  /** How long after its prediction a label counts, and windows are waited for; 0 where nothing has to be waited for. */
  readonly maturityMs: number;
  readonly metrics: readonly WatchedMetric[];
  readonly baseline: MonitorBaseline;
  /** Length of the stretch of time that is compared with the baseline. */
  readonly windowMs: number;
  /** Time between two evaluations. */
  readonly everyMs: number;
  /** Samples are counted in buckets of this length; it divides the window and every. Default 5m, or what fits both. */
  readonly bucketMs: number;
  /** How long a difference must last before it is an alarm. Default: one window. */
  readonly holdMs: number;
  /** How long it must be seen ok before its incident lets go of it; `null`: what is usual for its severity. */
  readonly keepFiringMs: number | null;
  readonly falseAlarmBudget: FalseAlarmBudget;
  /** Smallest effect that matters, per metric. Metrics with one are tested. */
  readonly minimumEffect: Readonly<Partial<Record<DriftMetricName, number>>>;
  /** Windows and baselines with fewer values are not judged. */
  readonly minimumSamples: number;
  /** Dimensions whose values are judged on their own: region, service, environment, version, variant, or a tag. */
  readonly segments: readonly string[];
  /** After an alarm single and pairwise tag values are looked through for those that explain it. */
  readonly scan: { readonly floor: number } | null;
  readonly severity: 'ticket';
  /** It is a page while another rule of one of these aspects fires in the same incident. */
  readonly raiseWith: readonly RaisingAspect[];
}

/** What comparing a window with a baseline asks of a monitor, whatever it then judges. */
export type ComparingMonitor = RuleAbout &
  Pick<
    DriftMonitor,
    | 'population'
    | 'features'
    | 'outputs'
    | 'attributions'
    | 'truth'
    | 'maturityMs'
    | 'metrics'
    | 'baseline'
    | 'windowMs'
    | 'everyMs'
    | 'bucketMs'
    | 'minimumSamples'
    | 'segments'
  > &
  // A monitor of data quality has effects of its own, by check.
  Partial<Pick<DriftMonitor, 'minimumEffect'>>;

const metricNames = Object.keys(driftMetrics) as DriftMetricName[];

/** The tests of a monitor that names none: one for numbers, one for categories, one for what is missing. */
export const DEFAULT_EFFECTS = Object.fromEntries(
  metricNames.flatMap((name) =>
    driftMetrics[name].byDefault ? [[name, driftMetrics[name].defaultMinimumEffect]] : [],
  ),
) as Partial<Record<DriftMetricName, number>>;

const minimumEffect = z
  .strictObject(
    Object.fromEntries(
      metricNames.map((name) => [name, z.number().min(0).lt(driftMetrics[name].largestEffect).optional()]),
    ),
    { error: `must name metrics of ${metricNames.join(', ')}, each with its smallest effect` },
  )
  .transform((named) => withDefaults(named as Partial<Record<DriftMetricName, number>>));

/** A rule that names a metric for one type of variables replaces the default for that type only. */
function withDefaults(
  named: Partial<Record<DriftMetricName, number>>,
): Partial<Record<DriftMetricName, number>> {
  const replaced = new Set(
    (Object.keys(named) as DriftMetricName[]).flatMap((name) => [...driftMetrics[name].appliesTo]),
  );
  const kept = Object.entries(DEFAULT_EFFECTS).filter(([name]) => {
    const { appliesTo } = driftMetrics[name as DriftMetricName];
    return name === 'missing' || !appliesTo.some((type) => replaced.has(type));
  });
  return { ...Object.fromEntries(kept), ...named };
}

/** Kinds of baseline that are stretches of time; histograms know no variant and no dataset. */
const METRIC_BASELINES: readonly MonitorBaseline['kind'][] = ['range', 'rolling', 'hour-of-week'];

/** What a rule asks to watch that cannot be watched by one monitor. */
function watchProblems({
  features,
  outputs,
  attributions,
  truth,
  metrics,
  baseline,
}: Readonly<Partial<Record<'features' | 'outputs' | 'attributions' | 'truth', unknown>>> & {
  readonly metrics: readonly WatchedMetric[];
  readonly baseline: MonitorBaseline;
}): { path: string[]; message: string }[] {
  const sent = { features, outputs, attributions };
  if (truth !== undefined) {
    const others = [
      ...Object.entries(sent).flatMap(([field, choice]) =>
        choice === undefined || choice === 'none' ? [] : [field],
      ),
      ...(metrics.length > 0 ? ['metrics'] : []),
    ];
    return others.length === 0
      ? []
      : [
          {
            path: ['truth'],
            message: `must be watched by a monitor of its own: labels are waited for, and ${others.join(', ')} of this rule would wait with them`,
          },
        ];
  }
  if (metrics.length > 0 && !METRIC_BASELINES.includes(baseline.kind)) {
    return [
      {
        path: ['metrics'],
        message: `cannot be compared with a baseline of kind ${baseline.kind}: histograms are compared with earlier ones, so it must be range, rolling or hour-of-week`,
      },
    ];
  }
  return features === 'none' &&
    outputs === 'none' &&
    (attributions ?? 'none') === 'none' &&
    metrics.length === 0
    ? [{ path: ['features'], message: 'must leave something to watch' }]
    : [];
}

const spec = z
  .strictObject({
    ...populationFields,
    features: choiceField('feature names').optional(),
    outputs: outputsField.optional(),
    attributions: choiceField('feature names').optional(),
    truth: z
      .strictObject({
        // A day is when most labels have come, and people still remember the deploy.
        maturity: durationField('zero').default(86_400_000),
        labelSource: z.string().default(''),
      })
      .optional(),
    metrics: z
      .array(z.strictObject({ metric: textField, match: z.record(z.string(), z.string()).default({}) }))
      .default([]),
    baseline: baselineField,
    // One hour smooths over minutes of odd traffic; five minutes keeps the delay to a verdict below a coffee break.
    window: durationField('positive').default(3_600_000),
    every: durationField('positive').default(300_000),
    bucket: durationField('positive').optional(),
    hold: durationField('zero').optional(),
    keepFiring: durationField('zero').optional(),
    falseAlarmBudget: falseAlarmBudgetField.default(DEFAULT_BUDGET),
    minimumEffect: minimumEffect.default(DEFAULT_EFFECTS),
    // With 200 values a side the 95 % interval of D is already 0.17 wide on each side; below, it says nothing.
    minimumSamples: z.int().min(1).default(200),
    segments: z.array(textField).max(8, 'must name at most 8 dimensions').default([]),
    scan: z
      .union([
        z.literal(false).transform(() => null),
        // A segment of fewer samples has too wide an interval to be blamed.
        z.strictObject({ floor: z.int().min(1).default(200) }),
      ])
      .default({ floor: 200 }),
    severity: ticketField.default('ticket'),
    raiseWith: raiseWithField.default([]),
  })
  .superRefine((value, context) => {
    windowProblems(value).forEach((problem) => context.addIssue({ code: 'custom', ...problem }));
    watchProblems(value).forEach((problem) => context.addIssue({ code: 'custom', ...problem }));
  });

/**
 * Reads a `DriftMonitor` rule document, as parsed from YAML, into a {@link DriftMonitor} with all defaults filled. Unknown
 * keys are errors; a monitor that would page is refused with the reason.
 */
export const driftMonitorSchema = z
  .strictObject({
    apiVersion: z.literal('tidewatch.dev/v1'),
    kind: z.literal('DriftMonitor'),
    metadata: metadataField,
    spec,
  })
  .superRefine(runbookProblems)
  .transform(({ kind, metadata: about, spec: rule }): DriftMonitor => {
    const { model, service, region, where, window, every, bucket, hold, keepFiring, truth, ...rest } = rule;
    // Judged where the baseline has them: one of features alone says nothing of outputs.
    const watched = truth === undefined ? 'all' : 'none';
    return {
      kind,
      ...about,
      ...rest,
      population: { model, service, region, where },
      features: rest.features ?? watched,
      outputs: rest.outputs ?? watched,
      attributions: rest.attributions ?? 'none',
      truth: truth === undefined ? null : { labelSource: truth.labelSource },
      maturityMs: truth?.maturity ?? 0,
      windowMs: window,
      everyMs: every,
      bucketMs: bucket ?? fittingBucket(window, every),
      holdMs: hold ?? window,
      keepFiringMs: keepFiring ?? null,
    };
  });
