import { checkedAddress } from '../address.js';
import type { ChannelOptions, DeliveryResult, SecretReader } from '../channel.js';
import { classifyFailure } from '../classify.js';
import { sendText } from '../post-json.js';
import { referenceOf } from '../secret-reference.js';
import { checkedSecret, signatureHeaders } from '../webhook/standard-webhooks.js';
import type { ActionBody } from './action-body.js';
import type { ActionSpec } from './action-spec.js';

/** Sends what was decided. */
export interface ActionSender {
  /** The address; never to be shown, as it may be a secret. */
  readonly url: string;
  /** Whether the rules let the receiver only say what it would do. */
  readonly dryRun: boolean;
  /** Makes one attempt. Never throws. @param at ms, of this attempt */
  send(body: ActionBody, at: number): Promise<DeliveryResult>;
}

/**
 * Opens the way to the receiver of an action.
 *
 * @throws what `readSecret` throws; AppError `channels.bad-address`, `channels.bad-secret`
 */
export function openActionSender(
  spec: ActionSpec,
  readSecret: SecretReader,
  options: ChannelOptions,
): ActionSender {
  const url =
    spec.url ??
    checkedAddress(
      referenceOf(spec.urlEnv, spec.urlFile).map(readSecret).join('').trim(),
      spec.urlEnv ?? spec.urlFile ?? 'url',
    );
  const place = spec.secretEnv ?? spec.secretFile ?? '';
  const secrets = referenceOf(spec.secretEnv, spec.secretFile)
    .map(readSecret)
    .join('')
    .split(/\s+/)
    .filter((secret) => secret !== '');
  // Without a secret there is nothing to check below: an action is never sent unsigned.
  for (const secret of secrets.length === 0 ? [''] : secrets) {
    checkedSecret(secret, place);
  }
  return {
    url,
    dryRun: spec.dryRun,
    async send(body, at) {
      // What asks for less holds: the rules may have been made more careful since this was decided.
      const text = JSON.stringify({ ...body, dryRun: body.dryRun || spec.dryRun || body.drill });
      const timestampS = Math.floor(at / 1_000);
      const headers = signatureHeaders({ secrets, id: body.id, timestampS, body: text });
      const answer = await sendText({ method: 'POST', url, text, headers }, options);
      // What an unknown receiver answers is not repeated: it may echo the request.
      return answer.status >= 200 && answer.status < 300
        ? { outcome: 'delivered', httpStatus: answer.status }
        : classifyFailure('The receiver of the action', answer, '');
    },
  };
}
