import type { Labels } from '@tidewatch/core';
import { z } from 'zod';
import { matchSchema } from '../matcher/read-match.js';
import { broadnessProblem, lengthProblem, LONGEST_SILENCE_MS } from './silence-limits.js';
import type { Silence } from './suppression.js';
import { commentSchema, instantSchema, metadataSchema } from './time-fields.js';

/** A silence of the rules, and its own labels. */
export interface RuleSilence extends Silence {
  /** Of `metadata`; the label `project` says which project it is for. */
  readonly labels: Labels;
}

/**
 * The document `kind: Silence`. Its id is `rules/<name>`. One that has ended stays valid, so that no rule file goes bad by
 * itself. Without `startsAt` it holds for the 30 days before its end.
 *
 * ```yaml
 * apiVersion: tidewatch.dev/v1
 * kind: Silence
 * metadata: {name: load-test, owner: sre}
 * spec:
 *   match: {service: ranker-api, severity: ticket}
 *   endsAt: 2026-12-01T18:00:00Z
 *   comment: Load test of the new cluster
 * ```
 */
export const silenceSchema = z
  .strictObject({
    apiVersion: z.literal('tidewatch.dev/v1'),
    kind: z.literal('Silence'),
    metadata: metadataSchema,
    spec: z.strictObject({
      match: matchSchema,
      startsAt: instantSchema.optional(),
      endsAt: instantSchema,
      comment: commentSchema,
    }),
  })
  .superRefine(({ spec }, context) => {
    const length = spec.startsAt === undefined ? null : lengthProblem(spec.startsAt, spec.endsAt);
    for (const [key, message] of [
      ['match', broadnessProblem(spec.match)],
      ['endsAt', length],
    ] as const) {
      if (message !== null) {
        context.addIssue({ code: 'custom', path: ['spec', key], message });
      }
    }
  })
  .transform(({ metadata, spec }): RuleSilence => {
    const startsAt = spec.startsAt ?? spec.endsAt - LONGEST_SILENCE_MS;
    return {
      id: `rules/${metadata.name}`,
      labels: metadata.labels,
      matchers: spec.match,
      startsAt,
      endsAt: spec.endsAt,
      comment: spec.comment,
      createdBy: metadata.owner === '' ? 'the rules' : metadata.owner,
      createdAt: startsAt,
      withdrawnAt: null,
    };
  });
