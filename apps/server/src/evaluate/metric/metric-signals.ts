import type { IncidentKey, Signal } from '@tidewatch/alerts';
import {
  groupLabels,
  shortNumber,
  type CostModel,
  type CostVerdict,
  type MetricMonitor,
  type MetricMonitorVerdict,
} from '@tidewatch/slo';
import type { PolicedSignal } from '../../notify/incident-manager.js';
import { ruleFields } from '../signal-evidence.js';
import { policyOfRule } from '../signal-policy.js';
import { monitorMember } from '../signals.js';
import { isGroupOf, keyOfRule, speaksIn } from '../rule-key.js';

/** Name of a group of a metric monitor inside an incident. Stable: it is stored. */
export function metricMember(
  monitor: { readonly kind: string; readonly name: string },
  group: string,
): string {
  return `${monitorMember(monitor)}${group === '' ? '' : `/${group}`}`;
}

/** Whether `member` speaks for a metric monitor or cost model that is in force, in the way it speaks now, and in the incident of `key`. */
export function isMetricMember(
  member: string,
  key: IncidentKey,
  rules: { readonly metricMonitors: readonly MetricMonitor[]; readonly costModels: readonly CostModel[] },
): boolean {
  return (
    rules.costModels.some(
      (costs) => costs.guardrail !== null && monitorMember(costs) === member && speaksIn(key, costs),
    ) || rules.metricMonitors.some((monitor) => speaks(monitor) && saysOf(monitor, member, key))
  );
}

/** Whether `member` is a group of the monitor, and the incident of `key` its own. */
function saysOf(monitor: MetricMonitor, member: string, key: IncidentKey): boolean {
  const own = monitorMember(monitor);
  if (member !== own && !member.startsWith(`${own}/`)) {
    return false;
  }
  const group = member.slice(own.length + 1);
  return isGroupOf(group, monitor.groupBy) && speaksIn(key, monitor, group);
}

/** A monitor that only warns is shown, and opens nothing. */
function speaks({ levels }: MetricMonitor): boolean {
  return levels.some(({ level }) => level !== 'warn');
}

/**
 * What a verdict says to alerting. The hold time is part of the verdict. A group of which nothing has been heard for so long that it
 * is judged no more leaves at once: nobody would ever say again that it is well.
 */
export function metricSignals(
  monitor: MetricMonitor,
  verdicts: readonly MetricMonitorVerdict[],
  now: number,
): PolicedSignal[] {
  if (!speaks(monitor)) {
    return [];
  }
  const pages = monitor.levels.some(({ level }) => level === 'page');
  return verdicts.map((verdict) => {
    const severity = verdict.severity === '' ? (pages ? 'page' : 'ticket') : verdict.severity;
    const isGone = verdict.state === 'ok' && verdict.levels.length === 0;
    const labels = groupLabels(verdict.group);
    return {
      signal: {
        key: keyOfRule(monitor, verdict.group),
        member: metricMember(monitor, verdict.group),
        kind: monitor.kind,
        rule: monitor.name,
        tier: '',
        severity,
        aspect: 'availability',
        condition: verdict.condition,
        at: now,
        summary: `${title(monitor, verdict)}: ${verdict.reason}`,
        facts: monitorFacts(monitor, verdict),
        ...ruleFields(monitor),
        labels: { ...monitor.labels, ...labels },
        deploymentId: labels['deployment.id'] ?? '',
      },
      policy: policyOfRule(severity, {
        holdMs: 0,
        keepFiringMs: isGone ? 0 : keepFiringOf(monitor, severity),
      }),
    };
  });
}

/** `null`: what is usual for the severity. */
function keepFiringOf({ levels }: MetricMonitor, severity: Signal['severity']): number | null {
  return levels.find(({ level }) => level === severity)?.keepFiringMs ?? null;
}

function title({ name, description }: MetricMonitor, { group }: MetricMonitorVerdict): string {
  const words = description === '' ? name : description;
  return group === '' ? words : `${words} (${group})`;
}

function monitorFacts(
  monitor: MetricMonitor,
  { group, level, levels }: MetricMonitorVerdict,
): Record<string, string> {
  const decisive = levels.find((each) => each.level === level);
  const measured = (decisive?.comparisons ?? []).map(({ measure, value, limit }): [string, string] => [
    measure,
    `${value === null ? 'unknown' : shortNumber(value)} (limit ${limit === null ? 'unknown' : shortNumber(limit)})`,
  ]);
  return {
    Monitor: monitor.name,
    ...(group === '' ? {} : { Group: group }),
    ...(level === null ? {} : { Level: level }),
    ...Object.fromEntries(measured),
  };
}

/** What the guardrail of a cost model says to alerting: a ticket, or nothing without one. */
export function costSignals(costs: CostModel, verdict: CostVerdict, now: number): PolicedSignal[] {
  if (costs.guardrail === null) {
    return [];
  }
  const signal: Signal = {
    key: keyOfRule(costs),
    member: monitorMember(costs),
    kind: costs.kind,
    rule: costs.name,
    tier: '',
    severity: 'ticket',
    aspect: 'cost',
    condition: verdict.condition,
    at: now,
    summary: `${costs.name}: ${verdict.reason}`,
    facts: {
      'Cost model': costs.name,
      Cost: verdict.value === null ? 'unknown' : `${shortNumber(verdict.value)} ${costs.currency}`,
      Limit: `${shortNumber(costs.guardrail.limit)} ${costs.currency}`,
    },
    ...ruleFields(costs),
  };
  return [{ signal, policy: policyOfRule('ticket', { ...costs.guardrail, holdMs: 0 }) }];
}
