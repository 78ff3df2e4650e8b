import type { IncidentKey, Signal } from '@tidewatch/alerts';
import { formatDuration } from '@tidewatch/core';
import {
  detectionTime,
  groupLabels,
  type BudgetStep,
  type SloDecision,
  type SloDefinition,
  type TierVerdict,
} from '@tidewatch/slo';
import { isGroupOf, keyOfRule, speaksIn } from '../rule-key.js';
import { ruleFields } from '../signal-evidence.js';
import { sloAspect } from './slo-aspect.js';

/**
 * Name of what speaks for an SLO inside an incident: a tier, {@link NO_DATA}, or a step of its budget policy. Stable: it is stored.
 */
export function sloMember(slo: { readonly name: string }, speaker: string, group = ''): string {
  return `SLO/${slo.name}/${speaker}${group === '' ? '' : `/${group}`}`;
}

/** Takes the name of {@link sloMember} apart; `null` when it speaks for none of these SLOs. */
export function sloOfMember(
  member: string,
  slos: readonly SloDefinition[],
): { readonly slo: SloDefinition; readonly speaker: string; readonly group: string } | null {
  const [, name, speaker = '', group = ''] = /^SLO\/([^/]+)\/([^/]+)(?:\/(.*))?$/s.exec(member) ?? [];
  const slo = slos.find((each) => each.name === name);
  return slo === undefined ? null : { slo, speaker, group };
}

/** Whether `member` speaks for an SLO (or group of it) that is still in force, and in the incident of `key`. */
export function isSloMember(member: string, key: IncidentKey, slos: readonly SloDefinition[]): boolean {
  const found = sloOfMember(member, slos);
  if (found === null) {
    return false;
  }
  const { slo, speaker, group } = found;
  return (
    speakersOf(slo).includes(speaker) &&
    // Before the first group comes, the absence of all data is told of the whole.
    (isGroupOf(group, slo.groupBy) || (group === '' && speaker === NO_DATA)) &&
    speaksIn(key, slo, group)
  );
}

/** Whatever may speak for an SLO. */
function speakersOf({ tiers, noData, budgetPolicy }: SloDefinition): string[] {
  return [
    ...tiers.map(({ name }) => name),
    ...(noData === null ? [] : [NO_DATA]),
    ...budgetPolicy.filter(speaksOut).map(budgetSpeaker),
  ];
}

/** A freeze says nothing: it is read by `slo gate`. */
function speaksOut({ action }: BudgetStep): boolean {
  return action !== 'freeze';
}

/** The speaker for an SLO that cannot be judged. */
export const NO_DATA = 'no-data';

/** The speaker for a step of the error budget policy. */
export function budgetSpeaker({ spent }: BudgetStep): string {
  return `budget-${Number((spent * 100).toFixed(3))}`;
}

/** What the signals of an SLO need besides the verdict. */
export interface SignalContext {
  readonly now: number;
  /** Whether something speaks in an incident already: then it has to be told that it is over. */
  readonly isMember: (member: string) => boolean;
  /** Since when the SLO cannot be judged, milliseconds since the epoch; `null` while it can. */
  readonly silentSince: number | null;
  /** When each step of the budget policy that is reached was reached, by speaker; absent when long ago. */
  readonly reachedAt: ReadonlyMap<string, number>;
  /** Kind of the monitor of a name, for SLOs over verdicts. Default: none is known. */
  readonly monitorKind?: (name: string) => string | undefined;
}

/**
 * One signal for each tier that fires, or that takes part in an incident: tiers are members of the incident, so that one outage makes one
 * page. Then those for missing data and for the budget policy.
 *
 * Pages come first. When a page and a ticket tier begin to fire in the same round the incident opens as a page, and the
 * ticket tier joins it without a message of its own.
 */
