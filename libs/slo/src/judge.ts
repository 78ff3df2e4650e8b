import { AppError, formatDuration } from '@tidewatch/core';
import {
  badOfParts,
  budgetOf,
  budgetParts,
  burnOfParts,
  countsFault,
  partsReach,
  sumOfParts,
} from './budget.js';
import { timeToExhaustion, type BudgetPart } from './budget.js';
import { RATIO_UNIT } from './counting/budget-slices.js';
import { MINIMUM_COVERAGE } from './minimum-coverage.js';
import { explain } from './reason.js';
import { sloSentence } from './sentence.js';
import type { JudgedSlo, SloDecision, SloEvidence, WindowEvidence } from './slo-evidence.js';
import type { BurnTier } from './tiers.js';
import type { FrozenCause, SloVerdict, TierVerdict } from './verdict.js';

const NOTHING: WindowEvidence = { counts: [], coverage: 0 };

/**
 * Judges one SLO at one window end.
 *
 * A tier fires when the burn rates of its long and its short window are both at least the threshold (equality
 * included, decided exactly), the long window holds the minimum of bad events, and its `and` condition holds. It is frozen when that
 * cannot be told: a window is not covered, no usable events in the long window, or, while the long window is over the threshold, none in
 * the short one. Traffic that stops during an outage therefore does not end the alert.
 *
 * @throws AppError `slo.window-missing` when the evidence lacks a window, `slo.count-invalid` when a count is no safe integer
 */
export function judgeSlo(evidence: SloEvidence): SloVerdict {
  return inWords(evidence.slo, decideSlo(evidence));
}

/** {@link judgeSlo} without the words, which cost more than the decision and are needed only where somebody reads them. */
export function decideSlo(evidence: SloEvidence): SloDecision {
  const { slo, group, period, windowEnd } = evidence;
  const parts = budgetParts(slo);
  const tiers = slo.tiers.map((tier) => judgeOrKeep(tier, parts, evidence));
  const budget = budgetOf(period.counts, parts, period, windowEnd);
  const state = stateOf(tiers, evidence);
  const sum = sumOfParts(period.counts);
  const unit = unitOf(slo);
  return {
    slo: slo.name,
    group,
    state,
    frozenBecause: state === 'frozen' ? causeOf(tiers, evidence) : null,
    windowEnd,
    target: slo.target,
    period: {
      from: period.from,
      to: period.to,
      ms: slo.periodMs,
      good: sum.good / unit,
      total: sum.total / unit,
      coverage: period.coverage,
    },
    sliValue: budget.sliValue,
    budgetRemaining: budget.remaining,
    timeToExhaustionMs: timeToExhaustion(
      budget.remaining,
      presentTier(tiers)?.longBurn ?? null,
      period,
      windowEnd,
    ),
    tiers,
    health: evidence.health ?? [],
  };
}

/** A decision with its reason and its sentence. */
export function inWords(slo: JudgedSlo, decision: SloDecision): SloVerdict {
  const { state, tiers, budgetRemaining, frozenBecause, sliValue, timeToExhaustionMs, period } = decision;
  const present = presentTier(tiers);
  return {
    ...decision,
    reason: explain({ ...decision, slo }),
    sentence: sloSentence({
      displayName: slo.displayName,
      target: slo.target,
      window: slo.window,
      budgeting: slo.budgeting,
      state,
      frozenBecause,
      sliValue,
      budgetRemaining,
      timeToExhaustionMs,
      presentBurn: present?.longBurn ?? null,
      presentWindowMs: present?.longMs ?? null,
      periodFrom: period.from,
    }),
  };
}

/** The decision about an SLO whose events cannot be counted. Frozen: it neither opens nor closes an alert. */
export function notEvaluable(
  slo: JudgedSlo,
  windowEnd: number,
  period: { readonly from: number; readonly to: number },
  message: string,
): SloDecision {
  const nothing = { counts: budgetParts(slo).map(() => ({ good: 0, total: 0 })), coverage: 0 };
  const windows = new Map(
    slo.tiers.flatMap(({ longMs, shortMs }) => [longMs, shortMs].map((ms) => [ms, nothing])),
  );
  const decision = decideSlo({
    slo,
    group: '',
    windows,
    period: { ...nothing, ...period },
    windowEnd,
    health: [{ code: 'not-evaluable', message }],
  });
  return { ...decision, state: 'frozen', frozenBecause: 'not-evaluable' };
}

function stateOf(tiers: readonly TierVerdict[], { period }: SloEvidence): SloVerdict['state'] {
  if (tiers.some((tier) => tier.state === 'firing')) {
    return 'breach';
  }
  const silent = tiers.length === 0 ? countsFault(period.counts) !== null : tiers.every(isFrozen);
  return silent ? 'frozen' : 'ok';
}

function isFrozen({ state }: TierVerdict): boolean {
  return state === 'frozen';
}

