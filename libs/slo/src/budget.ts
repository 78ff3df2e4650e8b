import { burnRate } from './burn.js';
import type { EventCount } from './event-count.js';

/** What is left of the error budget of a period. */
export interface Budget {
  /** Share of good events in the period; `null` without events. */
  readonly sliValue: number | null;
  /** 1 is the whole budget, 0 none, negative is overspent; `null` without events. */
  readonly remaining: number | null;
}

/**
 * The budget after the events of one period, each event counting once (OpenSLO's Occurrences).
 *
 * Spent share = bad / ((1 - target) * total), the burn rate over the whole period.
 */
export function budgetOf(period: EventCount, target: number): Budget {
  const spent = burnRate(period, target);
  return spent === null
    ? { sliValue: null, remaining: null }
    : { sliValue: period.good / period.total, remaining: 1 - spent };
}

/**
 * Milliseconds until the budget is gone if it keeps burning at `burn`: `remaining * period / burn`.
 *
 * What is already spent is subtracted. 0 when nothing is left. `null` when the burn is unknown, or when it would take
 * longer than the period: by then every error of today has left the rolling window, so the budget lasts.
 */
export function timeToExhaustion(
  remaining: number | null,
  burn: number | null,
  periodMs: number,
): number | null {
  if (remaining === null || burn === null) {
    return null;
  }
  if (remaining <= 0) {
    return 0;
  }
  return burn < remaining ? null : (remaining / burn) * periodMs;
}
