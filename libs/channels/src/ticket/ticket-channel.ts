import type { IntentReason } from '@tidewatch/alerts';
import type { Channel, ChannelOptions, DeliveryResult, Notification } from '../channel.js';
import { DEFAULT_TIMEOUT_MS, sendJson } from '../post-json.js';
import { KeyedLanes } from '../keyed-lanes.js';
import type { Send, TicketDesk } from './ticket-desk.js';
import { TicketMemory } from './ticket-memory.js';
import { formatTicketRef, parseTicketRef, type TicketRef } from './ticket-ref.js';

/**
 * News that a ticket gets a comment for. The others are about who is told and how often: a ticket is there all the time,
 * and a comment without news makes everybody who follows it read for nothing.
 */
const WORTH_A_COMMENT: ReadonlySet<IntentReason> = new Set([
  'reopened',
  'escalated',
  'deescalated',
  'changed',
  'acknowledged',
  'commented',
  'resolved',
  'resolved-by-hand',
]);

/** Answers that say for certain that nothing was done. */
const NOTHING_DONE = new Set([401, 403, 404, 429]);

/**
 * A channel with one ticket per incident: opened once, history as comments, closed at the end, and opened again when the
 * incident is. Within an attempt everything that may be repeated comes first and the comment last, so that a failed
 * attempt can be made again.
 *
 * Attempts about one incident follow one another, and attempts of one message share one result; a ticket is known here
 * from the moment it exists, and after an attempt that may have arrived the tracker is asked before another is opened.
 */
export function ticketChannel(
  desk: TicketDesk,
  identity: Pick<Channel, 'type' | 'destination' | 'limit'>,
  options: ChannelOptions,
): Channel {
  const lanes = new KeyedLanes();
  const memory = new TicketMemory();
  const underWay = new Map<string, Promise<DeliveryResult>>();
  return {
    ...identity,
    deliver(notification) {
      const { id, dedupKey } = notification.intent;
      const same = underWay.get(id);
      if (same !== undefined) {
        return same;
      }
      const result = lanes
        .run(dedupKey, () => remembering(desk, memory, notification, sendWithin(options)))
        .finally(() => underWay.delete(id));
      underWay.set(id, result);
      return result;
    },
  };
}

/** Several requests share the time of one attempt. */
function sendWithin(options: ChannelOptions): Send {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const deadline = performance.now() + timeoutMs;
  return async (request) => {
    const left = Math.ceil(deadline - performance.now());
    return left > 0
      ? sendJson(request, { ...options, timeoutMs: left })
      : { status: 0, failure: `no answer within ${timeoutMs} ms`, refused: false };
  };
}

async function remembering(
  desk: TicketDesk,
  memory: TicketMemory,
  notification: Notification,
  send: Send,
): Promise<DeliveryResult> {
  const { id, dedupKey } = notification.intent;
  const note = memory.get(dedupKey);
  if (note?.done === id) {
    return delivered(note.ref, 0);
  }
  const ref = parseTicketRef(notification.ref) ?? note?.ref ?? null;
  const unsure = notification.uncertain || note?.unsure === true;
  const attempt = new TicketAttempt(desk, notification, send, unsure);
  const result = await attempt.make(ref);
  memory.set(dedupKey, {
    ref: attempt.ticket ?? ref,
    done: result.outcome === 'delivered' ? id : null,
    unsure: result.outcome === 'retry' && (unsure || !NOTHING_DONE.has(result.httpStatus)),
  });
  return result;
}

function delivered(ref: TicketRef | null, httpStatus: number): DeliveryResult {
  return { outcome: 'delivered', httpStatus, ...(ref !== null && { ref: formatTicketRef(ref) }) };
}

/** One attempt to bring one message to the ticket of its incident. */
class TicketAttempt {
  /** The ticket, as far as this attempt has found or made one. */
  ticket: TicketRef | null = null;
  private readonly desk: TicketDesk;
  private readonly notification: Notification;
  private readonly send: Send;
  private readonly unsure: boolean;

  constructor(desk: TicketDesk, notification: Notification, send: Send, unsure: boolean) {
    this.desk = desk;
    this.notification = notification;
    this.send = send;
    this.unsure = unsure;
  }

