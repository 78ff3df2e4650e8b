import { oneMinus, toDecimal, type Decimal } from './decimal.js';
import type { SloDefinition } from './definition.js';
import { burnRateOf, reachesBurn } from './burn.js';
import { badEvents, countFault, type CountFault, type EventCount } from './event-count.js';

/** A share of the error budget's spending with a target of its own: a member of a composite, or the whole SLO. */
export interface BudgetPart {
  readonly target: number;
  readonly weight: number;
  /** `1 - target`, exactly. */
  readonly allowed: Decimal;
}

const partsOfSlo = new WeakMap<object, readonly BudgetPart[]>();

/** The parts that burn the budget of an SLO, one for each list of counts: its members, or all of them where time slices join them. */
export function budgetParts(
  slo: Pick<SloDefinition, 'budgeting' | 'members' | 'target'>,
): readonly BudgetPart[] {
  const known = partsOfSlo.get(slo);
  if (known !== undefined) {
    return known;
  }
  const parts = (
    slo.budgeting.method === 'Occurrences' ? slo.members : [{ target: slo.target, weight: 1 }]
  ).map(({ target, weight }) => ({ target, weight, allowed: oneMinus(toDecimal(target)) }));
  partsOfSlo.set(slo, parts);
  return parts;
}

/** Why the counts of all parts say nothing together: one contradicts itself, or none has events. */
export function countsFault(counts: readonly EventCount[]): CountFault | null {
  let silent = true;
  for (const count of counts) {
    const fault = countFault(count);
    if (fault === 'contradiction') {
      return fault;
    }
    silent &&= fault === 'no-events';
  }
  return silent ? 'no-events' : null;
}

/**
 * How many times faster than allowed the parts burn the budget together: the sum of their burn rates, each times its weight, as OpenSLO
 * defines composites. A part without events burns nothing.
 *
 * @returns `null` when the counts say nothing ({@link countsFault})
 */
export function burnOfParts(counts: readonly EventCount[], parts: readonly BudgetPart[]): number | null {
  const [count, part] = [counts[0], parts[0]];
  if (counts.length === 1 && count !== undefined && part !== undefined && part.weight === 1) {
    return burnRateOf(count, part.allowed);
  }
  return countsFault(counts) !== null
    ? null
    : parts.reduce((sum, { weight, allowed }, index) => {
        const each = counts[index];
        return sum + weight * ((each === undefined ? null : burnRateOf(each, allowed)) ?? 0);
      }, 0);
}

/** Whether the parts burn at least `burn` together, equality included; exact for a single part. `null` when the counts say nothing. */
export function partsReach(
  counts: readonly EventCount[],
  parts: readonly BudgetPart[],
  burn: number,
): boolean | null {
  const [count, part] = [counts[0], parts[0]];
  if (counts.length === 1 && count !== undefined && part !== undefined && part.weight === 1) {
    return reachesBurn(count, part.target, burn);
  }
  const together = burnOfParts(counts, parts);
  // The sum of a few quotients is off by a few units in the last place.
  return together === null ? null : together >= burn * (1 - 1e-12);
}

/** Good and total of all parts added up, for showing. */
export function sumOfParts(counts: readonly EventCount[]): EventCount {
  return counts.length === 1 && counts[0] !== undefined
    ? counts[0]
    : {
        good: counts.reduce((sum, { good }) => sum + good, 0),
        total: counts.reduce((sum, { total }) => sum + total, 0),
      };
}

/** Bad events of all parts. */
export function badOfParts(counts: readonly EventCount[]): number {
  return counts.reduce((sum, count) => sum + badEvents(count), 0);
}

/** A stretch of time whose budget is watched. Milliseconds since the epoch. */
export interface BudgetPeriod {
  readonly from: number;
  /** Ahead of the present in a calendar window. */
  readonly to: number;
}

/** What is left of the error budget of a period. */
export interface Budget {
  /** Share of good events in the period so far; `null` without usable events. */
  readonly sliValue: number | null;
  /** 1 is the whole budget, 0 none, negative is overspent; `null` without usable events. */
  readonly remaining: number | null;
}

/**
 * The budget after what was counted from the beginning of `period` to `now`.
 *
 * Spent share = burn rate of the period so far, times the part of the period that has passed. A rolling window has passed whole. In a
 * calendar window the budget is that of the whole period at the traffic so far: what comes is not known, and at the end of the period
 * the two agree.
 */
export function budgetOf(
  counts: readonly EventCount[],
  parts: readonly BudgetPart[],
  period: BudgetPeriod,
  now: number,
): Budget {
  const burn = burnOfParts(counts, parts);
  if (burn === null) {
    return { sliValue: null, remaining: null };
  }
  const { good, total } = sumOfParts(counts);
  const passed = Math.min(1, Math.max(0, (now - period.from) / (period.to - period.from)));
  return { sliValue: good / total, remaining: 1 - burn * passed };
}

/**
 * Milliseconds until the budget is gone if it keeps burning at `burn`: `remaining * period / burn`.
 *
 * What is already spent is subtracted. 0 when nothing is left. `null` when the burn is unknown, or when the budget outlasts the period:
 * in a rolling window every error of today has left it by then, in a calendar window a new budget begins.
 */
export function timeToExhaustion(
  remaining: number | null,
  burn: number | null,
  period: BudgetPeriod,
  now: number,
): number | null {
  if (remaining === null || burn === null) {
    return null;
  }
  if (remaining <= 0) {
    return 0;
  }
  const length = period.to - period.from;
  const left = period.to > now ? period.to - now : length;
  const time = burn > 0 ? (remaining / burn) * length : Infinity;
  return time > left ? null : time;
}
