import { formatDuration } from '@tidewatch/core';
import { MINIMUM_COVERAGE } from './minimum-coverage.js';
import type { JudgedSlo, SloDecision } from './slo-evidence.js';
import type { TierVerdict } from './verdict.js';

/** What the sentences are made from. */
export type Findings = {
  readonly slo: Pick<JudgedSlo, 'periodMs' | 'tiers' | 'window' | 'budgeting'>;
} & Pick<SloDecision, 'state' | 'tiers' | 'budgetRemaining' | 'frozenBecause' | 'period' | 'health'>;

/** The verdict as full sentences for a notification: numbers, limits and sample sizes, most important first. */
export function explain(findings: Findings): string {
  return sentences(findings)
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function sentences(findings: Findings): string[] {
  const { slo, state, tiers, budgetRemaining } = findings;
  const frozen = tiers.filter((tier) => tier.state === 'frozen');
  if (state === 'frozen') {
    return [frozenSentence(findings, frozen)];
  }
  const budget = budgetSentence(budgetRemaining, slo);
  if (state === 'breach') {
    const [worst, ...others] = tiers.filter((tier) => tier.state === 'firing').sort(bySeverity);
    return [
      worst === undefined ? '' : breachSentence(worst, eventsWord(slo)),
      othersSentence(others),
      budget,
    ];
  }
  const judged = tiers.filter((tier) => tier.state === 'ok');
  const gated = judged.find((tier) => minDefined(tier) >= tier.threshold && tier.and === null);
  const unless = judged.find((tier) => minDefined(tier) >= tier.threshold && tier.and === false);
  const minimum = slo.tiers.find((tier) => tier.name === gated?.name)?.minimumBadEvents ?? 0;
  const closest = judged.sort((a, b) => minDefined(b) / b.threshold - minDefined(a) / a.threshold)[0];
  return [
    gated !== undefined
      ? gatedSentence(gated, minimum)
      : closest === undefined
        ? ''
        : okSentence(closest, eventsWord(slo)),
    unless === undefined
      ? ''
      : `Tier ${unless.name} burns over its limit, and the condition that it asks for besides does not hold.`,
    budget,
    frozen.length === 0 ? '' : partlyFrozenSentence(frozen, findings),
  ];
}

function breachSentence(tier: TierVerdict, word: string): string {
  return `Burning the error budget ${burnText(tier.longBurn, tier.threshold)} times too fast over ${formatDuration(tier.longMs)} and ${burnText(tier.shortBurn, tier.threshold)} times over ${formatDuration(tier.shortMs)} (limit ${tier.threshold}): ${eventsText(tier, word)}.`;
}

function okSentence(tier: TierVerdict, word: string): string {
  const short =
    tier.shortBurn === null
      ? `with no usable events in the last ${formatDuration(tier.shortMs)}`
      : `and ${burnText(tier.shortBurn, tier.threshold)} times over ${formatDuration(tier.shortMs)}`;
  return `The error budget burns at ${burnText(tier.longBurn, tier.threshold)} times the allowed rate over ${formatDuration(tier.longMs)} ${short} (limit of tier ${tier.name}: ${tier.threshold}): ${eventsText(tier, word)}.`;
}

function gatedSentence(tier: TierVerdict, minimum: number): string {
  return `Too few failures to judge tier ${tier.name}: it burns ${burnText(tier.longBurn, tier.threshold)} times too fast over ${formatDuration(tier.longMs)} (limit ${tier.threshold}), but only ${eventsText(tier, 'event')} and the tier asks for at least ${minimum} bad ones.`;
}

function othersSentence(others: readonly TierVerdict[]): string {
  const names = others.map((tier) => tier.name);
  return names.length === 0 ? '' : `${tierList(names)} ${names.length === 1 ? 'fires' : 'fire'} too.`;
}

function frozenSentence(findings: Findings, frozen: readonly TierVerdict[]): string {
  const { frozenBecause, health, slo, period } = findings;
  const longest = formatDuration(Math.max(...frozen.map((tier) => tier.longMs)));
  switch (frozenBecause) {
    case 'not-evaluable':
      return `It cannot be judged: ${health[0]?.message ?? 'its events cannot be counted.'}`;
    case 'coverage':
      return `History is still being counted: ${percent(period.coverage)} of the period so far, so the burn rate is unknown.`;
    case 'stale':
      return `Data has stopped coming in, so the burn rate is unknown. ${partlyFrozenSentence(frozen, findings)}`.trimEnd();
    case 'no-events':
    case 'contradiction':
    case null:
      if (frozen.length === 0) {
        return `No ${eventsWord(slo)}s in the period, so the budget is unknown.`;
      }
      return frozen.every((tier) => tier.totalEvents === 0)
        ? `No ${eventsWord(slo)}s in the last ${longest}, the longest window of its tiers, so the burn rate is unknown.`
        : `The burn rate is unknown. ${partlyFrozenSentence(frozen, findings)}`;
  }
}

/** One sentence for each cause, in the order in which the causes hide each other. */
function partlyFrozenSentence(frozen: readonly TierVerdict[], { slo, period }: Findings): string {
  const uncovered = frozen.filter((tier) => tier.coverage < MINIMUM_COVERAGE);
  const covered = frozen.filter((tier) => tier.coverage >= MINIMUM_COVERAGE);
  const silent = covered.filter((tier) => tier.totalEvents === 0);
  const contradictory = covered.filter((tier) => tier.totalEvents > 0 && tier.longBurn === null);
  const known = covered.filter((tier) => tier.longBurn !== null);
  const stopped = known.filter((tier) => (tier.longBurn ?? 0) >= tier.threshold && tier.shortBurn === null);
  const conditional = known.filter((tier) => minDefined(tier) >= tier.threshold);
  const word = eventsWord(slo);
  const windows = (list: readonly TierVerdict[], key: 'longMs' | 'shortMs'): string =>
    [...new Set(list.map((tier) => formatDuration(tier[key])))].join(' and ');
  return [
    uncovered.length === 0
      ? ''
      : `${tierList(uncovered.map((tier) => tier.name))} cannot be judged yet: history is still being counted, ${percent(period.coverage)} of the period so far.`,
    silent.length === 0
      ? ''
      : `${tierList(silent.map((tier) => tier.name))} cannot be judged: no ${word}s over ${windows(silent, 'longMs')}.`,
    contradictory.length === 0
      ? ''
      : `${tierList(contradictory.map((tier) => tier.name))} cannot be judged: over ${windows(contradictory, 'longMs')} good and total contradict each other; check that both selectors count the same events.`,
    stopped.length === 0
      ? ''
      : `${tierList(stopped.map((tier) => tier.name))} cannot be judged: over the limit, but no usable events in the last ${windows(stopped, 'shortMs')} to tell whether it goes on.`,
    conditional.length === 0
      ? ''
      : `${tierList(conditional.map((tier) => tier.name))} cannot be judged: over the limit, but the condition asked for besides is unknown.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function budgetSentence(remaining: number | null, { window, periodMs }: Findings['slo']): string {
  const period = window.kind === 'rolling' ? formatDuration(periodMs) : 'this period';
  if (remaining === null) {
    return '';
  }
  return remaining >= 0
    ? `${percent(remaining)} of the error budget of ${period} is left.`
    : `The error budget of ${period} is overspent by ${percent(-remaining)}.`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** What an SLO counts, in the singular. */
function eventsWord({ budgeting }: Findings['slo']): string {
  return budgeting.method === 'Occurrences' ? 'event' : 'slice';
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

function eventsText({ badEvents, totalEvents }: TierVerdict, word: string): string {
  const total = `${countText(totalEvents)} ${word}${totalEvents === 1 ? '' : 's'}`;
  return `${countText(badEvents)} of ${total} ${badEvents === 1 ? 'was' : 'were'} bad`;
}

function countText(count: number): string {
  return COUNT.format(count);
}

/** Made once: to make one takes as long as to judge an SLO. */
const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });

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
