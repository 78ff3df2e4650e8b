import { z } from 'zod';
import { addressProblem } from '../address.js';
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
import { redactor } from '../redact.js';
import { environmentName, exactlyOne, referenceOf, secretFile } from '../secret-reference.js';
import { plainText } from '../text-limit.js';
import { pagerdutyEvent } from './event.js';

const ENDPOINT = 'https://events.pagerduty.com/v2/enqueue';

/** `spec` of a PagerDuty receiver. The EU service region and stand-ins have another `url`. */
const pagerdutySpec = z
  .strictObject({
    type: z.literal('pagerduty'),
    routingKeyEnv: environmentName.optional(),
    routingKeyFile: secretFile.optional(),
    url: z
      .string({ error: 'must be a URL' })
      .superRefine((text, context) => {
        const problem = addressProblem(text);
        if (problem !== undefined) {
          context.addIssue({ code: 'custom', message: problem });
        }
      })
      .default(ENDPOINT),
  })
  .refine(...exactlyOne('routingKeyEnv', 'routingKeyFile'));

type PagerdutySpec = z.infer<typeof pagerdutySpec>;

/** PagerDuty, Events API v2: one alert per incident, opened by `trigger` and closed by `resolve`. */
export const pagerduty: ChannelType<typeof pagerdutySpec> = {
  type: 'pagerduty',
  specSchema: pagerdutySpec,
  secretsOf: (spec) => referenceOf(spec.routingKeyEnv, spec.routingKeyFile),
  open: openPagerduty,
};

function openPagerduty(spec: PagerdutySpec, readSecret: SecretReader, options: ChannelOptions): Channel {
  const routingKey = referenceOf(spec.routingKeyEnv, spec.routingKeyFile).map(readSecret).join('');
  const redact = redactor([routingKey]);
  return {
    type: 'pagerduty',
    async deliver(notification: Notification): Promise<DeliveryResult> {
      const answer = await postJson(
        { url: spec.url, body: pagerdutyEvent(notification, routingKey) },
        options,
      );
      // 202 alone confirms: it says that PagerDuty has queued the event. Any other 2xx comes from something in between.
      return answer.status === 202
        ? { outcome: 'delivered', httpStatus: 202 }
        : classifyFailure('PagerDuty', answer, redact(problemsIn(answer)));
    },
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
