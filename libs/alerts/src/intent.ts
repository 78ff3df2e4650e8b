import { createHash } from 'node:crypto';
import type { Severity } from './severity.js';

/**
 * What a message does to the object that stands for the incident at its receiver (a PagerDuty alert, a Slack message,
 * a ticket): opens it, brings it up to date, marks it as taken on, or closes it.
 */
export type IntentAction = 'trigger' | 'update' | 'acknowledge' | 'resolve';

/** Why a message is sent. Channels with a history (threads, ticket comments) say it. */
export const INTENT_REASONS = [
  'opened',
  'reopened',
  'escalated',
  'deescalated',
  'changed',
  'acknowledged',
  'commented',
  'repeated',
  'suppression-ended',
  'not-acknowledged',
  'still-firing',
  'fallback',
  'resolved',
  'resolved-by-hand',
] as const;
export type IntentReason = (typeof INTENT_REASONS)[number];

/** One message that has to reach one receiver. Stored with the change that asks for it. JSON-serialisable. */
export interface NotificationIntent {
  /** `<incident>:<sequence>:<receiver>`: the same for every attempt. */
  readonly id: string;
  readonly incidentId: string;
  readonly sequence: number;
  readonly receiver: string;
  readonly action: IntentAction;
  readonly reason: IntentReason;
  /** Severity of what it is about: it decides the receiver's urgency and the delivery deadline. */
  readonly severity: Severity;
  /** Names the object at the receiver, 64 hex digits: one per (incident, receiver). */
  readonly dedupKey: string;
  /** Not to be sent before this time, ms. */
  readonly notBefore: number;
  /** Why this receiver: one line per decision, from the routing table. */
  readonly explanation: readonly string[];
  /**
   * The receiver's `spec` as it was when the object was opened, JSON without secrets; empty for what opens one. It is used
   * when the rules know the receiver no more or name another destination under it: what was opened is closed where it is.
   */
  readonly destination: string;
  /** Who caused it, for an acknowledgement, comment or manual resolve; empty otherwise. */
  readonly by: string;
  /** Text of a comment; empty otherwise. */
  readonly text: string;
}

/** Names one external object per (incident, receiver): SHA-256, 64 hexadecimal digits. */
export function dedupKey(incidentId: string, receiver: string): string {
  return createHash('sha256').update(`${incidentId}\n${receiver}`).digest('hex');
}

/** What the planner has to know of a receiver. */
export interface ReceiverTraits {
  readonly name: string;
  readonly owner: string;
  /** A disabled receiver is told of nothing new; what it was told of is closed. */
  readonly enabled: boolean;
  /** Whether it takes `update`: an incoming webhook that can only post hears of openings, escalations and ends. */
  readonly updates: boolean;
  /** Whether it takes `acknowledge`. */
  readonly acknowledges: boolean;
  /** Its `spec`, JSON without secrets. */
  readonly destination: string;
  /** Told when a page cannot be delivered; `null` for nobody. */
  readonly fallback: string | null;
}
