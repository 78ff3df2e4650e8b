import { isTimeZone } from '@tidewatch/core';
import { z } from 'zod';

/** Days of a week, in the order of ISO 8601. */
const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;

/** A report that is sent again and again. */
export interface DigestRule {
  readonly kind: 'Digest';
  readonly name: string;
  readonly owner: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly every: 'week' | 'month';
  /** Names of Receivers, each once. */
  readonly receivers: readonly string[];
  /** By the clocks of the zone, minutes after midnight. */
  readonly atMinute: number;
  /** On which day of the week it is sent, 1 (Monday) to 7; a monthly one is sent on the first day of the month. */
  readonly weekday: number;
  /** IANA name. */
  readonly timeZone: string;
}

const receiver = z
  .string({ error: 'must be the name of a Receiver' })
  .min(1, 'must be the name of a Receiver');

const specSchema = z
  .strictObject({
    every: z.enum(['week', 'month'], { error: 'must be week or month' }),
    receivers: z
      .array(receiver, { error: 'must be a list of names of Receivers' })
      .min(1, 'must name at least one Receiver')
      .transform((names) => [...new Set(names)]),
    at: z
      .string({ error: 'must be a time of day such as 08:00, in quotes' })
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 08:00')
      .default('08:00'),
    day: z.enum(DAYS, { error: `must be one of ${DAYS.join(', ')}` }).optional(),
    timeZone: z
      .string({ error: 'must be a time zone such as Europe/Berlin' })
      .refine(isTimeZone, 'must be a time zone such as Europe/Berlin')
      .default('UTC'),
  })
  .refine((spec) => spec.every === 'week' || spec.day === undefined, {
    path: ['day'],
    message: 'must be left out for a monthly digest, which is sent on the first day of the month',
  });

/**
 * The document `kind: Digest`.
 *
 * ```yaml
 * apiVersion: tidewatch.dev/v1
 * kind: Digest
 * metadata: {name: weekly, owner: sre}
 * spec: {every: week, receivers: [sre-mail, sre-slack], at: "08:00", day: MO, timeZone: Europe/Berlin}
 * ```
 */
export const digestSchema = z
  .strictObject({
    apiVersion: z.literal('tidewatch.dev/v1'),
    kind: z.literal('Digest'),
    metadata: z.strictObject({
      name: z
        .string({ error: 'must be a name' })
        .regex(
          /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
          'must be 1 to 63 letters, digits, dots, dashes or underscores',
        ),
      owner: z.string().default(''),
      runbook: z.string().optional(),
      labels: z.record(z.string(), z.string()).default({}),
    }),
    spec: specSchema,
  })
  .transform(({ metadata, spec }): DigestRule => {
    const [hour = 0, minute = 0] = spec.at.split(':').map(Number);
    return {
      kind: 'Digest',
      name: metadata.name,
      owner: metadata.owner,
      labels: metadata.labels,
      every: spec.every,
      receivers: spec.receivers,
      atMinute: hour * 60 + minute,
      weekday: DAYS.indexOf(spec.day ?? 'MO') + 1,
      timeZone: spec.timeZone,
    };
  });
