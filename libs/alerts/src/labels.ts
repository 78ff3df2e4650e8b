import type { IncidentKey } from './incident-key.js';
import { DRILL_KIND, type Aspect } from './signal.js';
import type { Severity } from './severity.js';

/**
 * What routes, silences and windows match: `project`, `service`, `region`, `model`, `severity`, `kind`, `rule`, `tier`,
 * `owner`, `aspect`, and the rule's own labels. A label that is absent equals the empty text.
 */
export type AlertLabels = Readonly<Record<string, string>>;

/** Names that a rule's own labels cannot take over. */
export const BUILT_IN_LABELS = [
  'project',
  'service',
  'region',
  'model',
  'severity',
  'kind',
  'rule',
  'tier',
  'owner',
  'aspect',
] as const;

/** What {@link memberLabels} needs of a member. */
export interface LabelledMember {
  readonly kind: string;
  readonly rule: string;
  readonly tier: string;
  readonly owner: string;
  readonly aspect: Aspect;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The labels of one member of an incident.
 *
 * @param severity the severity under which it speaks now
 */
export function memberLabels(key: IncidentKey, member: LabelledMember, severity: Severity): AlertLabels {
  const { kind, rule, tier, owner, aspect } = member;
  // A drill has a key of its own, so that it joins no real incident; it is routed and silenced as what it plays.
  const { service = '', region = '', model = '' } = member.labels;
  const place = kind === DRILL_KIND ? { ...key, service, region, model } : key;
  return { ...member.labels, ...place, severity, kind, rule, tier, owner, aspect };
}
