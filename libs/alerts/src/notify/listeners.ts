import type { OpenedReceiver } from '../incident.js';
import type { IntentReason, ReceiverTraits } from '../intent.js';
import type { RouteMatch } from '../routing/route.js';
import { compareSeverity, type Severity } from '../severity.js';
import type { Audience, Listener } from './audience.js';
import { withOpened } from './draft.js';
import type { PlanDraft } from './plan-draft.js';

/** How soon something that nobody was told of, and that was ok at the last look, is looked at again. */
const LOOK_AGAIN_MS = 10_000;

/** Tells those who should know and do not, or know of less, or have not been told for long. */
export function listenerMessages(draft: PlanDraft, { severity, listeners }: Audience): void {
  if (severity === null) {
    return;
  }
  for (const [receiver, listener] of listeners) {
    const traits = draft.context.receivers.get(receiver);
    if (traits === undefined || !traits.enabled) {
      continue;
    }
    if (draft.isAddressed(receiver)) {
      draft.wakeAt(draft.now);
      continue;
    }
    const entry = draft.state.opened.find((opened) => opened.receiver === receiver);
    if (entry === undefined) {
      open(draft, traits, listener, severity);
    } else if (compareSeverity(severity, entry.severity) > 0) {
      tellAgain(draft, { traits, entry, match: listener.match, severity, reason: 'escalated' });
    } else {
      repeat(draft, { traits, entry, match: listener.match, severity });
    }
  }
}

function open(
  draft: PlanDraft,
  traits: ReceiverTraits,
  { match, since, firing }: Listener,
  severity: Severity,
): void {
  const dueAt = since + match.groupWaitMs;
  if (dueAt > draft.now) {
    draft.wakeAt(dueAt);
    return;
  }
  if (!firing) {
    // It may come back without a change of the incident.
    draft.wakeAt(draft.now + LOOK_AGAIN_MS);
    return;
  }
  tellFirst(draft, traits, { severity, reason: firstReason(draft), explanation: match.explanation });
}

/** Opens the incident at a receiver. */
export function tellFirst(
  draft: PlanDraft,
  traits: ReceiverTraits,
  message: {
    readonly severity: Severity;
    readonly reason: IntentReason;
    readonly explanation: readonly string[];
  },
): void {
  draft.drafts.push({ receiver: traits.name, action: 'trigger', destination: '', ...message });
  draft.state = {
    ...draft.state,
    opened: withOpened(draft.state.opened, {
      receiver: traits.name,
      severity: message.severity,
      sequence: 0,
      openedAt: draft.now,
      heardAt: draft.now,
      destination: traits.destination,
      newsSince: null,
      news: 'changed',
    }),
  };
}

function firstReason(draft: PlanDraft): IntentReason {
  if (draft.happened('unsuppressed')) {
    return 'suppression-ended';
  }
  if (draft.happened('escalated', 'raised')) {
    return 'escalated';
  }
  return draft.happened('reopened') ? 'reopened' : 'opened';
}

interface Again {
  readonly traits: ReceiverTraits;
  readonly entry: OpenedReceiver;
  readonly match: RouteMatch;
  readonly severity: Severity;
}

function tellAgain(
  draft: PlanDraft,
  { traits, entry, match, severity, reason }: Again & { readonly reason: IntentReason },
): void {
  draft.drafts.push({
    receiver: traits.name,
    // Who cannot change what was posted hears of it in a further message.
    action: traits.updates ? 'update' : 'trigger',
    reason,
    severity,
    explanation: match.explanation,
    destination: entry.destination,
  });
  draft.state = {
    ...draft.state,
    opened: withOpened(draft.state.opened, { ...entry, severity, heardAt: draft.now, newsSince: null }),
  };
}

function repeat(draft: PlanDraft, again: Again): void {
  const { entry, match } = again;
  if (match.repeatMs === 0 || draft.state.acknowledged !== null) {
    return;
  }
  if (entry.heardAt + match.repeatMs <= draft.now) {
    tellAgain(draft, { ...again, severity: entry.severity, reason: 'repeated' });
  }
}
