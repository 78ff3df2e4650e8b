import type { LaneStep, NotificationIntent } from '@tidewatch/alerts';
import { errorMessage } from '@tidewatch/core';
import type { NotificationEventRow } from '@tidewatch/store';
import { AttemptLog } from './attempt-log.js';
import { attemptRow } from './attempt.js';
import type { DeliveryOptions } from './delivery-options.js';
import { overdueIn, recall, type LaneMemory } from './lane-memory.js';

/** How long a message waits whose end could not be told: whoever refused it is not asked again in a hot loop. */
const TELL_AGAIN_MS = 10_000;

/** How messages end: remembered in their lanes, stored, and told to those who have to know. */
export class Outcomes {
  readonly log: AttemptLog;
  private readonly options: Pick<DeliveryOptions, 'store' | 'observer' | 'logger'>;
  private readonly now: () => number;
  /** Messages whose end the outbox may not have known when it was last read. */
  private readonly ended = new Set<string>();

  constructor(options: Pick<DeliveryOptions, 'store' | 'observer' | 'logger'>, now: () => number) {
    this.options = options;
    this.now = now;
    this.log = new AttemptLog(options.store, options.logger);
  }

  /**
   * Reads the outbox once what is known here is in it.
   *
   * @returns what has been read, and whether a message of it has ended although it is in there
   * @throws what the store throws
   */
  async around<T>(read: () => Promise<T>): Promise<{ read: T; isDone: (intentId: string) => boolean }> {
    await this.log.retry();
    // What is still being stored may be missing in what is read next.
    const storing = this.log.unstoredIntents;
    [...this.ended].filter((id) => !storing.has(id)).forEach((id) => this.ended.delete(id));
    const entries = await read();
    const unstored = this.log.unstoredIntents;
    return { read: entries, isDone: (intentId) => this.ended.has(intentId) || unstored.has(intentId) };
  }

  /** Ends messages that need not be sent any more. */
  async drop(lane: LaneMemory, dropped: LaneStep['dropped']): Promise<void> {
    if (dropped.length === 0) {
      return;
    }
    const rows = dropped.map(({ intent, reason }) => {
      const message = lane.pending.find((each) => each.intent.id === intent.id);
      const attempt = (message?.attempts ?? 0) + 1;
      return { ...attemptRow(lane, intent, attempt, this.now()), outcome: 'superseded', reason };
    });
    await this.log.add(rows);
    recall(lane, rows);
    this.take(lane, rows);
    rows.forEach((row) => this.options.observer.attempted(row));
  }

  /** Gives up, without a further request, the messages of a lane whose time is over; not the one with the id `besides`. */
  async giveUpOverdue(lane: LaneMemory, why: string, besides = ''): Promise<void> {
    const overdue = overdueIn(lane, this.now()).filter(({ intent }) => intent.id !== besides);
    for (const { intent, attempts } of overdue) {
      await this.settle(lane, intent, {
        // Without a channel: nothing was sent that could have arrived.
        ...attemptRow(lane, intent, attempts + 1, this.now()),
        outcome: 'rejected',
        reason: `gave up after ${attempts} attempts: ${why}`,
      });
    }
  }

  /** So that a process that dies in the attempt leaves word of it. A message is not held back for want of that. */
  async noteStart(
    lane: LaneMemory,
    intent: NotificationIntent,
    { attempt, ...where }: Pick<NotificationEventRow, 'attempt' | 'channel' | 'destination'>,
  ): Promise<void> {
    try {
      await this.log.append([{ ...attemptRow(lane, intent, attempt, this.now()), ...where }]);
    } catch (error) {
      this.options.logger.warn(
        { error: errorMessage(error), receiver: lane.receiver },
        'the start of a delivery attempt could not be stored; the message is sent all the same',
      );
    }
  }

  /** Remembers how an attempt ended, stores it, and tells who has to know. */
  async settle(lane: LaneMemory, intent: NotificationIntent, row: NotificationEventRow): Promise<void> {
    const { receiver, action, incidentId: incident, outcome, attempt, reason } = row;
    if (outcome === 'rejected' && !(await this.tellGivenUp(lane, intent))) {
      return;
    }
    recall(lane, [row]);
    if (outcome !== 'retry') {
      this.take(lane, [row]);
    }
    const level = outcome === 'delivered' ? 'info' : 'warn';
    this.options.logger[level]({ receiver, action, incident, outcome, attempt, reason }, 'notification');
    await this.log.add([row]);
    this.options.observer.attempted(row);
  }

  /**
   * Before the end is stored: after it nobody would come back to the message, and its fallback would never hear of it.
   *
   * @returns whether it has been told; if not, the message has not ended, and is tried again
   */
  private async tellGivenUp(lane: LaneMemory, intent: NotificationIntent): Promise<boolean> {
    try {
      await this.options.observer.gaveUp(intent);
      return true;
    } catch (error) {
      lane.heldUntil = this.now() + TELL_AGAIN_MS;
      this.options.logger.error(
        { error: errorMessage(error), receiver: lane.receiver, incident: lane.incidentId },
        'that a message is given up could not be told; the message is tried again',
      );
      return false;
    }
  }

  /** Takes messages that have ended out of their lane. */
  private take(lane: LaneMemory, rows: readonly NotificationEventRow[]): void {
    const ids = new Set(rows.map(({ intentId }) => intentId));
    lane.pending = lane.pending.filter(({ intent }) => !ids.has(intent.id));
    ids.forEach((id) => this.ended.add(id));
  }
}
