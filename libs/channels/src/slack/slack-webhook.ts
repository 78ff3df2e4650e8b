import { checkedAddress } from '../address.js';
import type { Channel, ChannelOptions, DeliveryResult } from '../channel.js';
import { classifyFailure } from '../classify.js';
import { destinationKey } from '../destination-key.js';
import { postJson, type Answer } from '../post-json.js';
import type { SlackMessage } from './block-kit.js';
import { slackMessage } from './blocks.js';
import { adviceFor, wordIn } from './error-word.js';
import { slackReport } from './report-blocks.js';
import { SLACK_LIMIT } from './slack-limit.js';

/**
 * A Slack incoming webhook. It names no message that it posts, so nothing can be changed later: one message when an
 * incident opens or escalates, one when it resolves.
 *
 * @param place where the address is kept, for messages
 * @throws AppError `channels.bad-address`
 */
export function slackWebhook(address: string, place: string, options: ChannelOptions): Channel {
  const url = checkedAddress(address.trim(), place);
  const post = async (body: SlackMessage): Promise<DeliveryResult> => {
    const answer = await postJson({ url, body }, options);
    // A 200 without `ok` is the page of a proxy, not Slack: the message has not been posted.
    return answer.status === 200 && 'text' in answer && answer.text.trim() === 'ok'
      ? { outcome: 'delivered', httpStatus: 200 }
      : webhookFailure(answer);
  };
  return {
    type: 'slack',
    destination: destinationKey('slack', url),
    limit: SLACK_LIMIT,
    async deliver(notification) {
      // Who has taken it on is no reason for another message.
      return notification.intent.action === 'acknowledge'
        ? { outcome: 'delivered', httpStatus: 0 }
        : post(slackMessage(notification));
    },
    report: (report) => post(slackReport(report)),
  };
}

function webhookFailure(answer: Answer): DeliveryResult {
  const word = 'text' in answer ? wordIn(answer.text) : '';
  const result = classifyFailure('Slack', answer, word);
  return result.outcome === 'rejected' ? { ...result, reason: result.reason + adviceFor(word) } : result;
}
