import type { IncidentState } from '../incident.js';
import { memberLabels } from '../labels.js';
import type { MemberState } from '../member.js';
import { suppressionOf } from '../suppression/suppression-of.js';
import type { PlanContext } from './plan-context.js';

/** The incident with the suppressions that hold now, and which members they began or ceased to hold back. */
export interface SuppressedMembers {
  readonly state: IncidentState;
  /** One line per member: which, and why. */
  readonly suppressed: readonly string[];
  readonly released: readonly string[];
}

/** Looks up for every member that fires whether something keeps it quiet. */
export function suppressMembers(state: IncidentState, context: PlanContext): SuppressedMembers {
  const suppressed: string[] = [];
  const released: string[] = [];
  let differs = false;
  const members = Object.entries(state.members).map(([name, member]): [string, MemberState] => {
    if (member.phase !== 'firing') {
      return [name, member];
    }
    const labels = memberLabels(state.key, member, member.severity);
    const found = suppressionOf(labels, context.now, context.suppression);
    const before = member.suppressed;
    if (found === null && before === null) {
      return [name, member];
    }
    if (found?.kind === before?.kind && found?.id === before?.id && found?.until === before?.until) {
      return [name, member];
    }
    differs = true;
    if (found !== null && (before === null || before.id !== found.id || before.kind !== found.kind)) {
      suppressed.push(`${name}: ${found.reason}`);
    } else if (found === null && before !== null) {
      released.push(`${name}: ${before.reason}`);
    }
    return [name, { ...member, suppressed: found }];
  });
  return {
    state: differs ? { ...state, members: Object.fromEntries(members) } : state,
    suppressed,
    released,
  };
}
