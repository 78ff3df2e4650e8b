import { parseDuration, type Labels } from '@tidewatch/core';
import { z } from 'zod';

/** What can be sampled. Metrics cannot: they are sums already. */
export const SAMPLED_SIGNALS = ['traces', 'logs', 'predictions'] as const;

export type SampledSignal = (typeof SAMPLED_SIGNALS)[number];

/** What a rule keeps whatever the ratio. */
export interface AlwaysKeep {
  /** Spans and predictions that failed. */
  readonly errors: boolean;
  /** Spans and predictions that took longer; `null` when time does not matter. */
  readonly slowerThanMs: number | null;
  /** Log records of this severity number and above; `null` when severity does not matter. */
  readonly severityNumber: number | null;
}

/** A rule that keeps a share of what it matches. */
export interface SamplingRule {
  readonly kind: 'Sampling';
  readonly name: string;
  readonly owner: string;
  readonly runbook: string;
  /** Of the rule: `project` says whose data it is. */
  readonly labels: Labels;
  readonly signal: SampledSignal;
  /** What an item must be, by label; any of the values. Empty matches everything. */
  readonly match: Readonly<Record<string, readonly string[]>>;
  /** The share that is kept, from 0 to 1. */
  readonly keep: number;
  readonly alwaysKeep: AlwaysKeep;
}

/** Lowest severity number of each level (OpenTelemetry logs data model, "SeverityNumber"). */
const SEVERITIES = { TRACE: 1, DEBUG: 5, INFO: 9, WARN: 13, ERROR: 17, FATAL: 21 } as const;
type Severity = keyof typeof SEVERITIES;
const SEVERITY_NAMES = Object.keys(SEVERITIES) as [Severity, ...Severity[]];

/** What items of a signal can be told apart by before they are stored. */
export const MATCH_LABELS: Readonly<Record<SampledSignal, readonly string[]>> = {
  traces: ['service', 'name'],
  logs: ['service'],
  predictions: ['service', 'model', 'version', 'region', 'environment', 'variant'],
};
/** A smaller share leaves too few items to estimate anything, and the weights begin to lose digits. */
const SMALLEST_SHARE = 0.000001;

const text = z.string({ error: 'must be text' }).trim().min(1, 'must not be empty');

const duration = z.string({ error: 'must be a duration such as 500ms' }).transform((written, context) => {
  const milliseconds = parseDuration(written);
  if (milliseconds === undefined || milliseconds === 0) {
    context.addIssue(`must be a duration above 0 such as 500ms, and is ${JSON.stringify(written)}`);
    return z.NEVER;
  }
  return milliseconds;
});

const keep = z
  .number({ error: 'must be a share from 0 to 1' })
  .min(0, 'must be a share from 0 to 1')
  .max(1, 'must be a share from 0 to 1')
  .refine((share) => share === 0 || share >= SMALLEST_SHARE, `must be 0 or at least ${SMALLEST_SHARE}`);

const spec = z
  .strictObject({
    signal: z.enum(SAMPLED_SIGNALS, { error: `must be one of ${SAMPLED_SIGNALS.join(', ')}` }),
    match: z
      .record(text, z.union([text, z.array(text).min(1)], { error: 'must be a value or a list of values' }))
      .default({}),
    keep,
    alwaysKeep: z
      .strictObject({
        errors: z.boolean({ error: 'must be true or false' }).default(true),
        slowerThan: duration.optional(),
        severity: z.enum(SEVERITY_NAMES, { error: `must be one of ${SEVERITY_NAMES.join(', ')}` }).optional(),
      })
      .prefault({}),
  })
  .superRefine(({ signal, match, alwaysKeep }, context) => {
    const known = MATCH_LABELS[signal];
    for (const label of Object.keys(match).filter((each) => !known.includes(each))) {
      const message = `is no label of ${signal}; they are told apart by ${known.join(', ')}`;
      context.addIssue({ code: 'custom', path: ['match', label], message });
    }
    const misplaced = signal === 'logs' ? 'slowerThan' : 'severity';
    if (alwaysKeep[misplaced] !== undefined) {
      const message = `means nothing for ${signal}: they have no ${signal === 'logs' ? 'duration' : 'severity'}`;
      context.addIssue({ code: 'custom', path: ['alwaysKeep', misplaced], message });
    }
  });

/**
 * The document `kind: Sampling`. Of the rules of a signal, in the order of their files, the first that matches decides;
 * what none matches is kept.
 *
 * ```yaml
 * apiVersion: tidewatch.dev/v1
 * kind: Sampling
 * metadata: {name: ranker-traces}
 * spec: {signal: traces, match: {service: ranker-api}, keep: 0.1, alwaysKeep: {slowerThan: 500ms}}
 * ```
 */
export const samplingSchema = z
  .strictObject({
    apiVersion: z.literal('tidewatch.dev/v1'),
    kind: z.literal('Sampling'),
    metadata: z.strictObject({
      name: text,
      owner: z.string().default(''),
      runbook: z.string().default(''),
      labels: z.record(z.string(), z.string()).default({}),
    }),
    spec,
  })
  .transform(({ kind, metadata, spec: { signal, match, keep: share, alwaysKeep } }): SamplingRule => {
    const { errors, slowerThan, severity } = alwaysKeep;
    return {
      kind,
      ...metadata,
      signal,
      match: Object.fromEntries(
        Object.entries(match).map(([label, value]) => [label, typeof value === 'string' ? [value] : value]),
      ),
      keep: share,
      alwaysKeep: {
        errors,
        slowerThanMs: slowerThan ?? null,
        severityNumber: signal === 'logs' ? severityNumber(errors, severity) : null,
      },
    };
  });

/** For a log record, being an error is a matter of its severity; a lower level that is named keeps the errors too. */
function severityNumber(errors: boolean, severity: Severity | undefined): number | null {
  const named = severity === undefined ? Infinity : SEVERITIES[severity];
  const lowest = Math.min(named, errors ? SEVERITIES.ERROR : Infinity);
  return lowest === Infinity ? null : lowest;
}
