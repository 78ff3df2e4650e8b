import type { IncidentState } from '../incident.js';
import { memberLabels } from '../labels.js';
import type { MemberState } from '../member.js';
import type { Suppression } from '../suppression/suppression.js';
import { suppressionOf } from '../suppression/suppression-of.js';
import type { PlanContext } from './plan-context.js';
import type { PlanDraft } from './plan-draft.js';
import { severityOf } from './raise.js';

/** The incident with the suppressions that hold now, and which members they began or ceased to hold back. */
interface SuppressedMembers {
  readonly state: IncidentState;
  /** By member: what it is that keeps it quiet, or did. */
  readonly suppressed: ReadonlyMap<string, Suppression>;
  readonly released: ReadonlyMap<string, Suppression>;
}

/** Finds out who may speak now. Whoever has come to be kept quiet, or is no more, is part of the history. */
export function suppressMembers(draft: PlanDraft): void {
  const looked = lookUp(draft.state, draft.context);
  draft.state = looked.state;
  if (looked.suppressed.size > 0) {
    draft.add('suppressed', textOf(looked.suppressed));
  }
  if (looked.released.size > 0) {
    draft.add('unsuppressed', textOf(looked.released));
  }
  for (const [name, { kind }] of looked.released) {
    // Deployments come many times a day: a ticket that is open for a week is not told again after each.
    if (kind !== 'deployment') {
      draft.released.add(name);
    }
  }
}

function textOf(reasons: ReadonlyMap<string, Suppression>): string {
  return [...reasons].map(([name, { reason }]) => `${name}: ${reason}`).join('; ');
}

/** Looks up for every member that fires whether something keeps it quiet. */
function lookUp(state: IncidentState, context: PlanContext): SuppressedMembers {
  const suppressed = new Map<string, Suppression>();
  const released = new Map<string, Suppression>();
  let differs = false;
  const members = Object.entries(state.members).map(([name, member]): [string, MemberState] => {
    if (member.phase !== 'firing') {
      return [name, member];
    }
    const labels = memberLabels(state.key, member, severityOf(state, name, member));
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
      suppressed.set(name, found);
    } else if (found === null && before !== null) {
      released.set(name, before);
    }
    return [name, { ...member, suppressed: found }];
  });
  return {
    state: differs ? { ...state, members: Object.fromEntries(members) } : state,
    suppressed,
    released,
  };
}
