import type { IncidentState, NotificationIntent } from '@tidewatch/alerts';
import type { z } from 'zod';
import type { SecretReference } from './secret-reference.js';

/** One attempt to tell one receiver of one incident. */
export interface Notification {
  readonly intent: NotificationIntent;
  /** The newest state of the incident: a message that had to wait says how things are now. */
  readonly incident: IncidentState;
  /** Full URL of the incident's page in the console. */
  readonly consoleUrl: string;
  /** When this attempt is made, ms. */
  readonly attemptAt: number;
}

/**
 * How an attempt ended. `retry`: the same message may get through later, not before `afterMs` milliseconds when the
 * receiver said so. `rejected`: it will never get through as it is. `httpStatus` is 0 when there was no answer.
 * A `reason` is one plain sentence and never holds a secret.
 */
export type DeliveryResult =
  | { readonly outcome: 'delivered'; readonly httpStatus: number }
  | {
      readonly outcome: 'retry';
      readonly afterMs: number | null;
      readonly reason: string;
      readonly httpStatus: number;
    }
  | { readonly outcome: 'rejected'; readonly reason: string; readonly httpStatus: number };

/** An open way to one receiver. */
export interface Channel {
  /** `pagerduty`, `slack` or `webhook`. */
  readonly type: string;
  /** Makes one attempt. Never throws, and always ends within the timeout. */
  deliver(notification: Notification): Promise<DeliveryResult>;
}

/** Reads a secret by name. Throws when it is missing; the error names the place and not the value. */
export type SecretReader = (reference: SecretReference) => string;

/** What a channel needs besides its receiver. */
export interface ChannelOptions {
  /** Sends the requests; the global `fetch` unless given. */
  readonly fetch?: typeof fetch;
  /** Longest time for one attempt, ms. Default 10,000. */
  readonly timeoutMs?: number;
}

/** One kind of destination: everything the rest of the library has to know about it. */
export interface ChannelType<Schema extends z.ZodType> {
  readonly type: string;
  /** The `spec` of a Receiver document of this type. */
  readonly specSchema: Schema;
  /** The secrets that `spec` names. */
  secretsOf(spec: z.infer<Schema>): SecretReference[];
  /** @throws what `readSecret` throws, and AppError `channels.bad-address` */
  open(spec: z.infer<Schema>, readSecret: SecretReader, options: ChannelOptions): Channel;
}
