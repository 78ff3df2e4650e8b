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
