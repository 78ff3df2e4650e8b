import { incidentKeyText, type IncidentKey } from '@tidewatch/alerts';
import type { Labels } from '@tidewatch/core';
import { groupLabels, groupText, OVERFLOW_GROUP, type GroupBy } from '@tidewatch/slo';
import { projectOfRule } from './rule-project.js';

/** What a rule is about; a part that it does not fix is the empty string. */
export interface RulePlace {
  readonly labels: Labels;
  readonly service: string;
  readonly region: string;
  readonly model: string;
}

/** Whose incident the signals of a rule belong to. A group by service, region or model belongs to the incident of that one. */
export function keyOfRule(rule: RulePlace, group = ''): IncidentKey {
  const labels = groupLabels(group);
  return {
    project: projectOfRule(rule),
    service: labels['service'] ?? rule.service,
    region: labels['region'] ?? rule.region,
    model: labels['model'] ?? rule.model,
  };
}

/**
 * Whether what a rule says of a group belongs to the incident of `key`. It does not when the rule was about something else, or in another
 * project, while that incident opened.
 */
export function speaksIn(key: IncidentKey, rule: RulePlace, group = ''): boolean {
  return incidentKeyText(keyOfRule(rule, group)) === incidentKeyText(key);
}

/** Whether a rule tells traffic apart in such a way that `group` can be one of its groups. */
export function isGroupOf(group: string, by: GroupBy | null): boolean {
  if (by === null || group === '') {
    return by === null && group === '';
  }
  // Names and their order are compared, whatever the values are: another order is another name of the same group.
  const names = group.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return group === OVERFLOW_GROUP || names === groupText(by.labels, []);
}
