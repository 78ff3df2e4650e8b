import { beginningProblem, describeValue, parseTimeIn, readRecurrence, type Labels } from '@tidewatch/core';
import { z } from 'zod';
import { matchSchema } from '../matcher/read-match.js';
import { broadnessProblem, lengthProblem } from './silence-limits.js';
import type { MaintenanceWindow } from './suppression.js';
import { commentSchema, metadataSchema, timeZoneSchema } from './time-fields.js';

/** A maintenance window of the rules, and its own labels. */
export interface RuleMaintenanceWindow extends MaintenanceWindow {
  /** Of `metadata`; the label `project` says which project it is for. */
  readonly labels: Labels;
}

const timeMessage =
  'must be a time such as 2026-11-29T02:00 (by the clocks of timeZone) or 2026-11-29T02:00:00Z';
const rruleMessage = 'must be a recurrence rule such as FREQ=WEEKLY;BYDAY=SU, or left out for once';

/**
 * The document `kind: MaintenanceWindow`. Times without an offset are by the clocks of `timeZone`, and so is the
 * recurrence: what begins at 02:00 keeps beginning at 02:00 when the clocks change. `from` must be an occurrence of the rule.
 *
 * ```yaml
 * apiVersion: tidewatch.dev/v1
 * kind: MaintenanceWindow
 * metadata: {name: index-rebuild, owner: search}
 * spec:
 *   match: {service: search-api}
 *   from: 2026-11-29T02:00
 *   to: 2026-11-29T04:00
 *   rrule: FREQ=WEEKLY;BYDAY=SU
 *   timeZone: Europe/Berlin
 *   comment: The index is rebuilt every Sunday night
 * ```
 */
export const maintenanceWindowSchema = z
  .strictObject({
    apiVersion: z.literal('tidewatch.dev/v1'),
    kind: z.literal('MaintenanceWindow'),
    metadata: metadataSchema,
    spec: z.strictObject({
      match: matchSchema,
      from: z.string({ error: timeMessage }),
      to: z.string({ error: timeMessage }),
      rrule: z
        .string({ error: rruleMessage })
        .max(500, rruleMessage)
        .transform((text) =>
          text
            .trim()
            .toUpperCase()
            .replace(/^RRULE:/, ''),
        )
        .default(''),
      timeZone: timeZoneSchema,
      comment: commentSchema,
    }),
  })
  .transform(({ metadata, spec }, context): RuleMaintenanceWindow => {
    let isWrong = false;
    const report = (key: string, message: string | null): void => {
      if (message !== null) {
        isWrong = true;
        context.addIssue({ code: 'custom', path: ['spec', key], message });
      }
    };
    const timeOf = (key: 'from' | 'to'): number => {
      const at = parseTimeIn(spec[key], spec.timeZone);
      report(key, at === undefined ? `${timeMessage}, and is ${describeValue(spec[key])}` : null);
      return at ?? 0;
    };
    const { match, rrule, timeZone, comment } = spec;
    const [from, to] = [timeOf('from'), timeOf('to')];
    report('match', broadnessProblem(match));
    const recurrence = rrule === '' ? null : readRecurrence(rrule);
    report('rrule', recurrence !== null && 'problem' in recurrence ? recurrence.problem : null);
    if (!isWrong) {
      report('to', lengthProblem(from, to));
    }
    if (!isWrong && rrule !== '') {
      report('from', beginningProblem({ from, to, rrule, timeZone }));
    }
    return {
      name: metadata.name,
      labels: metadata.labels,
      matchers: match,
      ...{ from, to, rrule, timeZone, comment },
    };
  });
