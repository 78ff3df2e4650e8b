import type { CanaryPlan, MemberState } from '@tidewatch/alerts';
import { LONGEST_FACT, LONGEST_SENTENCE, oneLine, sentence } from './message-text.js';

const LONGEST_STEP = 300;

/**
 * One line: what to do first, as the leading member's rule says, and where the runbook is.
 *
 * @param runbook an address that can be opened, or empty
 * @param console an address that can be opened, or empty
 */
export function firstActionOf(leader: MemberState | undefined, runbook: string, console: string): string {
  const step = sentence(oneLine(leader?.evidence.firstStep ?? '', LONGEST_STEP));
  if (step !== '') {
    return runbook === '' ? `First: ${step}` : `First: ${step} Runbook: ${runbook}`;
  }
  if (runbook !== '') {
    return `First: follow the runbook ${runbook}`;
  }
  return console === ''
    ? 'First: open the console of Tidewatch. The rule names no runbook.'
    : `First: look at ${console} (the rule names no runbook).`;
}

/** A canary plan in a sentence or two; empty for none. */
export function canaryPlanText(plan: CanaryPlan | null): string {
  if (plan === null) {
    return '';
  }
  const candidate = oneLine(plan.candidate, LONGEST_FACT);
  const what =
    candidate === ''
      ? 'Train a version on samples from after the change and give it'
      : `Give version ${candidate}`;
  const share = Number((plan.share * 100).toPrecision(2));
  const stop = sentence(oneLine(plan.stopRule, LONGEST_SENTENCE));
  return `${what} ${share} % of the traffic for ${hoursText(plan.hours)}.${stop === '' ? '' : ` ${stop}`}`;
}

function hoursText(hours: number): string {
  return hours < 48 ? `${Number(hours.toPrecision(2))} h` : `${Number((hours / 24).toPrecision(2))} d`;
}
