import { createHash } from 'node:crypto';
import { z } from 'zod';
import { checkedAddress, receiverAddress } from '../address.js';
import type {
  Channel,
  ChannelOptions,
  ChannelType,
  DeliveryResult,
  Notification,
  SecretReader,
} from '../channel.js';
import { classifyFailure } from '../classify.js';
import { destinationKey } from '../destination-key.js';
import { sendText, type Answer } from '../post-json.js';
import { receiverFields } from '../receiver-fields.js';
import {
  environmentName,
  exactlyOne,
  referenceOf,
  secretFile,
  type SecretReference,
} from '../secret-reference.js';
import { alertmanagerBody } from './alertmanager-body.js';
import { webhookBody } from './body.js';
import { checkedSecret, signatureHeaders } from './standard-webhooks.js';

const LIMIT = { perSecond: 5, burst: 20 };

/** `spec` of a generic webhook. An address that is a credential belongs into `urlEnv` or `urlFile`. */
const webhookSpec = z
  .strictObject({
    type: z.literal('webhook'),
    url: receiverAddress.optional(),
    urlEnv: environmentName.optional(),
    urlFile: secretFile.optional(),
    /** `tidewatch`: {@link WebhookBody}. `alertmanager`: what receivers made for Prometheus Alertmanager read. */
    format: z
      .enum(['tidewatch', 'alertmanager'], { error: 'must be tidewatch or alertmanager' })
      .default('tidewatch'),
    secretEnv: environmentName.optional(),
    secretFile: secretFile.optional(),
    /** The secret that is being replaced: messages are signed with both until it is taken out. */
    previousSecretEnv: environmentName.optional(),
    previousSecretFile: secretFile.optional(),
    ...receiverFields,
  })
  .refine(...exactlyOne('url', 'urlEnv', 'urlFile'))
  .refine(
    (spec) => spec.secretEnv === undefined || spec.secretFile === undefined,
    'must have at most one of secretEnv, secretFile',
  )
  .refine(
    (spec) => spec.previousSecretEnv === undefined || spec.previousSecretFile === undefined,
    'must have at most one of previousSecretEnv, previousSecretFile',
  )
  .refine(
    (spec) => previousSecretOf(spec).length === 0 || currentSecretOf(spec).length === 1,
    'must have secretEnv or secretFile too when it has a previous secret',
  );

type WebhookSpec = z.infer<typeof webhookSpec>;

interface SecretNames {
  readonly secretEnv?: string | undefined;
  readonly secretFile?: string | undefined;
  readonly previousSecretEnv?: string | undefined;
  readonly previousSecretFile?: string | undefined;
}

/**
 * Any HTTP endpoint, in the way of Standard Webhooks 1.0.0: a JSON body of at most 20 KB, `webhook-id` (the same for
 * every attempt of one message; a receiver that has seen it can ignore the rest), `webhook-timestamp` (seconds, of this
 * attempt), and `webhook-signature` when there is a secret. Every 2xx confirms.
 */
export const webhook: ChannelType<typeof webhookSpec> = {
  type: 'webhook',
  specSchema: webhookSpec,
  updates: () => true,
  // The body of Alertmanager knows no acknowledgements; there they are confirmed without being sent.
  acknowledges: true,
  idempotent: true,
  reports: false,
  secretsOf: (spec) => [
    ...referenceOf(spec.urlEnv, spec.urlFile),
    ...currentSecretOf(spec),
    ...previousSecretOf(spec),
  ],
  open: openWebhook,
};

function openWebhook(spec: WebhookSpec, readSecret: SecretReader, options: ChannelOptions): Channel {
  const place = spec.urlEnv ?? spec.urlFile ?? 'url';
  const url = checkedAddress(
    spec.url ?? referenceOf(spec.urlEnv, spec.urlFile).map(readSecret).join(''),
    place,
  );
  const secrets = [...currentSecretOf(spec), ...previousSecretOf(spec)].map((reference) =>
    checkedSecret(readSecret(reference), reference.env ?? reference.file ?? 'the rule'),
  );
  return {
    type: 'webhook',
    destination: destinationKey('webhook', url),
    limit: LIMIT,
    async deliver(notification: Notification): Promise<DeliveryResult> {
      const ref = notification.intent.dedupKey;
      if (spec.format === 'alertmanager' && notification.intent.action === 'acknowledge') {
        return { outcome: 'delivered', httpStatus: 0, ref };
      }
      const text = JSON.stringify(
        spec.format === 'alertmanager' ? alertmanagerBody(notification) : webhookBody(notification),
      );
      const headers = signatureHeaders({
        secrets,
        id: messageId(notification.intent.id),
        timestampS: Math.floor(notification.attemptAt / 1_000),
        body: text,
      });
      const answer = await sendText({ method: 'POST', url, headers, text }, options);
      return resultOf(answer, ref);
    },
  };
}

/** What an unknown receiver answers is not repeated: it may echo the request. */
function resultOf(answer: Answer, ref: string): DeliveryResult {
  if (answer.status >= 200 && answer.status < 300) {
    return { outcome: 'delivered', httpStatus: answer.status, ref };
  }
  if (answer.status === 410) {
    const reason =
      'The webhook is gone (410): its receiver wants no more messages. Take the Receiver out or correct its address.';
    return { outcome: 'rejected', httpStatus: 410, reason };
  }
  return classifyFailure('The webhook', answer, '');
}

/** The id of a message in the alphabet of Standard Webhooks, which separates what is signed by full stops. */
function messageId(intentId: string): string {
  return `msg_${createHash('sha256').update(intentId).digest('hex').slice(0, 32)}`;
}

function currentSecretOf(spec: SecretNames): SecretReference[] {
  return referenceOf(spec.secretEnv, spec.secretFile);
}

function previousSecretOf(spec: SecretNames): SecretReference[] {
  return referenceOf(spec.previousSecretEnv, spec.previousSecretFile);
}