export function sloSignals(slo: SloDefinition, decision: SloDecision, context: SignalContext): Signal[] {
  // Most SLOs are well most of the time: what nobody would hear is not put into words.
  const tiers = decision.tiers
    .filter((tier) => tier.state === 'firing' || context.isMember(sloMember(slo, tier.name, decision.group)))
    .sort((a, b) => Number(b.severity === 'page') - Number(a.severity === 'page'))
    .map((tier) => tierSignal(slo, decision, tier, context));
  return [...tiers, ...noDataSignal(slo, decision, context), ...policySignals(slo, decision, context)];
}

function tierSignal(
  slo: SloDefinition,
  decision: SloDecision,
  tier: TierVerdict,
  { now, monitorKind = () => undefined }: SignalContext,
): Signal {
  return {
    ...about(slo, decision, now),
    member: sloMember(slo, tier.name, decision.group),
    kind: 'SLO',
    tier: tier.name,
    severity: tier.severity,
    aspect: sloAspect(slo, monitorKind),
    condition: tier.state === 'firing' ? 'firing' : tier.state === 'ok' ? 'ok' : 'unknown',
    summary: `${title(slo, decision)}: ${tierSentence(slo, decision, tier)}`,
    facts: sloFacts(slo, decision, tier),
  };
}

/** What all signals of an SLO have in common. */
function about(
  slo: SloDefinition,
  { group }: SloDecision,
  now: number,
): Omit<Signal, 'member' | 'kind' | 'tier' | 'severity' | 'aspect' | 'condition' | 'summary' | 'facts'> {
  const labels = groupLabels(group);
  return {
    key: keyOfRule(slo, group),
    rule: slo.name,
    at: now,
    ...ruleFields(slo),
    labels: { ...slo.labels, ...labels },
    deploymentId: labels['deployment.id'] ?? '',
  };
}

function title(slo: SloDefinition, { group }: SloDecision): string {
  return group === '' ? slo.displayName : `${slo.displayName} (${group})`;
}

/** Shortest time without data that is worth a word: exporters restart, and networks hiccup. */
const LEAST_SILENCE_MS = 600_000;

/** How long an SLO must have been silent: as long as its most sensitive tier would take to see a total outage, or as the rule says. */
export function silenceLimit(slo: SloDefinition): number {
  const times = slo.tiers.map((tier) => detectionTime({ target: slo.target, errorRatio: 1, tier }) ?? 0);
  return (
    slo.noData?.afterMs ?? Math.max(LEAST_SILENCE_MS, ...(times.length === 0 ? [] : [Math.min(...times)]))
  );
}

function noDataSignal(slo: SloDefinition, decision: SloDecision, context: SignalContext): Signal[] {
  if (slo.noData === null) {
    return [];
  }
  const { silentSince, now } = context;
  const silentMs = silentSince === null ? 0 : now - silentSince;
  const firing = silentSince !== null && silentMs >= silenceLimit(slo);
  if (!firing && !context.isMember(sloMember(slo, NO_DATA, decision.group))) {
    return [];
  }
  const cause =
    decision.frozenBecause === 'not-evaluable'
      ? (decision.health[0]?.message ?? 'its events cannot be counted')
      : 'no usable events in the windows of its tiers';
  return [
    {
      ...about(slo, decision, now),
      member: sloMember(slo, NO_DATA, decision.group),
      kind: 'NoData',
      tier: NO_DATA,
      severity: slo.noData.severity,
      aspect: 'no-data',
      condition: firing ? 'firing' : 'ok',
      summary: `${title(slo, decision)}: cannot be judged for ${formatDuration(Math.floor(silentMs / 60_000) * 60_000)}: ${cause}`,
      facts: { SLO: slo.name, Cause: decision.frozenBecause ?? 'no-events' },
    },
  ];
}

/**
 * How long a step of the budget policy speaks. That the share was reached is news and no state: a budget may stay low for weeks, and an
 * incident that stayed open for it would swallow the next page.
 */
export const STEP_SPEAKS_MS = 1_800_000;

