import type { ReceiverTraits } from '@tidewatch/alerts';
import { AppError } from '@tidewatch/core';
import { z } from 'zod';
import { action } from './action/action.js';
import type { Channel, ChannelOptions, DeliveryResult, SecretReader } from './channel.js';
import { email } from './email/email.js';
import { github } from './github/github.js';
import { jira } from './jira/jira.js';
import { pagerduty } from './pagerduty/pagerduty.js';
import type { SecretReference } from './secret-reference.js';
import { slack } from './slack/slack.js';
import { teams } from './teams/teams.js';
import { webhook } from './webhook/webhook.js';

/** Every kind of destination. A new one is a folder with a `ChannelType`, and a line here. */
export const channels = [action, email, github, jira, pagerduty, slack, teams, webhook] as const;

const specSchema = z.discriminatedUnion('type', schemasOf(channels), {
  error: `must have a type: ${channels.map(({ type }) => type).join(', ')}`,
});

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
 * spec: {type: pagerduty, routingKeyEnv: PAGERDUTY_ROUTING_KEY, fallback: sre-mail}
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
  return typeOf(receiver.spec).secretsOf(receiver.spec);
}

/** Whether a receiver is a place to read reports. */
export function takesReports({ spec }: Receiver): boolean {
  return typeOf(spec).reports;
}

/** What the planner of messages has to know of a receiver. */
export function receiverTraits(receiver: Receiver): ReceiverTraits {
  const { name, owner, spec } = receiver;
  const type = typeOf(spec);
  // Whether it is disabled, and who is told in its place, is no part of where it leads.
  const place = { ...spec, enabled: undefined, fallback: undefined };
  return {
    name,
    owner,
    enabled: spec.enabled,
    updates: type.updates(spec),
    acknowledges: type.acknowledges,
    destination: JSON.stringify(place),
    fallback: spec.fallback ?? null,
  };
}

/**
 * Opens the way to a receiver and fetches its secrets.
 *
 * @throws what `readSecret` throws when a secret is missing
 * @throws AppError `channels.bad-address` when a secret is not the address of a receiver, `channels.bad-secret` when it
 *   cannot be one of its kind
 */
export function openChannel(receiver: Receiver, readSecret: SecretReader, options: ChannelOptions): Channel {
  return openSpec(receiver.spec, readSecret, options);
}

/**
 * Opens the way to where an object was opened, although the rules may know its receiver no more.
 *
 * @param destination the {@link ReceiverTraits.destination} stored at that time
 * @throws AppError `channels.bad-destination` when it cannot be read; and what {@link openChannel} throws
 */
export function openDestination(
  destination: string,
  readSecret: SecretReader,
  options: ChannelOptions,
): Channel {
  let spec: ReceiverSpec;
  try {
    spec = specSchema.parse(JSON.parse(destination));
  } catch (cause) {
    throw new AppError({
      code: 'channels.bad-destination',
      message: 'The stored destination of an open message cannot be read by this version.',
      hint: 'Close what it opened by hand at the receiver.',
      cause,
    });
  }
  return openSpec(spec, readSecret, options);
}

function openSpec(spec: ReceiverSpec, readSecret: SecretReader, options: ChannelOptions): Channel {
  const channel = typeOf(spec).open(spec, readSecret, options);
  const report = channel.report?.bind(channel);
  const announce = channel.announce?.bind(channel);
  const close = channel.close?.bind(channel);
  return {
    type: channel.type,
    destination: channel.destination,
    limit: channel.limit,
    deliver: (notification) => safely('message', () => channel.deliver(notification)),
    ...(report && { report: (content) => safely('report', () => report(content)) }),
    ...(announce && { announce: (deployment) => safely('announcement', () => announce(deployment)) }),
    ...(close && { close }),
  };
}

/** A message that cannot be made will not be made by trying again, and must not stop the messages after it. */
async function safely(what: string, send: () => Promise<DeliveryResult>): Promise<DeliveryResult> {
  try {
    return await send();
  } catch (error) {
    // The name and not the text: what the error holds is unknown, and may be a secret.
    const name = error instanceof Error ? error.name : 'something unknown';
    return { outcome: 'rejected', reason: `The ${what} could not be made (${name}).`, httpStatus: 0 };
  }
}

/** The schemas of the list, each with its own type. */
function schemasOf<Types extends readonly { readonly specSchema: z.ZodType }[]>(
  types: Types,
): { [Index in keyof Types]: Types[Index]['specSchema'] } {
  return types.map((type) => type.specSchema) as { [Index in keyof Types]: Types[Index]['specSchema'] };
}

/** The members of the list by their common shape: which of them fits `spec` is known by `spec.type` alone. */
interface AnyChannelType {
  readonly type: string;
  readonly acknowledges: boolean;
  readonly reports: boolean;
  updates(spec: ReceiverSpec): boolean;
  secretsOf(spec: ReceiverSpec): SecretReference[];
  open(spec: ReceiverSpec, readSecret: SecretReader, options: ChannelOptions): Channel;
}

function typeOf(spec: ReceiverSpec): AnyChannelType {
  const found = channels.find(({ type }) => type === spec.type);
  return found as unknown as AnyChannelType;
}
