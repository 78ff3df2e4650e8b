import type { Signal } from '@tidewatch/alerts';
import type { DriftMonitor, MonitorSummary } from '@tidewatch/drift';
import type { SloDefinition, SloVerdict, TierVerdict } from '@tidewatch/slo';

const PROJECT = 'default';

/** Name of an SLO's tier inside an incident. Stable: it is stored. */
export function sloMember(slo: SloDefinition, tier: { readonly name: string }): string {
  return `SLO/${slo.name}/${tier.name}`;
}

/** Name of a drift monitor inside an incident. Stable: it is stored. */
export function driftMember(monitor: DriftMonitor): string {
  return `DriftMonitor/${monitor.name}`;
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
    key: { project: PROJECT, service: slo.service, region: slo.region, model: slo.model },
    member: sloMember(slo, tier),
    kind: 'SLO',
    rule: slo.name,
    tier: tier.name,
    severity: tier.severity,
    condition: tier.state === 'firing' ? 'firing' : tier.state === 'ok' ? 'ok' : 'unknown',
    at: now,
    summary: `${slo.displayName}: ${verdict.reason}`,
    facts: sloFacts(slo, verdict, tier),
    owner: slo.owner,
    runbook: slo.runbook,
    deploymentId: '',
  }));
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
export function driftSignal(monitor: DriftMonitor, summary: MonitorSummary, now: number): Signal {
  return {
    key: { project: PROJECT, service: monitor.service, region: monitor.region, model: monitor.model },
    member: driftMember(monitor),
    kind: 'DriftMonitor',
    rule: monitor.name,
    tier: '',
    severity: monitor.severity,
    condition:
      summary.state === 'alarm'
        ? 'firing'
        : summary.state === 'ok' || summary.state === 'watch'
          ? 'ok'
          : 'unknown',
    at: now,
    summary: `${monitor.name}: ${summary.headline}`,
    facts: {
      Monitor: monitor.name,
      Model: monitor.model,
      Explanation: summary.reason,
    },
    owner: monitor.owner,
    runbook: monitor.runbook,
    deploymentId: '',
  };
}
