import {
  ASPECTS,
  BUILT_IN_LABELS,
  DRILL_KIND,
  type AlertLabels,
  type Aspect,
  type Severity,
} from '@tidewatch/alerts';
import { parseDuration } from '@tidewatch/core';
import { z } from 'zod';

/** Longest time that a drill can be asked to stay open. */
const LONGEST_KEEP_MS = 600_000;
const MOST_LABELS = 32;

/** What a drill plays. */
export interface DrillRequest {
  readonly severity: Severity;
  readonly service: string;
  readonly region: string;
  readonly model: string;
  readonly owner: string;
  readonly rule: string;
  readonly tier: string;
  readonly aspect: Aspect;
  /** Labels beyond those that every alert has. */
  readonly labels: Readonly<Record<string, string>>;
  /** How long it stays open at least, ms. */
  readonly keepMs: number;
}

const name = z.string({ error: 'must be a name' }).max(200, 'must have at most 200 characters').default('');

/** Built-in labels that a drill is given as labels; the others have a field of their own or are fixed. */
const PLAYED = ['owner', 'rule', 'tier', 'aspect'];

const labelsSchema = z
  .record(z.string(), z.string({ error: 'must be a text' }).max(1_000, 'must have at most 1,000 characters'))
  .default({})
  .superRefine((labels, context) => {
    const names = Object.keys(labels);
    if (names.length > MOST_LABELS) {
      context.addIssue({ code: 'custom', message: `must be at most ${MOST_LABELS}` });
    }
    for (const label of names) {
      if (BUILT_IN_LABELS.some((known) => known === label) && !PLAYED.includes(label)) {
        const message =
          label === 'kind' || label === 'project'
            ? `cannot be chosen: the ${label} of a drill is ${label === 'kind' ? DRILL_KIND : "the key's"}`
            : 'is given by the field of that name, and not as a label';
        context.addIssue({ code: 'custom', path: [label], message });
      }
    }
    if (labels['aspect'] !== undefined && !ASPECTS.some((aspect) => aspect === labels['aspect'])) {
      context.addIssue({ code: 'custom', path: ['aspect'], message: `must be one of ${ASPECTS.join(', ')}` });
    }
  });

/** The body of `POST /api/v1/drills`. */
export const drillRequestSchema = z
  .strictObject({
    severity: z.enum(['page', 'ticket'], { error: 'must be page or ticket' }),
    service: name,
    region: name,
    model: name,
    labels: labelsSchema,
    keep: z
      .string({ error: 'must be a duration such as 30s' })
      .default('0s')
      .transform((text, context) => {
        const length = parseDuration(text);
        if (length === undefined || length > LONGEST_KEEP_MS) {
          context.addIssue({ code: 'custom', message: 'must be a duration of at most 10m, such as 30s' });
          return z.NEVER;
        }
        return length;
      }),
  })
  .transform(({ labels, keep, ...place }): DrillRequest => {
    const { owner = '', rule = 'drill', tier = '', aspect = 'availability', ...rest } = labels;
    return { ...place, owner, rule, tier, aspect: aspect as Aspect, labels: rest, keepMs: keep };
  });

/** By what a drill is routed and silenced: like an alert of what it plays. */
export function drillLabels(project: string, request: DrillRequest): AlertLabels {
  const { severity, service, region, model, owner, rule, tier, aspect, labels } = request;
  return {
    ...labels,
    project,
    service,
    region,
    model,
    severity,
    kind: DRILL_KIND,
    rule,
    tier,
    owner,
    aspect,
  };
}
