import type { MetricCondition } from './condition/metric-condition.js';

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
  /** How long it must fire before it alerts, in milliseconds. 0 as a rule: the window pair is the delay. */
  readonly holdMs: number;
  /** How long it must be seen ok before its alert ends, in milliseconds; `null`: what is usual for its severity. */
  readonly keepFiringMs: number | null;
  /** What must hold besides, such as a p95 above its limit; `null`: nothing. */
  readonly and: MetricCondition | null;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How often tiers of each severity are evaluated unless they say otherwise. */
export const DEFAULT_EVERY_MS = { page: 10_000, ticket: 30_000 } as const;

/**
 * The gate of a tier that names none: enough to stop a quiet service from paging on chance, and more of it the lower the
 * burn rate, because a low one is reached by fewer failures.
 *
 * Simulated at half the budget rate and 10 to 3,600 requests an hour, a gate of 5 left no false page at burn 14.4 in ten
 * to twenty months, where a gate of 1 left up to 19 a month; burn 4 needs 10.
 */
export function defaultMinimumBadEvents(severity: BurnTier['severity'], burn: number): number {
  if (severity === 'ticket' || burn >= 10) {
    return 5;
  }
  return burn >= 5 ? 7 : 10;
}

/** The four pairs of the workbook by the share of the budget that each lets go before it fires. */
const WORKBOOK_PAIRS = [
  { name: 'page-fast', severity: 'page', longMs: HOUR_MS, shortMs: 5 * MINUTE_MS, share: 0.02 },
  { name: 'page-slow', severity: 'page', longMs: 6 * HOUR_MS, shortMs: 30 * MINUTE_MS, share: 0.05 },
  { name: 'ticket-fast', severity: 'ticket', longMs: DAY_MS, shortMs: 2 * HOUR_MS, share: 0.1 },
  { name: 'ticket-slow', severity: 'ticket', longMs: 3 * DAY_MS, shortMs: 6 * HOUR_MS, share: 0.1 },
] as const;

const GUARD_BURN = 4;

/**
 * The tiers of an SLO that names none: the four pairs of The Site Reliability Workbook, chapter 5, and a guard that
 * notices a bad deployment earlier than they do.
 *
 * A pair fires once a fixed share f of the period's budget is spent within its long window W, so its burn rate is
 * `B = f * P / W` for a period P: 14.4, 6, 3 and 1 for 30 days. It is never below 1: at burn 1 the budget lasts exactly
 * until the end of the period, and below that nothing is lost. The guard is 4 whatever the period.
 *
 * @param periodMs pairs whose long window exceeds it are left out: older events no longer count against the budget
 * @param sliceMs length of the time slices that budgets are counted in, 1 without any: short windows are widened to
 * whole slices, and pairs whose windows then no longer suit are left out
 */
export function defaultTiers(periodMs: number, sliceMs = 1): readonly BurnTier[] {
  const pairs = WORKBOOK_PAIRS.map(({ name, severity, longMs, shortMs, share }) =>
    // 12 digits: the product of doubles must not read 14.399999999999999.
    tier(name, severity, longMs, shortMs, Math.max(1, Number(((share * periodMs) / longMs).toPrecision(12)))),
  );
  return [...pairs, tier('page-guard', 'page', HOUR_MS, 5 * MINUTE_MS, GUARD_BURN)]
    .map((each) => ({ ...each, shortMs: Math.ceil(each.shortMs / sliceMs) * sliceMs }))
    .filter(({ longMs, shortMs }) => longMs <= periodMs && longMs % sliceMs === 0 && shortMs < longMs);
}

function tier(
  name: string,
  severity: BurnTier['severity'],
  longMs: number,
  shortMs: number,
  burn: number,
): BurnTier {
  const minimumBadEvents = defaultMinimumBadEvents(severity, burn);
  const everyMs = DEFAULT_EVERY_MS[severity];
  return {
    ...{ name, longMs, shortMs, burn, severity, minimumBadEvents, everyMs },
    ...{ holdMs: 0, keepFiringMs: null, and: null },
  };
}

/** {@link defaultTiers} of a period of 30 days. */
export const DEFAULT_TIERS: readonly BurnTier[] = Object.freeze(
  defaultTiers(30 * DAY_MS).map((each) => Object.freeze(each)),
);

/** The distinct window lengths that the tiers of an SLO read, in milliseconds, ascending. The period is not among them. */
export function windowsOf(slo: { readonly tiers: readonly BurnTier[] }): number[] {
  return [...new Set(slo.tiers.flatMap((each) => [each.longMs, each.shortMs]))].sort((a, b) => a - b);
}
