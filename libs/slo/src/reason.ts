import { formatDuration } from '@tidewatch/core';
import type { BurnTier } from './tiers.js';
import type { SloVerdict, TierVerdict } from './verdict.js';

/** What the sentences are made from. */
export interface Findings {
  readonly slo: { readonly periodMs: number; readonly tiers: readonly BurnTier[] };
  readonly state: SloVerdict['state'];
  readonly tiers: readonly TierVerdict[];
  readonly budgetRemaining: number | null;
}

/** The verdict as full sentences for a notification: numbers, limits and sample sizes, most important first. */
export function explain(findings: Findings): string {
  return sentences(findings)
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function sentences({ slo, state, tiers, budgetRemaining }: Findings): string[] {
  const frozen = tiers.filter((tier) => tier.state === 'frozen');
  if (state === 'frozen') {
    return [frozenSentence(frozen)];
  }
  const budget = budgetSentence(budgetRemaining, slo.periodMs);
  if (state === 'breach') {
    const [worst, ...others] = tiers.filter((tier) => tier.state === 'firing').sort(bySeverity);
    return [worst === undefined ? '' : breachSentence(worst), othersSentence(others), budget];
  }
  const judged = tiers.filter((tier) => tier.state === 'ok');
  const gated = judged.find((tier) => minDefined(tier) >= tier.threshold);
  const minimum = slo.tiers.find((tier) => tier.name === gated?.name)?.minimumBadEvents ?? 0;
  const closest = judged.sort((a, b) => minDefined(b) / b.threshold - minDefined(a) / a.threshold)[0];
  return [
    gated !== undefined ? gatedSentence(gated, minimum) : closest === undefined ? '' : okSentence(closest),
    budget,
    frozen.length === 0 ? '' : partlyFrozenSentence(frozen),
  ];
}

function breachSentence(tier: TierVerdict): string {
  return `Burning the error budget ${burnText(tier.longBurn, tier.threshold)} times too fast over ${formatDuration(tier.longMs)} and ${burnText(tier.shortBurn, tier.threshold)} times over ${formatDuration(tier.shortMs)} (limit ${tier.threshold}): ${eventsText(tier)}.`;
}

function okSentence(tier: TierVerdict): string {
  const short =
    tier.shortBurn === null
      ? `with no usable events in the last ${formatDuration(tier.shortMs)}`
      : `and ${burnText(tier.shortBurn, tier.threshold)} times over ${formatDuration(tier.shortMs)}`;
  return `The error budget burns at ${burnText(tier.longBurn, tier.threshold)} times the allowed rate over ${formatDuration(tier.longMs)} ${short} (limit of tier ${tier.name}: ${tier.threshold}): ${eventsText(tier)}.`;
}

function gatedSentence(tier: TierVerdict, minimum: number): string {
  return `Too few failures to judge tier ${tier.name}: it burns ${burnText(tier.longBurn, tier.threshold)} times too fast over ${formatDuration(tier.longMs)} (limit ${tier.threshold}), but only ${eventsText(tier)} and the tier asks for at least ${minimum} bad ones.`;
}

function othersSentence(others: readonly TierVerdict[]): string {
  const names = others.map((tier) => tier.name);
  return names.length === 0 ? '' : `${tierList(names)} ${names.length === 1 ? 'fires' : 'fire'} too.`;
}

function frozenSentence(frozen: readonly TierVerdict[]): string {
  const silent = frozen.filter((tier) => tier.totalEvents === 0);
  const longest = Math.max(...frozen.map((tier) => tier.longMs));
  return silent.length === frozen.length
    ? `No events in the last ${formatDuration(longest)}, the longest window of its tiers, so the burn rate is unknown.`
    : `The burn rate is unknown. ${partlyFrozenSentence(frozen)}`;
}

/** One sentence for each cause, in the order in which the causes hide each other. */
function partlyFrozenSentence(frozen: readonly TierVerdict[]): string {
  const silent = frozen.filter((tier) => tier.totalEvents === 0);
  const contradictory = frozen.filter((tier) => tier.totalEvents > 0 && tier.longBurn === null);
  const stopped = frozen.filter((tier) => tier.longBurn !== null);
  const windows = (list: readonly TierVerdict[], key: 'longMs' | 'shortMs'): string =>
    [...new Set(list.map((tier) => formatDuration(tier[key])))].join(' and ');
  return [
    silent.length === 0
      ? ''
      : `${tierList(silent.map((tier) => tier.name))} cannot be judged: no events over ${windows(silent, 'longMs')}.`,
    contradictory.length === 0
      ? ''
      : `${tierList(contradictory.map((tier) => tier.name))} cannot be judged: over ${windows(contradictory, 'longMs')} good and total contradict each other; check that both selectors count the same events.`,
    stopped.length === 0
      ? ''
      : `${tierList(stopped.map((tier) => tier.name))} cannot be judged: over the limit, but no usable events in the last ${windows(stopped, 'shortMs')} to tell whether it goes on.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function budgetSentence(remaining: number | null, periodMs: number): string {
  const period = formatDuration(periodMs);
  if (remaining === null) {
    return '';
  }
  return remaining >= 0
    ? `${(remaining * 100).toFixed(1)} % of the error budget of ${period} is left.`
    : `The error budget of ${period} is overspent by ${(-remaining * 100).toFixed(1)} %.`;
}

/** Pages before tickets, then the fastest burn. */
function bySeverity(a: TierVerdict, b: TierVerdict): number {
  return a.severity === b.severity ? b.threshold - a.threshold : a.severity === 'page' ? -1 : 1;
}

/** The burn that decides: a tier is as far from firing as its better window. */
function minDefined(tier: TierVerdict): number {
  return Math.min(tier.longBurn ?? 0, tier.shortBurn ?? 0);
}

function tierList(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length === 1 ? `Tier ${last}` : `Tiers ${names.slice(0, -1).join(', ')} and ${last}`;
}

function eventsText({ badEvents, totalEvents }: TierVerdict): string {
  const total = `${countText(totalEvents)} event${totalEvents === 1 ? '' : 's'}`;
  return `${countText(badEvents)} of ${total} ${badEvents === 1 ? 'was' : 'were'} bad`;
}

function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** One decimal, and more where rounding would show a burn below the limit as one that reaches it. */
function burnText(burn: number | null, limit: number): string {
  if (burn === null) {
    return 'an unknown number of';
  }
  let digits = 1;
  while (digits < 6 && burn < limit && Number(burn.toFixed(digits)) >= limit) {
    digits += 1;
  }
  return burn.toFixed(digits);
}
