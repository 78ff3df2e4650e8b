import { z } from 'zod';
import type { Channel, ChannelOptions, DeliveryResult, Notification, SecretReader } from './channel.js';
import { pagerduty } from './pagerduty/pagerduty.js';
import type { SecretReference } from './secret-reference.js';
import { slack } from './slack/slack.js';
import { webhook } from './webhook/webhook.js';

/** Every kind of destination. A new one is a folder with a `ChannelType`, a line here and a line in the schema below. */
export const channels = [pagerduty, slack, webhook] as const;

const specSchema = z.discriminatedUnion(
  'type',
  [pagerduty.specSchema, slack.specSchema, webhook.specSchema],
  {
    error: `must have a type: ${channels.map(({ type }) => type).join(', ')}`,
  },
);

/** What a Receiver document says about its destination. Holds names of secrets, never secrets. */
export type ReceiverSpec = z.infer<typeof specSchema>;

/** Somebody who can be told. */
export interface Receiver {
  /** Routes name it; it is part of every intent and deduplication key, so renaming one opens new alerts. */
  readonly name: string;
  readonly owner: string;
  readonly spec: ReceiverSpec;
}

/**
 * The document `kind: Receiver`.
 *
 * ```yaml
 * apiVersion: tidewatch.dev/v1
 * kind: Receiver
 * metadata: {name: sre-pager, owner: sre}
 * spec: {type: pagerduty, routingKeyEnv: PAGERDUTY_ROUTING_KEY}
 * ```
 */
export const receiverSchema = z
  .strictObject({
    apiVersion: z.literal('tidewatch.dev/v1'),
    kind: z.literal('Receiver'),
    metadata: z.strictObject({
      name: z
        .string({ error: 'must be a name' })
        .regex(
          /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
          'must be 1 to 63 letters, digits, dots, dashes or underscores',
        ),
      owner: z.string().default(''),
      runbook: z.string().optional(),
      labels: z.record(z.string(), z.string()).optional(),
    }),
    spec: specSchema,
  })
  .transform((document): Receiver => ({
    name: document.metadata.name,
    owner: document.metadata.owner,
    spec: document.spec,
  }));

/** The secrets that a receiver needs. */
export function secretReferences(receiver: Receiver): SecretReference[] {
  return typeOf(receiver).secretsOf(receiver.spec);
}

/**
 * Opens the way to a receiver and fetches its secrets.
 *
 * @throws what `readSecret` throws when a secret is missing
 * @throws AppError `channels.bad-address` when a secret is not the address of a receiver
 */
export function openChannel(
  receiver: Receiver,
  readSecret: SecretReader,
  options: ChannelOptions = {},
): Channel {
  const channel = typeOf(receiver).open(receiver.spec, readSecret, options);
  return { type: channel.type, deliver: (notification) => deliverSafely(channel, notification) };
}

/** A message that cannot be made will not be made by trying again, and must not stop the messages after it. */
async function deliverSafely(channel: Channel, notification: Notification): Promise<DeliveryResult> {
  try {
    return await channel.deliver(notification);
  } catch (error) {
    // The name and not the text: what the error holds is unknown, and may be a secret.
    const name = error instanceof Error ? error.name : 'something unknown';
    return { outcome: 'rejected', reason: `The message could not be made (${name}).`, httpStatus: 0 };
  }
}

/** The members of the list by their common shape: which of them fits `spec` is known by `spec.type` alone. */
interface AnyChannelType {
  readonly type: string;
  secretsOf(spec: ReceiverSpec): SecretReference[];
  open(spec: ReceiverSpec, readSecret: SecretReader, options: ChannelOptions): Channel;
}

function typeOf(receiver: Receiver): AnyChannelType {
  const found = channels.find(({ type }) => type === receiver.spec.type);
  return found as unknown as AnyChannelType;
}
