import { Temporal } from 'temporal-polyfill';

/** Whether `name` is an IANA time zone that this runtime knows, such as `Europe/Berlin` or `UTC`. Offsets are none. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) {
    return false;
  }
  try {
    Temporal.ZonedDateTime.from({ year: 2000, month: 1, day: 1, timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(?<offset>Z|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * Reads an ISO 8601 date or time. One without an offset is by the clocks of `timeZone`; where they skip it, it is as much
 * later, and of two equal times it is the earlier.
 *
 * @param timeZone a zone that {@link isTimeZone} knows
 * @returns milliseconds since the epoch, or `undefined` when `text` is no time or names a day that does not exist
 */
export function parseTimeIn(text: string, timeZone: string): number | undefined {
  const shape = TIME.exec(text);
  if (shape === null) {
    return undefined;
  }
  try {
    return shape.groups?.['offset'] === undefined
      ? Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).epochMilliseconds
      : Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    // The shape is right and the date does not exist, such as 30 February.
    return undefined;
  }
}
