import type { Signal } from '@tidewatch/alerts';
import { formatDuration } from '@tidewatch/core';
import { titleOf, type MonitorSummary } from '@tidewatch/drift';
import type { SloDefinition, SloVerdict, TierVerdict } from '@tidewatch/slo';
import type { ScheduledMonitor } from './monitor-runner.js';
import { projectOfRule } from './rule-project.js';

/** Name of an SLO's tier inside an incident. Stable: it is stored. */
export function sloMember(slo: SloDefinition, tier: { readonly name: string }): string {
  return `SLO/${slo.name}/${tier.name}`;
}

/** Name of a monitor inside an incident. Stable: it is stored. */
export function monitorMember(monitor: { readonly kind: string; readonly name: string }): string {
  return `${monitor.kind}/${monitor.name}`;
}

/**
 * One signal per tier: tiers are members of the incident, so that one outage makes one page.
 *
 * Pages come first. When a page and a ticket tier begin to fire in the same round the incident opens as a page, and the
 * ticket tier joins it without a message of its own.
 */
export function sloSignals(slo: SloDefinition, verdict: SloVerdict, now: number): Signal[] {
  const tiers = verdict.tiers.toSorted(
    (a, b) => Number(b.severity === 'page') - Number(a.severity === 'page'),
  );
  return tiers.map((tier) => ({
    key: { project: projectOfRule(slo), service: slo.service, region: slo.region, model: slo.model },
    member: sloMember(slo, tier),
    kind: 'SLO',
    rule: slo.name,
    tier: tier.name,
    severity: tier.severity,
    condition: tier.state === 'firing' ? 'firing' : tier.state === 'ok' ? 'ok' : 'unknown',
    at: now,
    summary: `${slo.displayName}: ${tierSentence(verdict, tier)}`,
    facts: sloFacts(slo, verdict, tier),
    owner: slo.owner,
    runbook: slo.runbook,
    deploymentId: '',
  }));
}

/** What one tier sees, in a sentence that stands on its own in a message. */
function tierSentence(verdict: SloVerdict, tier: TierVerdict): string {
  const burn = (value: number | null) => (value === null ? 'unknown' : value.toFixed(1));
  const count = (value: number) => value.toLocaleString('en-US');
  const left = verdict.budgetRemaining;
  const budget =
    left === null
      ? 'The budget left is unknown.'
      : left < 0
        ? `The ${formatDuration(verdict.period.ms)} budget is overspent by ${(-left * 100).toFixed(0)} %.`
        : `${(left * 100).toFixed(1)} % of the ${formatDuration(verdict.period.ms)} budget is left.`;
  return (
    `error budget burns ${burn(tier.longBurn)} times too fast over ${formatDuration(tier.longMs)} ` +
    `and ${burn(tier.shortBurn)} times over ${formatDuration(tier.shortMs)} (limit ${tier.threshold}); ` +
    `${count(tier.badEvents)} of ${count(tier.totalEvents)} events were bad. ${budget}`
  );
}

function sloFacts(slo: SloDefinition, verdict: SloVerdict, tier: TierVerdict): Record<string, string> {
  const number = (value: number | null, digits: number) =>
    value === null ? 'unknown' : value.toFixed(digits);
  return {
    SLO: slo.name,
    Tier: tier.name,
    Target: `${(slo.target * 100).toFixed(4).replace(/\.?0+$/, '')} %`,
    'Burn rate (long window)': number(tier.longBurn, 1),
    'Burn rate (short window)': number(tier.shortBurn, 1),
    Threshold: String(tier.threshold),
    'Bad events': `${tier.badEvents} of ${tier.totalEvents}`,
    'Budget left':
      verdict.budgetRemaining === null ? 'unknown' : `${(verdict.budgetRemaining * 100).toFixed(1)} %`,
  };
}

/** One signal per monitor: fifty drifting features are one ticket. */
export function monitorSignal(monitor: ScheduledMonitor, summary: MonitorSummary, now: number): Signal {
  const { service, region, model } = monitor.population;
  return {
    key: { project: projectOfRule(monitor), service, region, model },
    member: monitorMember(monitor),
    kind: monitor.kind,
    rule: monitor.name,
    tier: '',
    severity: monitor.severity,
    condition: conditionOf(summary),
    at: now,
    summary: `${monitor.name}: ${summary.headline}`,
    facts: { Monitor: monitor.name, Model: model, ...alarmFacts(summary), Explanation: summary.reason },
    owner: monitor.owner,
    runbook: monitor.runbook,
    deploymentId: '',
  };
}

function conditionOf({ state }: MonitorSummary): Signal['condition'] {
  return state === 'alarm' ? 'firing' : state === 'ok' || state === 'watch' ? 'ok' : 'unknown';
}

/** The numbers of the largest effect by name, for channels that show fields. */
function alarmFacts({ state, top: [worst] }: MonitorSummary): Record<string, string> {
  if (state !== 'alarm' || worst === undefined) {
    return {};
  }
  const number = (value: number | null): string =>
    value === null ? 'unknown' : Number(value.toPrecision(3)).toString();
  const segment = worst.explanation?.smallest?.segment;
  return {
    Feature: titleOf(worst),
    Segment: segment ?? (worst.segment ? worst.segment : 'all samples'),
    Effect: `${number(worst.statistic)} (95 % interval ${number(worst.statisticLow)} to ${number(worst.statisticHigh)}), ${worst.effectName}`,
    Baseline: `${worst.baseline}${worst.baselineVersion === 0 ? '' : ` version ${worst.baselineVersion}`}`,
    'p and alpha': `${number(worst.pAdjusted)} below ${number(worst.alpha)}`,
  };
}
