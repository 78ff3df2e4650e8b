import { z } from 'zod';
import { receiverAddress } from '../address.js';
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
import { postJson, type Answer } from '../post-json.js';
import { receiverFields } from '../receiver-fields.js';
import { redactor } from '../redact.js';
import { environmentName, exactlyOne, referenceOf, secretFile } from '../secret-reference.js';
import { plainText } from '../text-limit.js';
import { changeAddress, pagerdutyChange } from './change-event.js';
import { pagerdutyEvent } from './event.js';

const ENDPOINT = 'https://events.pagerduty.com/v2/enqueue';

/** PagerDuty takes about 120 events a minute for one routing key. */
const LIMIT = { perSecond: 2, burst: 10 };

/** `spec` of a PagerDuty receiver. The EU service region and stand-ins have another `url`. */
const pagerdutySpec = z
  .strictObject({
    type: z.literal('pagerduty'),
    routingKeyEnv: environmentName.optional(),
    routingKeyFile: secretFile.optional(),
    /** Of the webhook subscription through which PagerDuty reports acknowledgements and resolves back. */
    webhookSecretEnv: environmentName.optional(),
    webhookSecretFile: secretFile.optional(),
    url: receiverAddress.default(ENDPOINT),
    ...receiverFields,
  })
  .refine(...exactlyOne('routingKeyEnv', 'routingKeyFile'))
  .refine((spec) => spec.webhookSecretEnv === undefined || spec.webhookSecretFile === undefined, {
    error: 'must have at most one of webhookSecretEnv and webhookSecretFile',
  });

type PagerdutySpec = z.infer<typeof pagerdutySpec>;

/**
 * PagerDuty, Events API v2: one alert per incident, opened and brought up to date by `trigger`, taken on by
 * `acknowledge` and closed by `resolve`; and a change event for each deployment.
 */
export const pagerduty: ChannelType<typeof pagerdutySpec> = {
  type: 'pagerduty',
  specSchema: pagerdutySpec,
  updates: () => true,
  acknowledges: true,
  idempotent: true,
  reports: false,
  secretsOf: (spec) => [
    ...referenceOf(spec.routingKeyEnv, spec.routingKeyFile),
    ...referenceOf(spec.webhookSecretEnv, spec.webhookSecretFile),
  ],
  open: openPagerduty,
};

function openPagerduty(spec: PagerdutySpec, readSecret: SecretReader, options: ChannelOptions): Channel {
  const routingKey = referenceOf(spec.routingKeyEnv, spec.routingKeyFile).map(readSecret).join('');
  const redact = redactor([routingKey]);
  const send = async (url: string, body: unknown, ref?: string): Promise<DeliveryResult> => {
    const answer = await postJson({ url, body }, options);
    // 202 alone confirms: it says that PagerDuty has queued the event. Any other 2xx comes from something in between.
    return answer.status === 202
      ? { outcome: 'delivered', httpStatus: 202, ...(ref !== undefined && { ref }) }
      : classifyFailure('PagerDuty', answer, redact(problemsIn(answer)));
  };
  return {
    type: 'pagerduty',
    destination: destinationKey('pagerduty', spec.url, routingKey),
    limit: LIMIT,
    deliver: (notification: Notification) =>
      send(spec.url, pagerdutyEvent(notification, routingKey), notification.intent.dedupKey),
    announce: (deployment) => send(changeAddress(spec.url), pagerdutyChange(deployment, routingKey)),
  };
}

/** `{"status": "invalid event", "message": "Event object is invalid", "errors": ["…"]}` as one short text. */
function problemsIn(answer: Answer): string {
  if ('failure' in answer) {
    return '';
  }
  try {
    const body = JSON.parse(answer.text) as { message?: unknown; errors?: unknown } | null;
    const errors: unknown[] = Array.isArray(body?.errors) ? body.errors : [];
    const texts = [body?.message, ...errors].filter((text): text is string => typeof text === 'string');
    return texts.length === 0 ? '' : plainText(texts.join('; '));
  } catch {
    return '';
  }
}
