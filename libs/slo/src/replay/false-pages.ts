import { badOfParts, budgetParts, partsReach, type BudgetPart } from '../budget.js';
import type { SliceCount } from '../counting/slice-count.js';
import type { EventCount } from '../event-count.js';
import type { JudgedSlo } from '../slo-evidence.js';
import type { BurnTier } from '../tiers.js';
import { SliceSums } from './slice-sums.js';

const SLICE_MS = 10_000;
const HOUR_MS = 3_600_000;

/** A healthy service: requests come at random, and each fails with the same small chance. */
export interface HealthyTraffic {
  readonly requestsPerHour: number;
  /** Chance that a request fails. */
  readonly errorRatio: number;
  /** In milliseconds, a multiple of 10 s; the traffic begins at time 0. */
  readonly lengthMs: number;
}

/**
 * Poisson arrivals in slices of ten seconds; slices without requests are left out.
 *
 * Gaps between requests are exponential, and numbers of good requests between two bad ones are geometric: both by inversion.
 *
 * @param random uniform in [0, 1)
 */
export function healthySlices(traffic: HealthyTraffic, random: () => number): SliceCount[] {
  const { requestsPerHour, errorRatio, lengthMs } = traffic;
  const meanGapMs = HOUR_MS / requestsPerHour;
  const badLog = Math.log1p(-errorRatio);
  const goodBeforeBad = (): number => Math.floor(Math.log1p(-random()) / badLog);
  const slices: { start: number; good: number; total: number }[] = [];
  let untilBad = goodBeforeBad();
  let slice = { start: -1, good: 0, total: 0 };
  for (let at = 0; ;) {
    at -= Math.log1p(-random()) * meanGapMs;
    if (at >= lengthMs) {
      return slices;
    }
    const start = at - (at % SLICE_MS);
    if (start !== slice.start) {
      slice = { start, good: 0, total: 0 };
      slices.push(slice);
    }
    slice.total += 1;
    if (untilBad === 0) {
      untilBad = goodBeforeBad();
    } else {
      untilBad -= 1;
      slice.good += 1;
    }
  }
}

/**
 * How often each tier of an SLO of occurrences begins to fire when it is judged every ten seconds, at the ends of slices after `from` and
 * until `to`. A frozen tier neither begins nor ends.
 *
 * Gives what {@link replaySlo} gives without a keep-firing time. Steps at which a tier cannot begin to fire, because its short window holds no
 * bad event, are passed over.
 *
 * @param slices of ten seconds, ascending, from `from` less the longest window on
 * @returns one number for each tier
 */
export function firingEdges(
  slo: JudgedSlo,
  slices: readonly SliceCount[],
  range: { readonly from: number; readonly to: number },
): number[] {
  const [part] = budgetParts(slo);
  if (part === undefined || slo.tiers.length === 0) {
    return slo.tiers.map(() => 0);
  }
  const history = { from: range.from - Math.max(...slo.tiers.map(({ longMs }) => longMs)), to: range.to };
  const sums = new SliceSums(history, SLICE_MS, [{ slices, delayMs: 0 }]);
  const bad = slices.filter(({ good, total }) => good < total).map(({ start }) => start);
  return slo.tiers.map((tier) => tierEdges(tier, part, { sums, bad, range }));
}

interface Course {
  readonly sums: SliceSums;
  /** Beginnings of the slices with bad events. */
  readonly bad: readonly number[];
  readonly range: { readonly from: number; readonly to: number };
}

function tierEdges(tier: BurnTier, part: BudgetPart, { sums, bad, range }: Course): number {
  let edges = 0;
  let firing = false;
  let next = 0;
  for (let at = range.from + SLICE_MS; at <= range.to; at += SLICE_MS) {
    if (!firing) {
      while ((bad[next] ?? Infinity) < at - tier.shortMs) {
        next += 1;
      }
      at = Math.max(at, (bad[next] ?? Infinity) + SLICE_MS);
      if (at > range.to) {
        break;
      }
    }
    const state = stateAt(tier, part, sums, at);
    edges += state === 'firing' && !firing ? 1 : 0;
    firing = state === 'firing' || (firing && state === 'frozen');
  }
  return edges;
}

/** The decision of {@link decideSlo} about one tier whose windows are covered. */
function stateAt(tier: BurnTier, part: BudgetPart, sums: SliceSums, at: number): 'firing' | 'ok' | 'frozen' {
  const reached = (count: EventCount): boolean | null => partsReach([count], [part], tier.burn);
  const long = sums.between(at - tier.longMs, at);
  if (badOfParts([long]) < tier.minimumBadEvents && long.total > 0) {
    return 'ok';
  }
  const longReached = reached(long);
  if (longReached !== true) {
    return longReached === null ? 'frozen' : 'ok';
  }
  const shortReached = reached(sums.between(at - tier.shortMs, at));
  return shortReached === null ? 'frozen' : shortReached ? 'firing' : 'ok';
}
