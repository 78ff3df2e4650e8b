import { describeValue, isTimeZone, parseTimeIn } from '@tidewatch/core';
import { z } from 'zod';
import { LONGEST_COMMENT } from './silence-limits.js';

const OFFSET = /(Z|[+-]\d{2}:?\d{2})$/i;

/** What an instant in a rule looks like, for messages. */
export const INSTANT_WORDS = 'a time with its offset, such as 2026-11-29T02:00:00Z';

/** Reads an RFC 3339 time with its offset; `undefined` for anything else. */
export function parseInstant(text: string): number | undefined {
  return OFFSET.test(text) && text.length > 10 ? parseTimeIn(text, 'UTC') : undefined;
}

/** An RFC 3339 time with its offset, as milliseconds since the epoch. */
export const instantSchema = z.string({ error: `must be ${INSTANT_WORDS}` }).transform((text, context) => {
  const at = parseInstant(text);
  if (at === undefined) {
    context.addIssue({ code: 'custom', message: `must be ${INSTANT_WORDS}, and is ${describeValue(text)}` });
    return z.NEVER;
  }
  return at;
});

const zoneMessage = 'must be an IANA time zone such as Europe/Berlin';

/** The name of a time zone; UTC when it is left out. */
export const timeZoneSchema = z
  .string({ error: zoneMessage })
  .refine(isTimeZone, {
    error: ({ input }) => `${zoneMessage}, and is ${describeValue(input)}`,
  })
  .default('UTC');

const commentMessage = `must be a sentence for those who wonder why it is quiet, at most ${LONGEST_COMMENT.toLocaleString('en-US')} characters`;

/** Why it is quiet. */
export const commentSchema = z
  .string({ error: commentMessage })
  .trim()
  .min(1, commentMessage)
  .max(LONGEST_COMMENT, commentMessage);

const nameMessage = 'must be 1 to 63 letters, digits, dots, dashes or underscores';

/** `metadata` of a rule that has to have a name. */
export const metadataSchema = z.strictObject({
  name: z.string({ error: 'must be a name' }).regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, nameMessage),
  owner: z.string().default(''),
  runbook: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
});
