import {
  DRILL_KIND,
  policyFor,
  type IncidentKey,
  type IncidentState,
  type MemberState,
} from '@tidewatch/alerts';
import type { Rules } from '@tidewatch/config';
import { isMonitorMember } from '../evaluate/signals.js';
import { isMetricMember } from '../evaluate/metric/metric-signals.js';
import { isSloMember } from '../evaluate/slo/slo-signals.js';
import { isForgottenDrill } from './drill/drill-signal.js';
import type { PolicedSignal } from './incident-manager.js';

/** What the rules in force say, and whether a group is one of which they will say nothing more. */
export interface RulesAndGroups {
  readonly rules: Rules;
  readonly isOfLostGroup: (member: string) => boolean;
}

/**
 * Signals on behalf of rules that fire in an incident and exist no more, are about something else by now and speak in
 * another incident, or see nothing any more of the group that fires: nobody else would ever say that they are over, and
 * the incident would stay open for good.
 */
export function removedRuleSignals(
  states: Iterable<IncidentState>,
  { rules, isOfLostGroup }: RulesAndGroups,
  now: number,
): PolicedSignal[] {
  const whyOver = (name: string, member: MemberState, key: IncidentKey): string | null => {
    if (member.phase === 'left' || (member.kind === DRILL_KIND && !isForgottenDrill(member, now))) {
      return null;
    }
    const speaks =
      isMonitorMember(name, key, rules.monitors) ||
      isSloMember(name, key, rules.slos) ||
      isMetricMember(name, key, rules);
    if (!speaks) {
      return `${name} was removed from the rules, or is about something else now.`;
    }
    return isOfLostGroup(name)
      ? `${name} is over: nothing of this group is left in the windows of its SLO.`
      : null;
  };
  return [...states].flatMap(({ key, members }) =>
    Object.entries(members).flatMap(([name, member]) => {
      const summary = whyOver(name, member, key);
      return summary === null ? [] : [lastSignal({ key, name, member, summary, now })];
    }),
  );
}

function lastSignal(of: {
  readonly key: IncidentKey;
  readonly name: string;
  readonly member: MemberState;
  readonly summary: string;
  readonly now: number;
}): PolicedSignal {
  const { key, name, member, summary, now } = of;
  return {
    signal: {
      key,
      member: name,
      kind: member.kind,
      rule: member.rule,
      tier: member.tier,
      severity: member.ownSeverity,
      aspect: member.aspect,
      raisedBy: member.raisedBy,
      labels: member.labels,
      evidence: member.evidence,
      condition: 'ok',
      at: now,
      summary,
      facts: {},
      owner: member.owner,
      runbook: member.runbook,
      deploymentId: '',
    },
    policy: policyFor(member.ownSeverity, { keepFiringMs: 0 }),
  };
}
