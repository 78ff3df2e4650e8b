import { parseDuration } from '@tidewatch/core';
import { z } from 'zod';
import { addressProblem } from '../address.js';

/**
 * A duration that stays text, so that a spec that was stored is a spec again.
 *
 * @param fallback what holds when it is absent, such as `7d`
 * @param longestMs ms
 */
export function durationText(fallback: string, longestMs: number) {
  const hint = `must be a duration such as ${fallback}`;
  return z
    .string({ error: hint })
    .refine(
      (text) => {
        const length = parseDuration(text);
        return length !== undefined && length <= longestMs;
      },
      `${hint}, at most ${longestMs / 86_400_000}d`,
    )
    .default(fallback);
}

/** A {@link durationText} in milliseconds. */
export function durationMs(text: string): number {
  return parseDuration(text) ?? 0;
}

/** The address of a service, without a query. It is no secret. */
export const serviceAddress = z.string({ error: 'must be a URL' }).superRefine((text, context) => {
  const problem =
    addressProblem(text) ?? (/[?#]/.test(text) ? 'must not have a query or fragment' : undefined);
  if (problem !== undefined) {
    context.addIssue({ code: 'custom', message: problem });
  }
});

/** Labels of tickets; trackers refuse others. */
export const ticketLabels = z
  .array(
    z
      .string({ error: 'must be a label' })
      .regex(/^[^\s,]{1,50}$/, 'must be a label of 1 to 50 characters without spaces and commas'),
    { error: 'must be a list of labels' },
  )
  .max(20, 'must be at most 20 labels')
  .default([]);
