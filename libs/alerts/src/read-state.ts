import type { IncidentState, OpenedReceiver } from './incident.js';
import type { MemberState } from './member.js';
import { NO_EVIDENCE } from './signal.js';

/** The fields that every version has written. */
type StoredState = Partial<IncidentState> &
  Pick<
    IncidentState,
    'id' | 'key' | 'generation' | 'sequence' | 'status' | 'severity' | 'openedAt' | 'updatedAt'
  >;

/**
 * Reads a stored incident. What an earlier version did not know is filled with what it meant.
 *
 * @param text JSON of an {@link IncidentState}
 */
export function readIncidentState(text: string): IncidentState {
  const stored = JSON.parse(text) as StoredState;
  return {
    resolvedAt: null,
    resolvedSequence: 0,
    resolvedBy: '',
    deploymentId: '',
    escalations: [],
    raisedTo: null,
    acknowledged: null,
    assignee: '',
    comments: [],
    summary: '',
    marker: '',
    ...stored,
    members: Object.fromEntries(
      Object.entries(stored.members ?? {}).map(([name, member]) => [name, readMember(member)]),
    ),
    opened: (stored.opened ?? []).map((opened) => readOpened(opened, stored.updatedAt)),
  };
}

function readMember(stored: Partial<MemberState> & MemberState): MemberState {
  return {
    ...stored,
    ownSeverity: stored.ownSeverity ?? stored.severity,
    aspect: stored.aspect ?? 'availability',
    raisedBy: stored.raisedBy ?? [],
    labels: stored.labels ?? {},
    suppressed: stored.suppressed ?? null,
    evidence: stored.evidence ?? NO_EVIDENCE,
  };
}

function readOpened(stored: Partial<OpenedReceiver> & OpenedReceiver, at: number): OpenedReceiver {
  return {
    ...stored,
    openedAt: stored.openedAt ?? at,
    heardAt: stored.heardAt ?? at,
    destination: stored.destination ?? '',
    newsSince: stored.newsSince ?? null,
    news: stored.news ?? 'changed',
  };
}
