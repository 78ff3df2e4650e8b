import type { IncidentCommand, OpenedReceiver } from '../incident.js';
import type { IntentReason, ReceiverTraits } from '../intent.js';
import type { Severity } from '../severity.js';
import type { Audience } from './audience.js';
import { withOpened } from './draft.js';
import type { PlanDraft } from './plan-draft.js';

/** For receivers that no route leads to any more. */
const UPDATE_WAIT_MS: Readonly<Record<Severity, number>> = { page: 10_000, ticket: 300_000 };

/**
 * Brings what was opened up to date. What people do is told at once, to all but the receiver it came through; what
 * members do is told together, after the route's wait.
 */
export function newsMessages(draft: PlanDraft, audience: Audience, command: IncidentCommand | null): void {
  const fresh = newsOf(draft);
  for (const entry of draft.state.opened) {
    const traits = draft.context.receivers.get(entry.receiver);
    if (traits === undefined || !traits.enabled || draft.isAddressed(entry.receiver)) {
      continue;
    }
    if (command !== null && command.origin !== entry.receiver) {
      tellOfCommand(draft, { entry, traits, command });
    } else if (traits.updates) {
      tellOfMembers(draft, { entry, audience, fresh });
    }
  }
}

function newsOf(draft: PlanDraft): IntentReason | null {
  if (draft.happened('escalated', 'raised')) {
    return 'escalated';
  }
  if (draft.happened('deescalated')) {
    return 'deescalated';
  }
  return draft.happened('joined', 'left', 'suppressed', 'unsuppressed') ? 'changed' : null;
}

function tellOfCommand(
  draft: PlanDraft,
  told: {
    readonly entry: OpenedReceiver;
    readonly traits: ReceiverTraits;
    readonly command: IncidentCommand;
  },
): void {
  const { entry, traits, command } = told;
  const acknowledges = command.kind === 'acknowledge' && traits.acknowledges;
  const changed = draft.happened('acknowledged', 'unacknowledged', 'assigned', 'commented');
  if (!changed || (!acknowledges && !traits.updates)) {
    return;
  }
  draft.drafts.push({
    receiver: entry.receiver,
    action: acknowledges ? 'acknowledge' : 'update',
    reason: reasonOf(command.kind),
    severity: entry.severity,
    explanation: [`${entry.receiver} was told of the opening`],
    destination: entry.destination,
    by: command.by,
    text: command.text,
  });
  draft.state = { ...draft.state, opened: withOpened(draft.state.opened, { ...entry, newsSince: null }) };
}

function reasonOf(kind: IncidentCommand['kind']): IntentReason {
  return kind === 'acknowledge' ? 'acknowledged' : kind === 'comment' ? 'commented' : 'changed';
}

function tellOfMembers(
  draft: PlanDraft,
  told: { readonly entry: OpenedReceiver; readonly audience: Audience; readonly fresh: IntentReason | null },
): void {
  const { entry, audience, fresh } = told;
  const since = entry.newsSince ?? (fresh === null ? null : draft.now);
  if (since === null) {
    return;
  }
  const news = fresh ?? entry.news;
  const listener = audience.listeners.get(entry.receiver);
  const loud = news === 'escalated' || news === 'deescalated';
  const waitMs = loud
    ? UPDATE_WAIT_MS.page
    : (listener?.match.updateWaitMs ?? UPDATE_WAIT_MS[entry.severity]);
  // Nobody is told of changes while everything is to be quiet; the news is kept.
  const quiet = audience.severity === null;
  if (quiet || since + waitMs > draft.now) {
    if (!quiet) {
      draft.wakeAt(since + waitMs);
    }
    draft.state = {
      ...draft.state,
      opened: withOpened(draft.state.opened, { ...entry, newsSince: since, news }),
    };
    return;
  }
  draft.drafts.push({
    receiver: entry.receiver,
    action: 'update',
    reason: news,
    severity: entry.severity,
    explanation: [`${entry.receiver} was told of the opening`],
    destination: entry.destination,
  });
  draft.state = {
    ...draft.state,
    opened: withOpened(draft.state.opened, { ...entry, newsSince: null, news: 'changed' }),
  };
}
