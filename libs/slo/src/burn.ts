import { oneMinus, toDecimal, toNumber, type Decimal } from './decimal.js';
import { badEvents, countFault, type EventCount } from './event-count.js';
import type { BurnTier } from './tiers.js';

/** The share of events that may be bad: `1 - target`. @param target in (0, 1) */
export function errorBudget(target: number): number {
  return toNumber(oneMinus(toDecimal(target)));
}

/** The burn rate of a total outage, `1 / (1 - target)`: no higher one exists. @param target in (0, 1) */
export function maximumBurn(target: number): number {
  return 1 / errorBudget(target);
}

/** Whether a total outage reaches `burn`, decided exactly: `burn * (1 - target) <= 1`. */
export function isReachableBurn(burn: number, target: number): boolean {
  const limit = toDecimal(burn);
  const budget = oneMinus(toDecimal(target));
  return limit.units * budget.units <= 10n ** BigInt(limit.scale + budget.scale);
}

/**
 * How many times faster than allowed the error budget burns: error ratio / (1 - target).
 *
 * At burn 1 the budget is gone exactly at the end of the period (Google, The Site Reliability Workbook, chapter 5).
 *
 * @returns `null` when the count says nothing ({@link countFault}). A double, for showing; {@link reachesBurn} decides.
 */
export function burnRate(count: EventCount, target: number): number | null {
  return burnRateOf(count, oneMinus(toDecimal(target)));
}

/** {@link burnRate} for many counts of one target: `budget` is `1 - target`, worked out once. */
export function burnRateOf(count: EventCount, budget: Decimal): number | null {
  // One division of two whole numbers is rounded once, so that a burn of exactly 14.4 also reads 14.4.
  return countFault(count) === null
    ? (badEvents(count) * 10 ** budget.scale) / (Number(budget.units) * count.total)
    : null;
}

/**
 * Whether the burn rate of `count` is at least `burn`. Equality counts as reached.
 *
 * Compares `bad >= burn * (1 - target) * total`. Where doubles cannot tell the two sides apart, target and burn are
 * taken as the decimals that were written and the comparison is made in integers: rounding never decides.
 *
 * @returns `null` when the count says nothing ({@link countFault})
 */
export function reachesBurn(count: EventCount, target: number, burn: number): boolean | null {
  if (countFault(count) !== null) {
    return null;
  }
  const bad = badEvents(count);
  const needed = burn * (1 - target) * count.total;
  // `1 - target` is off by at most 2^-53 (from reading the target), the products by a few units in the last place.
  const uncertainty = 1e-15 * burn * count.total + 1e-14 * needed;
  return Math.abs(bad - needed) > uncertainty ? bad > needed : reachesExactly(bad, count.total, target, burn);
}

function reachesExactly(bad: number, total: number, target: number, burn: number): boolean {
  const limit = toDecimal(burn);
  const budget = oneMinus(toDecimal(target));
  return (
    BigInt(bad) * 10n ** BigInt(limit.scale + budget.scale) >= limit.units * budget.units * BigInt(total)
  );
}

/** A constant error ratio that starts after a clean history, and the tier that should notice it. */
export interface DetectionQuestion {
  /** Share of good events asked for, in (0, 1). */
  readonly target: number;
  /** Share of events that are bad while the trouble lasts, in [0, 1]. */
  readonly errorRatio: number;
  readonly tier: Pick<BurnTier, 'longMs' | 'shortMs' | 'burn'>;
}

/**
 * Milliseconds from the start of the errors until the tier fires, at constant traffic and from a clean history:
 * `B * (1 - S) / e * W` of the long window, which is always the later of the two (The Site Reliability Workbook, chapter 5).
 *
 * Evaluation steps and the gate of minimum bad events come on top.
 *
 * @returns `null` when the tier never fires at this error ratio
 */
export function detectionTime(question: DetectionQuestion): number | null {
  const share = thresholdShare(question);
  return share === null ? null : share * question.tier.longMs;
}

/**
 * Milliseconds from the end of the errors until the tier clears: `(1 - B * (1 - S) / e) * W` of the short window.
 *
 * Holds when the errors lasted at least until the tier fired and filled the short window.
 *
 * @returns `null` when the tier never fires at this error ratio
 */
export function resetTime(question: DetectionQuestion): number | null {
  const share = thresholdShare(question);
  return share === null ? null : (1 - share) * question.tier.shortMs;
}

/** The part of a window that must be filled with errors for its burn to reach the threshold; `null` when even all is too little. */
function thresholdShare({ target, errorRatio, tier }: DetectionQuestion): number | null {
  const thresholdRatio = tier.burn * errorBudget(target);
  // 1e-12: the product may be off by a few units in the last place, and an error ratio equal to the threshold fires.
  return errorRatio <= 0 || thresholdRatio > errorRatio * (1 + 1e-12)
    ? null
    : Math.min(1, thresholdRatio / errorRatio);
}
