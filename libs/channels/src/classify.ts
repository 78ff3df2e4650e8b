import type { DeliveryResult } from './channel.js';
import type { Answer } from './post-json.js';
import { truncate } from './text-limit.js';

/** Answers below 500 that say "later" and not "never": timeout, too early, too many requests. */
const LATER = new Set([408, 425, 429]);
/** Cut here and not by the caller: cutting before secrets are taken out could leave half of one. */
const LONGEST_DETAIL = 300;

/**
 * What an answer that is not a success means, the same for all channels: 408, 425, 429, 5xx and no answer are worth
 * another attempt; redirects, every other
 * 4xx and addresses that may not be reached are not.
 *
 * @param receiver how to name the receiver at the start of the reason, such as `PagerDuty`
 * @param detail what the receiver said, already free of secrets; empty for nothing
 */
export function classifyFailure(receiver: string, answer: Answer, detail: string): DeliveryResult {
  if ('failure' in answer) {
    if (answer.refused) {
      return {
        outcome: 'rejected',
        reason: `${receiver} was not contacted: ${answer.failure}.`,
        httpStatus: 0,
      };
    }
    return {
      outcome: 'retry',
      afterMs: null,
      reason: `${receiver} could not be reached: ${answer.failure}.`,
      httpStatus: 0,
    };
  }
  const { status, retryAfterMs } = answer;
  const said = detail === '' ? '' : `: ${truncate(detail, LONGEST_DETAIL)}`;
  if (status === 429) {
    return retry(`${receiver} asks for fewer messages (429)${said}.`);
  }
  if (LATER.has(status) || status >= 500) {
    return retry(`${receiver} could not take the message (${status})${said}.`);
  }
  if (status >= 400) {
    return rejected(`${receiver} refused the message (${status})${said}.`);
  }
  if (status >= 300) {
    return rejected(
      `${receiver} answered with a redirect (${status}), which is not followed. Name the final address.`,
    );
  }
  return retry(`${receiver} gave an answer that does not confirm the message (${status})${said}.`);

  function retry(reason: string): DeliveryResult {
    return { outcome: 'retry', afterMs: retryAfterMs, reason, httpStatus: status };
  }
  function rejected(reason: string): DeliveryResult {
    return { outcome: 'rejected', reason, httpStatus: status };
  }
}
