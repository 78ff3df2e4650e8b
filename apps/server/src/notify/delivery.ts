import {
  deadlineMs,
  isObsolete,
  nextDelay,
  type IncidentState,
  type NotificationIntent,
} from '@tidewatch/alerts';
import type { Channel, DeliveryResult } from '@tidewatch/channels';
import { errorMessage } from '@tidewatch/core';
import type { NotificationEventRow, OutboxEntry, Store } from '@tidewatch/store';
import type { Logger } from 'pino';

/** The outbox is scanned at least this often, whatever else happens. */
const SCAN_EVERY_MS = 10_000;
/** At most this many messages are on their way at once. */
const PARALLEL = 8;

export interface DeliveryOptions {
  readonly store: Store;
  /** Open channels by receiver name. */
  readonly channels: () => ReadonlyMap<string, Channel>;
  /** The newest state of an incident's key; decides whether a message is still wanted. */
  readonly newestOf: (incident: IncidentState) => IncidentState;
  readonly consoleUrl: string;
  readonly logger: Logger;
  readonly random: () => number;
}

/**
 * Delivers what the outbox holds: intents without a final attempt.
 *
 * The outbox is a query on stored rows, so a restart forgets nothing. Every attempt is stored before the next one is
 * planned; a crash between sending and storing sends once more, under the same deduplication key.
 */
export class Delivery {
  private readonly options: DeliveryOptions;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  constructor(options: DeliveryOptions) {
    this.options = options;
  }

  /** Scans the outbox now, or right after the scan in progress. */
  wake(): void {
    if (this.stopped) {
      return;
    }
    if (this.running !== undefined) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    this.running = this.scan()
      .catch((error: unknown) => {
        this.options.logger.error(
          { error: errorMessage(error) },
          'the notification outbox could not be worked off',
        );
        return SCAN_EVERY_MS;
      })
      .then((waitMs) => {
        this.running = undefined;
        const delay = this.again ? 0 : waitMs;
        this.again = false;
        if (!this.stopped) {
          this.timer = setTimeout(() => this.wake(), delay);
        }
      });
  }

  /** Lets the messages on their way finish and sends no more. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** @returns milliseconds until the next entry is due, at most {@link SCAN_EVERY_MS} */
  private async scan(): Promise<number> {
    const entries = await this.options.store.notifications.outbox();
    const now = Date.now();
    const due = entries.filter((entry) => dueAt(entry) <= now);
    for (let start = 0; start < due.length && !this.stopped; start += PARALLEL) {
      await Promise.all(due.slice(start, start + PARALLEL).map((entry) => this.attemptAndRecord(entry)));
    }
    const later = entries.filter((entry) => dueAt(entry) > now).map((entry) => dueAt(entry) - Date.now());
    // A failed attempt schedules its own retry; look again soon rather than after the long pause.
    const soonest = due.length > 0 ? 1_000 : SCAN_EVERY_MS;
    return Math.max(0, Math.min(soonest, ...later));
  }

  /** Each attempt is recorded when it ends: a receiver that hangs must not leave its neighbours' success unrecorded. */
  private async attemptAndRecord(entry: OutboxEntry): Promise<void> {
    const row = await this.attempt(entry);
    await this.options.store.notifications.append(row.project, [row]);
  }

  private async attempt(entry: OutboxEntry): Promise<NotificationEventRow> {
    const intent = JSON.parse(entry.intent) as NotificationIntent;
    const incident = JSON.parse(entry.state) as IncidentState;
    const startedAt = Date.now();
    const channel = this.options.channels().get(intent.receiver);
    const result = await this.send(intent, incident, channel, startedAt);
    const attempt = entry.attempts + 1;
    const expired = startedAt - intent.notBefore > deadlineMs(intent.severity);
    const outcome = result.outcome === 'retry' && expired ? 'rejected' : result.outcome;
    const retryAfter =
      result.outcome === 'retry' ? nextDelay(attempt, result.afterMs, this.options.random) : 0;
    const reason =
      result.outcome === 'delivered'
        ? ''
        : expired
          ? `gave up after ${attempt} attempts: ${result.reason}`
          : result.reason;
    const level = outcome === 'delivered' ? 'info' : 'warn';
    this.options.logger[level](
      {
        receiver: intent.receiver,
        action: intent.action,
        incident: intent.incidentId,
        outcome,
        attempt,
        reason,
      },
      'notification',
    );
    return {
      project: entry.project,
      intentId: intent.id,
      attempt,
      incidentId: intent.incidentId,
      sequence: intent.sequence,
      receiver: intent.receiver,
      channel: channel?.type ?? '',
      action: intent.action,
      at: startedAt,
      outcome,
      reason,
      httpStatus: result.httpStatus,
      latencyMs: Date.now() - startedAt,
      nextAttemptAt: startedAt + retryAfter,
    };
  }

  private async send(
    intent: NotificationIntent,
    incident: IncidentState,
    channel: Channel | undefined,
    attemptAt: number,
  ): Promise<DeliveryResult> {
    const newest = this.options.newestOf(incident);
    if (isObsolete(intent, newest)) {
      return {
        outcome: 'rejected',
        reason: 'no longer needed: the incident moved on before this was sent',
        httpStatus: 0,
      };
    }
    if (channel === undefined) {
      return {
        outcome: 'retry',
        afterMs: null,
        reason: `there is no receiver named ${intent.receiver} in the rules`,
        httpStatus: 0,
      };
    }
    return channel.deliver({
      intent,
      // What is sent late should say what is known now.
      incident: newest.id === incident.id ? newest : incident,
      consoleUrl: `${this.options.consoleUrl}/#incident-${incident.id}`,
      attemptAt,
    });
  }
}

function dueAt(entry: OutboxEntry): number {
  return Math.max((JSON.parse(entry.intent) as NotificationIntent).notBefore, entry.nextAttemptAt ?? 0);
}
