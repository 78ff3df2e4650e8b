import type { OpenedReceiver } from '../incident.js';
import { compareSeverity } from '../severity.js';
import type { DraftIntent } from './draft.js';
import type { PlanDraft } from './plan-draft.js';
import { firingSeverity } from './raise.js';

/**
 * Closes what was opened: everything when the incident has resolved; else at receivers that were told of something more
 * severe than what still fires, suppressed or not. A receiver that tickets lead to as well is told of the ticket by the
 * next plan: its page is over, and a second one has to be heard.
 */
export function closingDrafts(draft: PlanDraft): void {
  const { state } = draft;
  const severity = state.status === 'resolved' ? null : firingSeverity(state);
  const over = state.opened.filter(
    (entry) => severity === null || compareSeverity(entry.severity, severity) > 0,
  );
  if (over.length === 0) {
    return;
  }
  draft.drafts.push(...over.map((entry) => closing(entry, draft)));
  draft.state = { ...state, opened: state.opened.filter((entry) => !over.includes(entry)) };
  draft.wakeAt(draft.now);
}

function closing(entry: OpenedReceiver, { state }: PlanDraft): DraftIntent {
  const byHand = state.status === 'resolved' && state.resolvedBy !== '';
  return {
    receiver: entry.receiver,
    action: 'resolve',
    reason: state.status !== 'resolved' ? 'deescalated' : byHand ? 'resolved-by-hand' : 'resolved',
    severity: entry.severity,
    explanation: [`${entry.receiver} was told of the opening`],
    destination: entry.destination,
    by: byHand ? state.resolvedBy : '',
  };
}