/** The cause that hides the others: nothing can be said of events that were not counted, or of those that do not come. */
function causeOf(tiers: readonly TierVerdict[], { stale, windows, period }: SloEvidence): FrozenCause {
  const all = tiers.length === 0 ? [period] : tiers.map(({ longMs }) => windows.get(longMs) ?? NOTHING);
  if (all.every(({ coverage }) => coverage < MINIMUM_COVERAGE)) {
    return 'coverage';
  }
  const faults = all.map(({ counts }) => countsFault(counts));
  return (
    faults.find((fault) => fault === 'contradiction') ??
    (stale === true ? 'stale' : (faults.find((fault) => fault !== null) ?? 'no-events'))
  );
}

function judgeOrKeep(tier: BurnTier, parts: readonly BudgetPart[], evidence: SloEvidence): TierVerdict {
  const { windows, evaluate = 'all' } = evidence;
  if (evaluate === 'all' || evaluate === tier.severity) {
    return judgeTier(tier, parts, evidence);
  }
  const kept = keptVerdict(tier, evidence);
  if (kept !== undefined) {
    return kept;
  }
  const known = windows.has(tier.longMs) && windows.has(tier.shortMs);
  return known
    ? judgeTier(tier, parts, evidence)
    : tierVerdict(tier, parts, evidence.slo, { long: NOTHING, short: NOTHING, and: null }, 'frozen');
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

function judgeTier(tier: BurnTier, parts: readonly BudgetPart[], evidence: SloEvidence): TierVerdict {
  const long = required(tier.longMs, evidence);
  const short = required(tier.shortMs, evidence);
  const and = tier.and === null ? null : (evidence.conditions?.get(tier.name) ?? null);
  const gate = evidence.slo.budgeting.method === 'Occurrences' ? tier.minimumBadEvents : 0;
  const state = tierState(tier, parts, { long, short, and, gate });
  // Old data tells that the errors were there, and nothing of whether they have ended.
  const told = state === 'ok' && evidence.stale === true ? 'frozen' : state;
  return tierVerdict(tier, parts, evidence.slo, { long, short, and }, told);
}

function tierVerdict(
  tier: BurnTier,
  parts: readonly BudgetPart[],
  slo: JudgedSlo,
  { long, short, and }: Omit<Readings, 'gate'>,
  state: TierVerdict['state'],
): TierVerdict {
  const unit = unitOf(slo);
  return {
    name: tier.name,
    severity: tier.severity,
    state,
    longMs: tier.longMs,
    shortMs: tier.shortMs,
    threshold: tier.burn,
    longBurn: burnOfParts(long.counts, parts),
    shortBurn: burnOfParts(short.counts, parts),
    badEvents: badOfParts(long.counts) / unit,
    totalEvents: sumOfParts(long.counts).total / unit,
    coverage: Math.min(long.coverage, short.coverage),
    and,
  };
}

function required(windowMs: number, { slo, windows }: SloEvidence): WindowEvidence {
  const window = windows.get(windowMs);
  if (window === undefined) {
    throw new AppError({
      code: 'slo.window-missing',
      message: `The evidence for SLO ${slo.name} has no event count for the window of ${formatDuration(windowMs)}.`,
    });
  }
  return window;
}

/** What a tier is decided from. */
interface Readings {
  readonly long: WindowEvidence;
  readonly short: WindowEvidence;
  readonly and: boolean | null;
  /** Bad events that the long window must hold. Time slices have no such gate: each of them is a judgement already. */
  readonly gate: number;
}

function tierState(
  tier: BurnTier,
  parts: readonly BudgetPart[],
  { long, short, and, gate }: Readings,
): TierVerdict['state'] {
  if (long.coverage < MINIMUM_COVERAGE || short.coverage < MINIMUM_COVERAGE) {
    return 'frozen';
  }
  const longReached = partsReach(long.counts, parts, tier.burn);
  if (longReached === null) {
    return 'frozen';
  }
  if (!longReached || badOfParts(long.counts) < gate) {
    return 'ok';
  }
  const shortReached = partsReach(short.counts, parts, tier.burn);
  if (shortReached === null) {
    return 'frozen';
  }
  if (!shortReached || tier.and === null) {
    return shortReached ? 'firing' : 'ok';
  }
  return and === null ? 'frozen' : and ? 'firing' : 'ok';
}

/** How many counts make one event or slice, for showing. */
function unitOf({ budgeting }: JudgedSlo): number {
  return budgeting.method === 'RatioTimeslices' ? RATIO_UNIT : 1;
}

/** The tier with the shortest long window that has events: recent, yet steady enough for a forecast. */
function presentTier(tiers: readonly TierVerdict[]): TierVerdict | undefined {
  return tiers.filter((tier) => tier.longBurn !== null).sort((a, b) => a.longMs - b.longMs)[0];
}
