import { z } from 'zod';
import { addressProblem, checkedAddress } from '../address.js';
import type {
  Channel,
  ChannelOptions,
  ChannelType,
  DeliveryResult,
  Notification,
  SecretReader,
} from '../channel.js';
import { classifyFailure } from '../classify.js';
import { postJson } from '../post-json.js';
import { environmentName, exactlyOne, referenceOf, secretFile } from '../secret-reference.js';
import { webhookBody } from './body.js';

/** `spec` of a generic webhook. An address that is a credential belongs into `urlEnv` or `urlFile`. */
const webhookSpec = z
  .strictObject({
    type: z.literal('webhook'),
    url: z
      .string({ error: 'must be a URL' })
      .superRefine((text, context) => {
        const problem = addressProblem(text);
        if (problem !== undefined) {
          context.addIssue({ code: 'custom', message: problem });
        }
      })
      .optional(),
    urlEnv: environmentName.optional(),
    urlFile: secretFile.optional(),
  })
  .refine(...exactlyOne('url', 'urlEnv', 'urlFile'));

type WebhookSpec = z.infer<typeof webhookSpec>;

/**
 * Any HTTP endpoint: {@link webhookBody} as JSON, with the headers `webhook-id` (the same for every attempt of one
 * message; a receiver that has seen it can ignore the rest) and `webhook-timestamp` (seconds, of this attempt) of
 * Standard Webhooks 1.0.0. Every 2xx confirms.
 */
export const webhook: ChannelType<typeof webhookSpec> = {
  type: 'webhook',
  specSchema: webhookSpec,
  secretsOf: (spec) => referenceOf(spec.urlEnv, spec.urlFile),
  open: openWebhook,
};

function openWebhook(spec: WebhookSpec, readSecret: SecretReader, options: ChannelOptions): Channel {
  const place = spec.urlEnv ?? spec.urlFile ?? 'url';
  const url = checkedAddress(
    spec.url ?? referenceOf(spec.urlEnv, spec.urlFile).map(readSecret).join(''),
    place,
  );
  return {
    type: 'webhook',
    async deliver(notification: Notification): Promise<DeliveryResult> {
      const headers = {
        'webhook-id': notification.intent.id,
        'webhook-timestamp': String(Math.floor(notification.attemptAt / 1_000)),
      };
      const answer = await postJson({ url, body: webhookBody(notification), headers }, options);
      // What an unknown receiver answers is not repeated: it may echo the request.
      return answer.status >= 200 && answer.status < 300
        ? { outcome: 'delivered', httpStatus: answer.status }
        : classifyFailure('The webhook', answer, '');
    },
  };
}
