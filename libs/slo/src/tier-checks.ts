import { formatDuration } from '@tidewatch/core';
import { isReachableBurn, maximumBurn } from './burn.js';
import type { BurnTier } from './tiers.js';

const HOUR_MS = 3_600_000;

/** Events are counted in slices of this length; windows that fit in the six hours of fine slices must be made of whole ones. */
const FINE_SLICE_MS = 10_000;
/** Longer windows are read from slices of a minute. */
const FINE_WINDOW_MS = 6 * HOUR_MS;
const COARSE_SLICE_MS = 60_000;

/** What a tier has to suit. */
export interface TierTerms {
  /** Share of good events (or slices) asked for, in (0, 1). */
  readonly target: number;
  /** Length of the SLO's window, in milliseconds. */
  readonly periodMs: number;
  /** Length of the time slices that the budget is counted in; `null` when it is counted in events. */
  readonly sliceMs: number | null;
}

/** What a window of this length must be a multiple of, in milliseconds: whole slices, of the budget as well as of the store. */
export function grainOf(windowMs: number, sliceMs: number | null): number {
  const stored = windowMs > FINE_WINDOW_MS ? COARSE_SLICE_MS : FINE_SLICE_MS;
  let grain = sliceMs ?? stored;
  while (grain % stored !== 0) {
    grain += sliceMs ?? stored;
  }
  return grain;
}

/** Everything that keeps one well-formed tier from working, as sentences that start with its name. */
export function tierFaults(tier: BurnTier, { target, periodMs, sliceMs }: TierTerms): string[] {
  const faults: string[] = [];
  if (!isReachableBurn(tier.burn, target)) {
    faults.push(`could never fire: ${reachMessage(tier, target)}`);
  }
  if (tier.shortMs >= tier.longMs) {
    faults.push(
      `has a short window of ${formatDuration(tier.shortMs)} that is not shorter than its long window of ${formatDuration(tier.longMs)}; a twelfth is usual`,
    );
  }
  if (tier.longMs > periodMs) {
    faults.push(
      `has a long window of ${formatDuration(tier.longMs)}, longer than the time window of ${formatDuration(periodMs)} whose budget it watches`,
    );
  }
  for (const windowMs of [tier.longMs, tier.shortMs]) {
    const grain = grainOf(windowMs, sliceMs);
    if (windowMs % grain !== 0) {
      faults.push(
        `has a window of ${formatDuration(windowMs)}, which is not a multiple of the ${formatDuration(grain)} slices that ${sliceMs === null ? 'events are' : 'the budget is'} counted in`,
      );
    }
  }
  return faults.map((fault) => `tier ${tier.name} ${fault}`);
}

/** Why a burn rate can never be reached, with the one that a total outage has. */
export function reachMessage(tier: BurnTier, target: number): string {
  const maximum = Number(maximumBurn(target).toPrecision(4));
  return `its burn is ${tier.burn}, and with a target of ${target} a total outage burns ${maximum} times too fast, which is the maximum`;
}

/** One message for each name that several tiers have. */
export function duplicateTiers(tiers: readonly BurnTier[]): string[] {
  return tiers
    .filter((tier, index) => tiers.findIndex((other) => other.name === tier.name) < index)
    .map((tier) => `two tiers are named ${tier.name}; give each its own name`);
}
