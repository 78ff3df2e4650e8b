import type { OpenedReceiver } from '../incident.js';
import type { IntentReason, ReceiverTraits } from '../intent.js';
import type { RouteMatch } from '../routing/route.js';
import { compareSeverity, type Severity } from '../severity.js';
import type { Audience, Listener } from './audience.js';
import { withOpened } from './draft.js';
import type { PlanDraft } from './plan-draft.js';

/** How soon something that nobody was told of, and that was ok at the last look, is looked at again. */
const LOOK_AGAIN_MS = 10_000;

/** Tells those who should know and do not, or know of less, or have not been told for long or while it was quiet. */
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
      const { explanation } = listener.match;
      tellAgain(draft, { traits, entry, explanation, severity, reason: 'escalated' });
    } else if (speaksAgain(draft, listener)) {
      const { explanation } = listener.match;
      tellAgain(draft, { traits, entry, explanation, severity: entry.severity, reason: 'suppression-ended' });
    } else {
      repeat(draft, { traits, entry, match: listener.match });
    }
  }
}

/**
 * Whether something that leads to a receiver has just ceased to be kept quiet: who was told before cannot know that it went
 * on meanwhile. Also when it was ok at the last look: it still fires until it leaves, and there is no second look. While
 * somebody has taken the incident on, nobody has to be called, and it is news like any other.
 */
function speaksAgain(draft: PlanDraft, { members }: Listener): boolean {
  return draft.state.acknowledged === null && [...members.keys()].some((name) => draft.released.has(name));
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

interface Told {
  readonly severity: Severity;
  readonly reason: IntentReason;
  readonly explanation: readonly string[];
}

/**
 * Tells somebody besides those whom the routes lead to. Who was told of a ticket does not know of the page: for them it
 * has escalated, and that is a reason to call people for which no channel changes silently what it has posted.
 *
 * @returns whether there is anything that it does not know
 */
export function tellBesides(draft: PlanDraft, traits: ReceiverTraits, told: Told): boolean {
  const entry = draft.state.opened.find(({ receiver }) => receiver === traits.name);
  if (!traits.enabled || (entry !== undefined && compareSeverity(told.severity, entry.severity) <= 0)) {
    return false;
  }
  if (entry === undefined) {
    tellFirst(draft, traits, told);
  } else {
    tellAgain(draft, { ...told, traits, entry, reason: 'escalated' });
  }
  return true;
}

/** Opens the incident at a receiver. */
function tellFirst(draft: PlanDraft, traits: ReceiverTraits, message: Told): void {
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

interface Again extends Told {
  readonly traits: ReceiverTraits;
  readonly entry: OpenedReceiver;
}

function tellAgain(draft: PlanDraft, { traits, entry, severity, reason, explanation }: Again): void {
  draft.drafts.push({
    receiver: traits.name,
    // Who cannot change what was posted hears of it in a further message.
    action: traits.updates ? 'update' : 'trigger',
    reason,
    severity,
    explanation,
    destination: entry.destination,
  });
  draft.state = {
    ...draft.state,
    opened: withOpened(draft.state.opened, { ...entry, severity, heardAt: draft.now, newsSince: null }),
  };
}

function repeat(
  draft: PlanDraft,
  told: { readonly traits: ReceiverTraits; readonly entry: OpenedReceiver; readonly match: RouteMatch },
): void {
  const { traits, entry, match } = told;
  if (match.repeatMs === 0 || draft.state.acknowledged !== null) {
    return;
  }
  if (entry.heardAt + match.repeatMs <= draft.now) {
    const { explanation } = match;
    tellAgain(draft, { traits, entry, explanation, severity: entry.severity, reason: 'repeated' });
  }
}
