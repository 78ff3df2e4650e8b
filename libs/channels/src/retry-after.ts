/**
 * Reads a `Retry-After` header (RFC 9110, section 10.2.3): whole seconds or an HTTP date.
 *
 * @param now ms; what a date is measured from
 * @returns milliseconds from `now`, 0 for a date in the past, `null` when absent or unreadable
 */
export function parseRetryAfter(header: string | null, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) {
    return Number(text) * 1_000;
  }
  // Only the three date forms of HTTP start with a weekday; Date.parse alone would also take "-5" or "7.5".
  const date = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*[, ]/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
