import type { Receiver } from '../receiver.js';
import { referenceOf, type SecretReference } from '../secret-reference.js';
import { signingSecretOf } from '../slack/slack-spec.js';

/** Which service reports back to us, and where the secret is kept with which it signs what it says. */
export interface InboundSecret {
  readonly kind: 'slack' | 'pagerduty';
  readonly reference: SecretReference;
}

/** The secret with which the service behind `receiver` signs what it sends us; `undefined` when it sends nothing. */
export function inboundSecretOf(receiver: Receiver): InboundSecret | undefined {
  const { type } = receiver.spec;
  const [reference] = inboundReferences(receiver);
  return (type === 'slack' || type === 'pagerduty') && reference !== undefined
    ? { kind: type, reference }
    : undefined;
}

function inboundReferences({ spec }: Receiver): SecretReference[] {
  if (spec.type === 'slack') {
    return signingSecretOf(spec);
  }
  return spec.type === 'pagerduty' ? referenceOf(spec.webhookSecretEnv, spec.webhookSecretFile) : [];
}
