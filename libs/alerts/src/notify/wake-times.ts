import type { Audience } from './audience.js';
import { stepName } from './escalate.js';
import type { PlanDraft } from './plan-draft.js';

/** When the clock has to look again: at the next repeat, the next escalation, and the end of the next suppression. */
export function wakeTimes(draft: PlanDraft, { listeners }: Audience): void {
  const { acknowledged, escalations, opened, members } = draft.state;
  for (const { receiver, heardAt, openedAt } of opened) {
    const match = listeners.get(receiver)?.match;
    if (match === undefined) {
      continue;
    }
    if (match.repeatMs > 0 && acknowledged === null) {
      draft.wakeAt(heardAt + match.repeatMs);
    }
    for (const [index, step] of match.escalations.entries()) {
      const waits = step.when === 'not-acknowledged' && acknowledged !== null;
      if (!waits && !escalations.includes(stepName(match.path, index, openedAt))) {
        draft.wakeAt(openedAt + step.afterMs);
      }
    }
  }
  for (const { suppressed } of Object.values(members)) {
    draft.wakeAt(suppressed?.until ?? null);
  }
}
