import { budgetParts } from '../budget.js';
import { detectionTime, errorBudget, resetTime } from '../burn.js';
import type { SloDefinition } from '../definition.js';
import type { BurnTier } from '../tiers.js';

/** The shares of bad events that a plan speaks of unless told otherwise: from a total outage to a slow leak. */
export const PLAN_ERROR_RATIOS: readonly number[] = Object.freeze([
  1, 0.5, 0.15, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.0011,
]);

/** What a plan is made from. */
export type PlannedSlo = Pick<
  SloDefinition,
  'name' | 'target' | 'periodMs' | 'budgeting' | 'members' | 'tiers'
>;

/** How a plan is made. */
export interface PlanOptions {
  /** Shares of bad events in (0, 1]; default {@link PLAN_ERROR_RATIOS}. */
  readonly errorRatios?: readonly number[];
  /** Traffic in events per second: brings in how long the minimum of bad events takes. Without it that is left out. */
  readonly eventsPerSecond?: number;
}

/** What one tier does at one error ratio. */
export interface PlanCell {
  readonly tier: string;
  /** Milliseconds from the start of the errors until the tier fires; `null`: never. */
  readonly firesAfterMs: number | null;
  /** Milliseconds from the end of the errors until it clears; `null` when it never fires. */
  readonly resetsAfterMs: number | null;
  /** Share of a full budget that is spent by the time it fires; `null` when it never does. */
  readonly spent: number | null;
  /** The tier would fire by its burn rates, and its minimum of bad events makes it later (`later`) or keeps it from firing (`never`). */
  readonly gated: 'later' | 'never' | null;
}

/** What happens at one error ratio. */
export interface PlanRow {
  /** Share of events that are bad. */
  readonly errorRatio: number;
  /** How many times too fast the budget burns. */
  readonly burn: number;
  /** Milliseconds in which a full budget is gone at this ratio; `null` when it lasts the period. */
  readonly exhaustedAfterMs: number | null;
  /** In the order of the SLO's tiers. */
  readonly cells: readonly PlanCell[];
}

/** When the tiers of an SLO would speak up, and what that costs. */
export interface PlanTable {
  readonly slo: string;
  readonly target: number;
  readonly periodMs: number;
  readonly tiers: readonly BurnTier[];
  readonly rows: readonly PlanRow[];
}

/**
 * When each tier of an SLO would fire and clear at constant error ratios after a clean history, how much of the budget is spent by then,
 * and how long a full budget lasts.
 *
 * By the closed forms of The Site Reliability Workbook, chapter 5 ({@link detectionTime}, {@link resetTime}), at constant traffic; the hold of a
 * tier and, where the traffic is known, its minimum of bad events come on top. Evaluation steps are not part of it: a tier is
 * evaluated every {@link BurnTier.everyMs}, and fires at the first evaluation from then on. An SLO of good and bad time slices
 * sees only whether the ratio makes a slice bad, and sees that when the slice is over. All members of a composite fail alike.
 */
export function planTable(slo: PlannedSlo, options: PlanOptions = {}): PlanTable {
  const { errorRatios = PLAN_ERROR_RATIOS, eventsPerSecond } = options;
  const target = commonTarget(slo);
  const rows = errorRatios.map((errorRatio): PlanRow => {
    const badShare = badShareOf(slo, errorRatio);
    const burn = badShare / errorBudget(target);
    return {
      errorRatio,
      burn,
      // A burn of 1 ends with the period; doubles may miss it by a few units in the last place.
      exhaustedAfterMs: burn < 1 - 1e-12 ? null : slo.periodMs / burn,
      cells: slo.tiers.map((tier) =>
        planCell({ slo, target, badShare, perMs: unitsPerMs(slo, eventsPerSecond) }, tier),
      ),
    };
  });
  return { slo: slo.name, target: slo.target, periodMs: slo.periodMs, tiers: slo.tiers, rows };
}

/** The target of a single SLO that burns as the parts of this one do together. */
function commonTarget(slo: PlannedSlo): number {
  const parts = budgetParts(slo);
  const [only] = parts;
  return parts.length === 1 && only?.weight === 1
    ? only.target
    : 1 - 1 / parts.reduce((sum, { target, weight }) => sum + weight / errorBudget(target), 0);
}

/** The share of whatever the budget is spent in that is bad at an error ratio. */
function badShareOf({ budgeting }: PlannedSlo, errorRatio: number): number {
  if (budgeting.method !== 'Timeslices') {
    return errorRatio;
  }
  return 1 - errorRatio < budgeting.sliceTarget ? 1 : 0;
}

/** Events or slices in a millisecond; `undefined` where that is not known or nothing is counted in whole units. */
function unitsPerMs({ budgeting }: PlannedSlo, eventsPerSecond: number | undefined): number | undefined {
  switch (budgeting.method) {
    case 'Occurrences':
      return eventsPerSecond === undefined ? undefined : eventsPerSecond / 1_000;
    case 'Timeslices':
      return 1 / budgeting.sliceMs;
    case 'RatioTimeslices':
      return undefined;
  }
}

interface PlanCase {
  readonly slo: PlannedSlo;
  readonly target: number;
  /** Share that is bad of what the budget is spent in. */
  readonly badShare: number;
  /** How much of it there is in a millisecond. */
  readonly perMs: number | undefined;
}

function planCell({ slo, target, badShare, perMs }: PlanCase, tier: BurnTier): PlanCell {
  const question = { target, errorRatio: badShare, tier };
  const never: PlanCell = {
    tier: tier.name,
    firesAfterMs: null,
    resetsAfterMs: null,
    spent: null,
    gated: null,
  };
  const burns = detectionTime(question);
  if (burns === null) {
    return never;
  }
  const gate = perMs === undefined ? 0 : tier.minimumBadEvents / (badShare * perMs);
  if (gate > tier.longMs) {
    return { ...never, gated: 'never' };
  }
  const fires = wholeSlices(slo, Math.max(burns, gate)) + tier.holdMs;
  return {
    tier: tier.name,
    firesAfterMs: fires,
    resetsAfterMs: resetTime(question),
    spent: ((badShare / errorBudget(target)) * fires) / slo.periodMs,
    gated: gate > burns ? 'later' : null,
  };
}

/** A slice of time is known when it is over. */
function wholeSlices({ budgeting }: PlannedSlo, milliseconds: number): number {
  return budgeting.method === 'Occurrences'
    ? milliseconds
    : // Half a millionth of a slice: what is a whole number of slices by hand must not become one more by rounding.
      Math.ceil(milliseconds / budgeting.sliceMs - 5e-7) * budgeting.sliceMs;
}
