import { describeValue } from '@tidewatch/core';
import { z } from 'zod';

export { describeValue };

/** The part of a zod issue that {@link expected} looks at. */
interface IssueInput {
  readonly input?: unknown;
}

/**
 * The message of a schema for every way a value can be wrong: what is there, and what should be.
 *
 * @param what completes "must be …", such as `a number above 0`
 */
export function expected(what: string): (issue: IssueInput) => string {
  return ({ input }) =>
    input === undefined
      ? `is missing; it must be ${what}`
      : `must be ${what}, and is ${describeValue(input)}`;
}

/** Like {@link expected}, for `z.strictObject`: unknown keys keep the message that lists them. */
export function expectedMap(
  what: string,
): (issue: IssueInput & { readonly code?: string }) => string | undefined {
  return (issue) => (issue.code === 'unrecognized_keys' ? undefined : expected(what)(issue));
}

/** A key that OpenSLO knows and Tidewatch does not support: any value is refused with `message`. */
export function refused(message: string) {
  return z.never({ error: message }).optional();
}
