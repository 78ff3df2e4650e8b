import { z } from 'zod';
import { checkedAddress } from '../address.js';
import type {
  Channel,
  ChannelOptions,
  ChannelType,
  DeliveryResult,
  Notification,
  SecretReader,
} from '../channel.js';
import { classifyFailure } from '../classify.js';
import { postJson, type Answer } from '../post-json.js';
import { redactor, secretPartsOf } from '../redact.js';
import { environmentName, exactlyOne, referenceOf, secretFile } from '../secret-reference.js';
import { slackMessage } from './blocks.js';

/** `spec` of a Slack receiver. The address of an incoming webhook is a credential, so it is only ever named. */
const slackSpec = z
  .strictObject({
    type: z.literal('slack'),
    urlEnv: environmentName.optional(),
    urlFile: secretFile.optional(),
  })
  .refine(...exactlyOne('urlEnv', 'urlFile'));

type SlackSpec = z.infer<typeof slackSpec>;

/** A Slack incoming webhook: one message when an incident opens or escalates, one when it resolves. */
export const slack: ChannelType<typeof slackSpec> = {
  type: 'slack',
  specSchema: slackSpec,
  secretsOf: (spec) => referenceOf(spec.urlEnv, spec.urlFile),
  open: openSlack,
};

function openSlack(spec: SlackSpec, readSecret: SecretReader, options: ChannelOptions): Channel {
  const place = spec.urlEnv ?? spec.urlFile ?? '';
  const url = checkedAddress(referenceOf(spec.urlEnv, spec.urlFile).map(readSecret).join(''), place);
  const redact = redactor(secretPartsOf(url));
  return {
    type: 'slack',
    async deliver(notification: Notification): Promise<DeliveryResult> {
      const answer = await postJson({ url, body: slackMessage(notification) }, options);
      // A 200 without `ok` is the page of a proxy, not Slack: the message has not been posted.
      return answer.status === 200 && 'text' in answer && answer.text.trim() === 'ok'
        ? { outcome: 'delivered', httpStatus: 200 }
        : classifyFailure('Slack', answer, redact(errorIn(answer)));
    },
  };
}

/** Slack answers an error with one word such as `invalid_payload` or `channel_is_archived`; anything else is noise. */
function errorIn(answer: Answer): string {
  return 'text' in answer && /^[a-z_]{1,64}$/.test(answer.text.trim()) ? answer.text.trim() : '';
}
