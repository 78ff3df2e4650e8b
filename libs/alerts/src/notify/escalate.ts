import { formatDuration } from '@tidewatch/core';
import type { EscalationStep } from '../routing/route.js';
import { compareSeverity } from '../severity.js';
import type { Audience } from './audience.js';
import { tellBesides } from './listeners.js';
import type { PlanDraft } from './plan-draft.js';
import { raise, speakingSeverity } from './raise.js';
import { suppressMembers } from './suppress-members.js';

/**
 * Takes the steps of the routes that are due: a step counts from when the route's receiver was told, and is taken once.
 *
 * @returns whether the incident has become a page by it
 */
export function escalate(draft: PlanDraft, { severity, listeners }: Audience): boolean {
  if (severity === null) {
    return false;
  }
  let raised = false;
  for (const [receiver, { match, members }] of listeners) {
    const entry = draft.state.opened.find((opened) => opened.receiver === receiver);
    for (const [index, step] of entry === undefined ? [] : match.escalations.entries()) {
      const name = `${match.path}#${index}`;
      const taken = stepName(match.path, index, entry?.openedAt ?? draft.now);
      const waits = step.when === 'not-acknowledged' && draft.state.acknowledged !== null;
      if (waits || draft.state.escalations.includes(taken)) {
        continue;
      }
      const dueAt = (entry?.openedAt ?? draft.now) + step.afterMs;
      if (dueAt > draft.now) {
        continue;
      }
      draft.state = { ...draft.state, escalations: [...draft.state.escalations, taken] };
      if (step.raise && compareSeverity('page', severity) > 0) {
        const led = [...members].filter(([, path]) => path === match.path).map(([member]) => member);
        raise(draft, led, `${name}: ${whyOf(step)}`);
        // What is kept quiet of tickets is not of pages, and the other way round.
        suppressMembers(draft);
        raised = true;
      }
      tellNext(draft, step, { name, severity: speakingSeverity(draft.state, members.keys()) });
    }
  }
  return raised;
}

/**
 * Names a step that is taken once for each opening at the receiver of its route: the second page of an incident
 * escalates like the first.
 */
export function stepName(path: string, index: number, openedAt: number): string {
  return `${path}#${index}@${openedAt}`;
}

function tellNext(
  draft: PlanDraft,
  step: EscalationStep,
  { name, severity }: { readonly name: string; readonly severity: Audience['severity'] },
): void {
  if (severity === null) {
    return;
  }
  for (const receiver of step.receivers) {
    const traits = draft.context.receivers.get(receiver);
    if (traits === undefined || draft.isAddressed(receiver)) {
      continue;
    }
    tellBesides(draft, traits, {
      severity,
      reason: step.when,
      explanation: [`${name}: ${whyOf(step)}, so ${receiver} is told`],
    });
  }
}

function whyOf(step: EscalationStep): string {
  const after = formatDuration(step.afterMs);
  return step.when === 'not-acknowledged'
    ? `nobody has acknowledged it for ${after}`
    : `it has been firing for ${after}`;
}
