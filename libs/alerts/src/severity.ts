/** How loudly an incident speaks: a `page` wakes somebody up now, a `ticket` waits for working hours. */
export type Severity = 'page' | 'ticket';

/** All severities, least severe first. */
export const SEVERITIES: readonly Severity[] = ['ticket', 'page'];

/** Negative when `left` is less severe than `right`, 0 when equal, positive when more severe. */
export function compareSeverity(left: Severity, right: Severity): number {
  return SEVERITIES.indexOf(left) - SEVERITIES.indexOf(right);
}

/** The most severe of `severities`, or `undefined` when there are none. */
export function maxSeverity(severities: Iterable<Severity>): Severity | undefined {
  let highest: Severity | undefined;
  for (const severity of severities) {
    if (highest === undefined || compareSeverity(severity, highest) > 0) {
      highest = severity;
    }
  }
  return highest;
}
