import { DRILL_KIND, policyFor, type IncidentState } from '@tidewatch/alerts';
import type { Rules } from '@tidewatch/config';
import { isMonitorMember } from '../evaluate/signals.js';
import { isMetricMember } from '../evaluate/metric/metric-signals.js';
import { isSloMember } from '../evaluate/slo/slo-signals.js';
import { isForgottenDrill } from './drill/drill-signal.js';
import type { PolicedSignal } from './incident-manager.js';

/**
 * Signals on behalf of rules that fire in an incident and exist no more, or are about something else by now and speak in
 * another incident: nobody else would ever say that they are over, and the incident would stay open for good.
 */
export function removedRuleSignals(
  states: Iterable<IncidentState>,
  rules: Rules,
  now: number,
): PolicedSignal[] {
  return [...states].flatMap((state) =>
    Object.entries(state.members)
      .filter(
        ([name, member]) =>
          member.phase !== 'left' &&
          (member.kind !== DRILL_KIND || isForgottenDrill(member, now)) &&
          !isMonitorMember(name, state.key, rules.monitors) &&
          !isSloMember(name, state.key, rules.slos) &&
          !isMetricMember(name, state.key, rules),
      )
      .map(([name, member]) => ({
        signal: {
          key: state.key,
          member: name,
          kind: member.kind,
          rule: member.rule,
          tier: member.tier,
          severity: member.ownSeverity,
          aspect: member.aspect,
          raisedBy: member.raisedBy,
          labels: member.labels,
          evidence: member.evidence,
          condition: 'ok' as const,
          at: now,
          summary: `${name} was removed from the rules, or is about something else now.`,
          facts: {},
          owner: member.owner,
          runbook: member.runbook,
          deploymentId: '',
        },
        policy: policyFor(member.ownSeverity, { keepFiringMs: 0 }),
      })),
  );
}
