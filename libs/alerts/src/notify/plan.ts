import type { IncidentChange, IncidentCommand, IncidentState } from '../incident.js';
import type { NotificationIntent } from '../intent.js';
import { audienceOf, type Audience } from './audience.js';
import { closingDrafts } from './closing.js';
import { escalate } from './escalate.js';
import { listenerMessages, tellBesides } from './listeners.js';
import { newsMessages } from './news.js';
import { PlanDraft, type NotificationPlan } from './plan-draft.js';
import type { PlanContext } from './plan-context.js';
import { endRaise, withoutRaise } from './raise.js';
import { suppressMembers } from './suppress-members.js';
import { wakeTimes } from './wake-times.js';

/**
 * Decides who is told what of an incident, now. Called after every change, and by the clock at `nextAt`: waits, repeats,
 * escalations and the ends of silences ask for messages without anything having happened.
 *
 * - Every member that fires and is not suppressed is routed; only the loudest severity speaks, so a page holds back the
 *   tickets of its incident until it is over.
 * - A receiver hears of the incident once its wait is over, then of news, coalesced, and of repeats while nobody has
 *   taken it on.
 * - What was opened is closed where it was opened: when the incident resolves, or, at a receiver that was paged, when no
 *   page fires any more while tickets go on. Suppression, changed routes and disabled receivers hold back openings only.
 * - The second page of one incident is a page again.
 *
 * @param changes what just happened, oldest first; empty when the clock asks
 * @param command the person's command behind the changes, if there is one
 */
export function planNotifications(
  state: IncidentState,
  changes: readonly IncidentChange[],
  context: PlanContext,
  command: IncidentCommand | null = null,
): NotificationPlan {
  if (state.status === 'pending') {
    return { state, rows: [], nextAt: null, unheard: false };
  }
  if (state.status === 'resolved') {
    return planResolved(state, changes, context);
  }
  const draft = new PlanDraft(state, changes, context);
  endRaise(draft);
  suppressMembers(draft);
  closingDrafts(draft);
  let audience = audienceOf(draft.state, context);
  if (escalate(draft, audience)) {
    // Time has made it a page: the routes of pages apply from now on.
    audience = audienceOf(draft.state, context);
  }
  listenerMessages(draft, audience);
  newsMessages(draft, audience, command);
  wakeTimes(draft, audience);
  return draft.finish(isUnheard(draft, audience));
}

function isUnheard(draft: PlanDraft, audience: Audience): boolean {
  return audience.severity !== null && audience.listeners.size === 0 && draft.state.opened.length === 0;
}

function planResolved(
  state: IncidentState,
  changes: readonly IncidentChange[],
  context: PlanContext,
): NotificationPlan {
  const draft = new PlanDraft(state, changes, context);
  if (changes.some(({ kind }) => kind === 'resolved')) {
    closingDrafts(draft);
    draft.state = { ...withoutRaise(draft.state), opened: [], escalations: [] };
  }
  return draft.finish(false);
}

/**
 * Asks the fallback of a receiver that a page could not be delivered to, unless it knows of the page already.
 *
 * @returns `null` when there is nobody, or when the incident has moved on
 */
export function planFallback(
  state: IncidentState,
  failed: NotificationIntent,
  context: PlanContext,
): NotificationPlan | null {
  const fallback = context.receivers.get(failed.receiver)?.fallback ?? null;
  const traits = fallback === null ? undefined : context.receivers.get(fallback);
  if (
    traits === undefined ||
    state.id !== failed.incidentId ||
    state.status !== 'open' ||
    failed.action === 'resolve'
  ) {
    return null;
  }
  const draft = new PlanDraft(state, [], context);
  const asked = tellBesides(draft, traits, {
    reason: 'fallback',
    severity: failed.severity,
    explanation: [
      ...failed.explanation,
      `${failed.receiver} could not be told; ${traits.name} is its fallback`,
    ],
  });
  if (!asked) {
    return null;
  }
  // The clock's next look is due at once: it knows when the rest of the incident is.
  draft.wakeAt(context.now);
  return draft.finish(false);
}
