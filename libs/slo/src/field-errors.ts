import { z } from 'zod';

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

/** Text for a person: scalars as written and cut at 60 characters, anything larger by its kind. */
export function describeValue(value: unknown): string {
  if (value === null) {
    return 'empty';
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  }
  if (typeof value === 'object') {
    return 'a map';
  }
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
