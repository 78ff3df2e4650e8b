import type { IncidentChange, IncidentChangeKind, IncidentState, OpenedReceiver } from '../incident.js';
import { dedupKey, type IntentAction, type IntentReason, type NotificationIntent } from '../intent.js';
import type { Severity } from '../severity.js';

/** A message before it has a place in the incident's history. */
export interface DraftIntent {
  readonly receiver: string;
  readonly action: IntentAction;
  readonly reason: IntentReason;
  readonly severity: Severity;
  readonly explanation: readonly string[];
  readonly destination: string;
  readonly by?: string;
  readonly text?: string;
}

/** Gives a drafted message its identity. */
export function intentOf(
  draft: DraftIntent,
  incidentId: string,
  sequence: number,
  at: number,
): NotificationIntent {
  return {
    id: `${incidentId}:${sequence}:${draft.receiver}`,
    incidentId,
    sequence,
    receiver: draft.receiver,
    action: draft.action,
    reason: draft.reason,
    severity: draft.severity,
    dedupKey: dedupKey(incidentId, draft.receiver),
    notBefore: at,
    explanation: draft.explanation,
    destination: draft.destination,
    by: draft.by ?? '',
    text: draft.text ?? '',
  };
}

/** A change that no signal and no person caused, with the state that counts it. */
export function addedChange(
  state: IncidentState,
  kind: IncidentChangeKind,
  text: string,
  now: number,
): { readonly state: IncidentState; readonly change: IncidentChange } {
  const sequence = state.sequence + 1;
  return {
    state: { ...state, sequence, updatedAt: now },
    change: {
      kind,
      incidentId: state.id,
      sequence,
      at: now,
      member: '',
      severity: state.severity,
      by: '',
      text,
    },
  };
}

/** The list with one entry put in the place of that of its receiver. */
export function withOpened(
  opened: readonly OpenedReceiver[],
  entry: OpenedReceiver,
): readonly OpenedReceiver[] {
  return [...opened.filter(({ receiver }) => receiver !== entry.receiver), entry];
}
