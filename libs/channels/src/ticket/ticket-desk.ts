import type { DeliveryResult, Notification } from '../channel.js';
import type { Answer, AnyJsonRequest } from '../post-json.js';
import type { TicketRef } from './ticket-ref.js';

/** Sends one request within what is left of the attempt's time. Never throws. */
export type Send = (request: AnyJsonRequest) => Promise<Answer>;

/** How one step of an attempt ended: with a value, or with what the whole attempt ends with. */
export type Step<Value> =
  { readonly value: Value; readonly httpStatus: number } | { readonly failure: DeliveryResult };

/** What a ticket is now. */
export type TicketState =
  | { readonly kind: 'open' }
  | {
      /** There is no such ticket. */
      readonly kind: 'gone';
      /** What to say of it when the tracker answers the same to those who may not see it; `null` when it is certain. */
      readonly doubt: DeliveryResult | null;
    }
  | {
      readonly kind: 'closed';
      /** ms; `null` when the tracker does not say. */
      readonly at: number | null;
      /** Whether a person has closed it as something that will not be worked on. It stays closed then. */
      readonly declined: boolean;
    };

/** One issue tracker, in the terms in which incidents need it. Every step is one idempotent request, or a few. */
export interface TicketDesk {
  /** Whether the end of an incident closes its ticket. */
  readonly closes: boolean;
  /** How long after its end a ticket is used again for the same incident, ms. */
  readonly reopenWithinMs: number;
  /**
   * The newest ticket of the incident, or `null`; looks at the tracker itself.
   *
   * @param justNow whether it may have been opened a moment ago
   */
  find(notification: Notification, send: Send, justNow: boolean): Promise<Step<string | null>>;
  /** @param previous an earlier ticket of the same incident, for the reader */
  open(notification: Notification, previous: TicketRef | null, send: Send): Promise<Step<string>>;
  look(issue: string, send: Send): Promise<Step<TicketState>>;
  /** @returns whether it is open now; `false` when the tracker knows no way back */
  reopen(issue: string, send: Send): Promise<Step<boolean>>;
  close(issue: string, send: Send): Promise<Step<null>>;
  comment(issue: string, notification: Notification, send: Send): Promise<Step<null>>;
  /** Whether the comment that {@link comment} would add is there already. */
  hasComment(issue: string, notification: Notification, send: Send): Promise<Step<boolean>>;
}
