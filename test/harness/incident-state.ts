import { NO_EVIDENCE, type IncidentState, type MemberState } from '@tidewatch/alerts';

/** 2026-11-22T10:00:00Z, when the incidents made here open. */
export const OPENED_AT = 1_795_341_600_000;

/** A member that pages for the availability of a service. */
export function memberState(part: Partial<MemberState> = {}): MemberState {
  return {
    kind: 'SLO',
    rule: 'availability',
    tier: 'page-fast',
    severity: 'page',
    ownSeverity: 'page',
    aspect: 'availability',
    raisedBy: [],
    labels: {},
    owner: 'sre',
    runbook: '',
    phase: 'firing',
    suppressed: null,
    condition: 'firing',
    since: OPENED_AT,
    okSince: null,
    leftAt: null,
    signalledAt: OPENED_AT,
    summary: 'availability burns',
    facts: { Target: '99.9 %' },
    evidence: NO_EVIDENCE,
    ...part,
  };
}

/** An open incident with the member of {@link memberState}. */
export function incidentState(part: Partial<IncidentState> = {}): IncidentState {
  return {
    id: 'a1'.repeat(32),
    key: { project: 'default', service: 'ranker-api', region: 'eu-1', model: 'ranker' },
    generation: 1,
    sequence: 1,
    status: 'open',
    severity: 'page',
    openedAt: OPENED_AT,
    updatedAt: OPENED_AT,
    resolvedAt: null,
    resolvedSequence: 0,
    resolvedBy: '',
    deploymentId: '',
    members: { 'SLO/availability/page-fast': memberState() },
    opened: [],
    escalations: [],
    raisedTo: null,
    acknowledged: null,
    assignee: '',
    comments: [],
    summary: 'availability burns',
    marker: '',
    ...part,
  };
}
