import type { IncidentState, NotificationIntent } from '@tidewatch/alerts';
import type { z } from 'zod';
import type { ActionGate } from './action/action-gate.js';
import type { OutboundClient } from './outbound/outbound-client.js';
import type { Report } from './report.js';
import type { SecretReference } from './secret-reference.js';

/** A version that went live, was rolled back, or got other traffic. */
export interface DeploymentNote {
  readonly deploymentId: string;
  readonly kind: string;
  readonly service: string;
  readonly model: string;
  readonly modelVersion: string;
  readonly region: string;
  /** ms */
  readonly at: number;
}

/** What a message says beyond the incident. Everything in it is optional: empty texts and lists, `null`. */
export interface NotificationContext {
  /** Full addresses that a person can open; empty where there is none. */
  readonly links: { readonly console: string; readonly grafana: string; readonly traces: string };
  /** The latest of the incident's service or model before and during it, newest first, at most 3. */
  readonly deployments: readonly DeploymentNote[];
  /** A small picture of the leading member's measure. `url` is https and open to the channel's servers, or empty. */
  readonly chart: { readonly alt: string; readonly png: Uint8Array; readonly url: string } | null;
}

export const NO_CONTEXT: NotificationContext = {
  links: { console: '', grafana: '', traces: '' },
  deployments: [],
  chart: null,
};

/** One attempt to tell one receiver of one incident. */
export interface Notification {
  readonly intent: NotificationIntent;
  /** The newest state of the incident: a message that had to wait says how things are now. */
  readonly incident: IncidentState;
  readonly context: NotificationContext;
  /** When this attempt is made, ms. */
  readonly attemptAt: number;
  /** What the channel returned for the last delivered message about this incident; `null` before the first. */
  readonly ref: string | null;
  /**
   * Whether an earlier attempt may have arrived although nothing says so: it broke off, or the process died in it. A
   * channel whose receiver does not recognise repetitions looks before it opens something a second time.
   */
  readonly uncertain: boolean;
}

/**
 * How an attempt ended. `retry`: the same message may get through later, not before `afterMs` milliseconds when the
 * receiver said so. `rejected`: it will never get through as it is. `httpStatus` is 0 when there was no answer.
 * A `reason` is one plain sentence and never holds a secret.
 */
export type DeliveryResult =
  | {
      readonly outcome: 'delivered';
      readonly httpStatus: number;
      /** Names the object at the receiver for later messages, at most 2,000 characters, without secrets. */
      readonly ref?: string;
    }
  | {
      readonly outcome: 'retry';
      readonly afterMs: number | null;
      readonly reason: string;
      readonly httpStatus: number;
    }
  | { readonly outcome: 'rejected'; readonly reason: string; readonly httpStatus: number };

/** How many messages a destination takes: a token bucket. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** An open way to one receiver. */
export interface Channel {
  /** Such as `pagerduty`. */
  readonly type: string;
  /** The same for receivers that share a limit, such as one routing key; a hash, never the secret. */
  readonly destination: string;
  readonly limit: RateLimit;
  /** Makes one attempt. Never throws, and always ends within the timeout. */
  deliver(notification: Notification): Promise<DeliveryResult>;
  /** Sends a report; absent where the destination is no place to read one. Never throws. */
  report?(report: Report): Promise<DeliveryResult>;
  /** Notes a deployment at the receiver without waking anybody; absent where there is no such thing. Never throws. */
  announce?(deployment: DeploymentNote): Promise<DeliveryResult>;
  /** Frees connections; absent where nothing is held. */
  close?(): Promise<void>;
}

/** Reads a secret by name. Throws when it is missing; the error names the place and not the value. */
export type SecretReader = (reference: SecretReference) => string;

/** What a channel needs besides its receiver. */
export interface ChannelOptions {
  /** Sends the requests, and decides which addresses may be reached. */
  readonly outbound: OutboundClient;
  /** Longest time for one attempt, ms. Default 10,000. */
  readonly timeoutMs?: number;
  /** Decides about actions; without it none run. */
  readonly actionGate?: ActionGate;
}

/** One kind of destination: everything the rest of the library has to know about it. */
export interface ChannelType<Schema extends z.ZodType> {
  readonly type: string;
  /** The `spec` of a Receiver document of this type. Includes {@link receiverFields}. */
  readonly specSchema: Schema;
  /** Whether what was sent can be brought up to date; without it updates are not sent. May depend on the spec. */
  updates(spec: z.infer<Schema>): boolean;
  /** Whether the receiver knows acknowledgements. */
  readonly acknowledges: boolean;
  /** Whether its receiver recognises a repeated opening, so that it may be sent again without looking. */
  readonly idempotent: boolean;
  /** Whether it is a place to read reports: its channels have {@link Channel.report}. */
  readonly reports: boolean;
  /** The secrets that `spec` names. */
  secretsOf(spec: z.infer<Schema>): SecretReference[];
  /** @throws what `readSecret` throws, and AppError `channels.bad-address` */
  open(spec: z.infer<Schema>, readSecret: SecretReader, options: ChannelOptions): Channel;
}
