import type { Signal } from '@tidewatch/alerts';
import { titleOf, type MonitorSummary } from '@tidewatch/drift';
import type { ScheduledMonitor } from './monitor-runner.js';
import { projectOfRule } from './rule-project.js';

/** Name of a monitor inside an incident. Stable: it is stored. */
export function monitorMember(monitor: { readonly kind: string; readonly name: string }): string {
  return `${monitor.kind}/${monitor.name}`;
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
