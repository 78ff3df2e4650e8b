/** A pair of windows that raises an alert when both burn the error budget at least `burn` times too fast. */
export interface BurnTier {
  /** Unique within its SLO; part of the identity of an alert. */
  readonly name: string;
  /** The window that proves significance, in milliseconds. */
  readonly longMs: number;
  /** The window that proves it is still going on, in milliseconds; shorter than `longMs`. */
  readonly shortMs: number;
  /** Burn rate from which the tier fires, equality included. */
  readonly burn: number;
  readonly severity: 'page' | 'ticket';
  /** Bad events the long window must hold at least: a burn rate of two failures in ten requests proves nothing. */
  readonly minimumBadEvents: number;
  /** How often the tier is evaluated, in milliseconds. */
  readonly everyMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * Enough to stop a quiet service from paging on chance: simulated at half the budget rate, a gate of 5 left no false
 * page in ten to twenty months at 10 to 3,600 requests an hour, where a gate of 1 left up to 19 a month.
 */
export const DEFAULT_MINIMUM_BAD_EVENTS = 5;

/** How often tiers of each severity are evaluated unless they say otherwise. */
export const DEFAULT_EVERY_MS = { page: 10_000, ticket: 30_000 } as const;

/**
 * The tiers of an SLO that names none: the four pairs of The Site Reliability Workbook, chapter 5 (2 %, 5 %, 10 % and
 * 10 % of a 30-day budget), and a guard that notices a bad deployment earlier than they do.
 *
 * The burn rates stay the same for other periods. Rescaling them to equal budget shares would page at less than burn 1
 * for periods of a week, whereas 14.4, 6 and 3 are close to what other products recommend for a week (16.8, 5.6, 2.8).
 */
export const DEFAULT_TIERS: readonly BurnTier[] = Object.freeze([
  tier('page-fast', 'page', HOUR_MS, 5 * MINUTE_MS, 14.4),
  tier('page-slow', 'page', 6 * HOUR_MS, 30 * MINUTE_MS, 6),
  tier('ticket-fast', 'ticket', DAY_MS, 2 * HOUR_MS, 3),
  tier('ticket-slow', 'ticket', 3 * DAY_MS, 6 * HOUR_MS, 1),
  tier('page-guard', 'page', HOUR_MS, 5 * MINUTE_MS, 4),
]);

function tier(
  name: string,
  severity: BurnTier['severity'],
  longMs: number,
  shortMs: number,
  burn: number,
): BurnTier {
  const everyMs = DEFAULT_EVERY_MS[severity];
  return Object.freeze({
    name,
    longMs,
    shortMs,
    burn,
    severity,
    minimumBadEvents: DEFAULT_MINIMUM_BAD_EVENTS,
    everyMs,
  });
}

/** The distinct window lengths that the tiers of an SLO read, in milliseconds, ascending. The period is not among them. */
export function windowsOf(slo: { readonly tiers: readonly BurnTier[] }): number[] {
  return [...new Set(slo.tiers.flatMap((each) => [each.longMs, each.shortMs]))].sort((a, b) => a - b);
}