  async make(known: TicketRef | null): Promise<DeliveryResult> {
    const { action, reason } = this.notification.intent;
    let ref = known;
    // The very first message needs no look: there can be no ticket. Everything else can have lost its ticket's name.
    if (ref === null && (this.unsure || action !== 'trigger' || reason !== 'opened')) {
      const found = await this.desk.find(this.notification, this.send, this.unsure);
      if ('failure' in found) {
        return found.failure;
      }
      ref = found.value === null ? null : { issue: found.value, closedAt: null };
    }
    this.ticket = ref;
    switch (action) {
      case 'trigger':
        return ref === null ? this.open(null) : this.takeUp(ref);
      case 'update':
        return ref === null ? this.open(null) : this.comment(ref);
      case 'acknowledge':
        return ref === null ? delivered(null, 0) : this.comment(ref);
      case 'resolve':
        return ref === null ? delivered(null, 0) : this.end(ref);
    }
  }

  private async open(previous: TicketRef | null): Promise<DeliveryResult> {
    const opened = await this.desk.open(this.notification, previous, this.send);
    if ('failure' in opened) {
      return opened.failure;
    }
    this.ticket = { issue: opened.value, closedAt: null };
    return delivered(this.ticket, opened.httpStatus);
  }

  /** The incident is open, or open again, and had a ticket before. */
  private async takeUp(ref: TicketRef): Promise<DeliveryResult> {
    const looked = await this.desk.look(ref.issue, this.send);
    if ('failure' in looked) {
      return looked.failure;
    }
    const state = looked.value;
    switch (state.kind) {
      case 'open':
        return this.comment({ ...ref, closedAt: null });
      case 'gone':
        return this.succeed(ref);
      case 'closed':
        if (state.declined) {
          return this.comment({ ...ref, closedAt: null });
        }
        return this.notification.attemptAt - (state.at ?? ref.closedAt ?? 0) <= this.desk.reopenWithinMs
          ? this.reopen(ref)
          : this.succeed(ref);
    }
  }

  private async reopen(ref: TicketRef): Promise<DeliveryResult> {
    const reopened = await this.desk.reopen(ref.issue, this.send);
    if ('failure' in reopened) {
      return reopened.failure;
    }
    return reopened.value ? this.comment({ ...ref, closedAt: null }) : this.succeed(ref);
  }

  /** Opens another ticket for an incident whose ticket is over, unless an attempt before this one has done so. */
  private async succeed(previous: TicketRef): Promise<DeliveryResult> {
    if (this.unsure) {
      const found = await this.desk.find(this.notification, this.send, this.unsure);
      if ('failure' in found) {
        return found.failure;
      }
      if (found.value !== null && found.value !== previous.issue) {
        this.ticket = { issue: found.value, closedAt: null };
        return delivered(this.ticket, found.httpStatus);
      }
    }
    return this.open(previous);
  }

  /** The incident is over. What a person has closed stays closed in the way in which they closed it. */
  private async end(ref: TicketRef): Promise<DeliveryResult> {
    if (this.desk.closes) {
      const looked = await this.desk.look(ref.issue, this.send);
      if ('failure' in looked) {
        return looked.failure;
      }
      if (looked.value.kind === 'gone') {
        return looked.value.doubt ?? delivered(ref, looked.httpStatus);
      }
      if (looked.value.kind === 'open') {
        const closed = await this.desk.close(ref.issue, this.send);
        if ('failure' in closed) {
          return closed.failure;
        }
      }
    }
    return this.comment({ ...ref, closedAt: this.notification.attemptAt });
  }

  private async comment(ref: TicketRef): Promise<DeliveryResult> {
    this.ticket = ref;
    if (!WORTH_A_COMMENT.has(this.notification.intent.reason)) {
      return delivered(ref, 0);
    }
    if (this.unsure) {
      const there = await this.desk.hasComment(ref.issue, this.notification, this.send);
      if ('failure' in there) {
        return there.failure;
      }
      if (there.value) {
        return delivered(ref, there.httpStatus);
      }
    }
    const commented = await this.desk.comment(ref.issue, this.notification, this.send);
    return 'failure' in commented ? commented.failure : delivered(ref, commented.httpStatus);
  }
}