/** A message goes to whoever the route of kind `BudgetMessage` names, a ticket by the route of `BudgetPolicy`. */
function policySignals(
  slo: SloDefinition,
  decision: SloDecision,
  { now, isMember, reachedAt }: SignalContext,
): Signal[] {
  const left = decision.budgetRemaining;
  return slo.budgetPolicy
    .filter(speaksOut)
    .map((step) => ({ step, speaks: now - (reachedAt.get(budgetSpeaker(step)) ?? 0) < STEP_SPEAKS_MS }))
    .filter(({ step, speaks }) => speaks || isMember(sloMember(slo, budgetSpeaker(step), decision.group)))
    .map(({ step, speaks }) => ({
      ...about(slo, decision, now),
      member: sloMember(slo, budgetSpeaker(step), decision.group),
      kind: step.action === 'ticket' ? 'BudgetPolicy' : 'BudgetMessage',
      tier: budgetSpeaker(step),
      severity: 'ticket' as const,
      aspect: 'budget' as const,
      condition: speaks ? ('firing' as const) : ('ok' as const),
      summary: `${title(slo, decision)}: ${left === null ? 'an unknown share' : `${((1 - left) * 100).toFixed(1)} %`} of the error budget is spent, and its policy speaks from ${Number((step.spent * 100).toFixed(3))} % on.${step.message === '' ? '' : ` ${step.message}`}`,
      facts: { SLO: slo.name, 'Budget left': left === null ? 'unknown' : `${(left * 100).toFixed(1)} %` },
    }));
}

const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });

/** What one tier sees, in a sentence that stands on its own in a message. */
function tierSentence(slo: SloDefinition, decision: SloDecision, tier: TierVerdict): string {
  const burn = (value: number | null) => (value === null ? 'unknown' : value.toFixed(1));
  const count = (value: number) => COUNT.format(value);
  const left = decision.budgetRemaining;
  const period =
    slo.window.kind === 'rolling' ? `${formatDuration(slo.periodMs)} budget` : 'budget of this period';
  const budget =
    left === null
      ? 'The budget left is unknown.'
      : left < 0
        ? `The ${period} is overspent by ${(-left * 100).toFixed(0)} %.`
        : `${(left * 100).toFixed(1)} % of the ${period} is left.`;
  return (
    `error budget burns ${burn(tier.longBurn)} times too fast over ${formatDuration(tier.longMs)} ` +
    `and ${burn(tier.shortBurn)} times over ${formatDuration(tier.shortMs)} (limit ${tier.threshold}); ` +
    `${count(tier.badEvents)} of ${count(tier.totalEvents)} ${slo.budgeting.method === 'Occurrences' ? 'events' : 'slices'} were bad. ${budget}`
  );
}

function sloFacts(slo: SloDefinition, decision: SloDecision, tier: TierVerdict): Record<string, string> {
  const number = (value: number | null, digits: number) =>
    value === null ? 'unknown' : value.toFixed(digits);
  return {
    SLO: slo.name,
    ...(decision.group === '' ? {} : { Group: decision.group }),
    Tier: tier.name,
    Target: `${(slo.target * 100).toFixed(4).replace(/\.?0+$/, '')} %`,
    'Burn rate (long window)': number(tier.longBurn, 1),
    'Burn rate (short window)': number(tier.shortBurn, 1),
    Threshold: String(tier.threshold),
    'Bad events': `${tier.badEvents} of ${tier.totalEvents}`,
    'Budget left':
      decision.budgetRemaining === null ? 'unknown' : `${(decision.budgetRemaining * 100).toFixed(1)} %`,
    'Budget ends in':
      decision.timeToExhaustionMs === null
        ? 'not at this rate'
        : formatDuration(roundTime(decision.timeToExhaustionMs)),
  };
}

/** To full minutes: nobody plans by milliseconds. */
function roundTime(milliseconds: number): number {
  return Math.floor(milliseconds / 60_000) * 60_000;
}
