import { AppError, formatDuration } from '@tidewatch/core';
import { budgetOf, timeToExhaustion } from './budget.js';
import { burnRateOf, reachesBurn } from './burn.js';
import { oneMinus, toDecimal, type Decimal } from './decimal.js';
import type { SloDefinition } from './definition.js';
import { badEvents, type EventCount } from './event-count.js';
import { explain } from './reason.js';
import type { BurnTier } from './tiers.js';
import type { SloVerdict, TierVerdict } from './verdict.js';

/** Everything a verdict is made of. */
export interface SloEvidence {
  readonly slo: Pick<SloDefinition, 'name' | 'target' | 'periodMs' | 'tiers'>;
  /** Which part of the SLO's traffic is judged; `''` for all of it. */
  readonly group: string;
  /** Events by window length in milliseconds: at least those of {@link windowsOf} for the tiers to evaluate. */
  readonly counts: ReadonlyMap<number, EventCount>;
  /** Events of the whole period. */
  readonly period: EventCount;
  /** End of all windows, in milliseconds since the epoch. */
  readonly windowEnd: number;
  /**
   * Which tiers to evaluate; default all. The others keep what `previous` says about them, so that page tiers can
   * run more often than ticket tiers.
   */
  readonly evaluate?: 'page' | 'ticket' | 'all';
  /** The verdict before this one, for the tiers that are not evaluated. */
  readonly previous?: SloVerdict;
}

/**
 * Judges one SLO at one window end.
 *
 * A tier fires when the burn rates of its long and its short window are both at least the threshold (equality
 * included, decided exactly) and the long window holds the minimum of bad events. It is frozen when that cannot be
 * told: no usable events in the long window, or, while the long window is over the threshold, none in the short one.
 * Traffic that stops during an outage therefore does not end the alert.
 *
 * @throws AppError `slo.window-missing` when `counts` lacks a window, `slo.count-invalid` when a count is no safe integer
 */
export function judgeSlo(evidence: SloEvidence): SloVerdict {
  const { slo, group, period, windowEnd } = evidence;
  const goal: Goal = { target: slo.target, errorBudget: oneMinus(toDecimal(slo.target)) };
  const tiers = slo.tiers.map((tier) => judgeOrKeep(tier, goal, evidence));
  const budget = budgetOf(period, slo.target);
  const state = tiers.some((tier) => tier.state === 'firing')
    ? 'breach'
    : tiers.every((tier) => tier.state === 'frozen')
      ? 'frozen'
      : 'ok';
  return {
    slo: slo.name,
    group,
    state,
    reason: explain({ slo, state, tiers, budgetRemaining: budget.remaining }),
    windowEnd,
    target: slo.target,
    period: { good: period.good, total: period.total, ms: slo.periodMs },
    sliValue: budget.sliValue,
    budgetRemaining: budget.remaining,
    timeToExhaustionMs: timeToExhaustion(budget.remaining, presentBurn(tiers), slo.periodMs),
    tiers,
  };
}

/** A target and what it leaves for errors, worked out once for all windows. */
interface Goal {
  readonly target: number;
  readonly errorBudget: Decimal;
}

function judgeOrKeep(tier: BurnTier, goal: Goal, evidence: SloEvidence): TierVerdict {
  const { counts, evaluate = 'all' } = evidence;
  if (evaluate === 'all' || evaluate === tier.severity) {
    return judgeTier(tier, goal, requiredCount(tier.longMs, evidence), requiredCount(tier.shortMs, evidence));
  }
  const kept = keptVerdict(tier, evidence);
  if (kept !== undefined) {
    return kept;
  }
  const [long, short] = [counts.get(tier.longMs), counts.get(tier.shortMs)];
  const nothing: EventCount = { good: 0, total: 0 };
  return judgeTier(tier, goal, long ?? nothing, short ?? nothing);
}

/** What `previous` says about `tier`, unless the rule has changed since. */
function keptVerdict(tier: BurnTier, { slo, previous }: SloEvidence): TierVerdict | undefined {
  if (previous === undefined || previous.target !== slo.target) {
    return undefined;
  }
  return previous.tiers.find(
    (each) =>
      each.name === tier.name &&
      each.severity === tier.severity &&
      each.longMs === tier.longMs &&
      each.shortMs === tier.shortMs &&
      each.threshold === tier.burn,
  );
}

function requiredCount(windowMs: number, { slo, counts }: SloEvidence): EventCount {
  const count = counts.get(windowMs);
  if (count === undefined) {
    throw new AppError({
      code: 'slo.window-missing',
      message: `The evidence for SLO ${slo.name} has no event count for the window of ${formatDuration(windowMs)}.`,
    });
  }
  return count;
}

function judgeTier(tier: BurnTier, goal: Goal, long: EventCount, short: EventCount): TierVerdict {
  return {
    name: tier.name,
    severity: tier.severity,
    state: tierState(tier, goal.target, long, short),
    longMs: tier.longMs,
    shortMs: tier.shortMs,
    threshold: tier.burn,
    longBurn: burnRateOf(long, goal.errorBudget),
    shortBurn: burnRateOf(short, goal.errorBudget),
    badEvents: badEvents(long),
    totalEvents: long.total,
  };
}

function tierState(
  tier: BurnTier,
  target: number,
  long: EventCount,
  short: EventCount,
): TierVerdict['state'] {
  const longReached = reachesBurn(long, target, tier.burn);
  if (longReached === null) {
    return 'frozen';
  }
  if (!longReached || badEvents(long) < tier.minimumBadEvents) {
    return 'ok';
  }
  const shortReached = reachesBurn(short, target, tier.burn);
  return shortReached === null ? 'frozen' : shortReached ? 'firing' : 'ok';
}

/** The burn over the shortest long window that has events: recent, yet steady enough for a forecast. */
function presentBurn(tiers: readonly TierVerdict[]): number | null {
  const known = tiers.filter((tier) => tier.longBurn !== null).sort((a, b) => a.longMs - b.longMs);
  return known[0]?.longBurn ?? null;
}
