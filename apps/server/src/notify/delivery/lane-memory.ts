import { deadlineMs, nextDelay, type LaneStep, type NotificationIntent } from '@tidewatch/alerts';
import type { NotificationEventRow } from '@tidewatch/store';

/** A message that waits for its turn. */
export interface PendingMessage {
  readonly intent: NotificationIntent;
  /** Rows that exist of it, the number of the latest attempt. */
  attempts: number;
  /** When somebody asked to send it again although it had been given up: its deadline begins anew then. */
  readonly replayedAt?: number | null;
  /** Whether it comes from the outbox: an earlier process may have sent it and died before it could say so. */
  readonly inherited?: boolean;
}

/** What is on its way to one receiver about one incident, and what that receiver is known to hold. */
export interface LaneMemory {
  readonly key: string;
  readonly project: string;
  readonly incidentId: string;
  readonly receiver: string;
  /** In the order of their sequence. */
  pending: PendingMessage[];
  /** Whether the receiver holds something open. */
  open: boolean;
  /** Whether an attempt since the last known state may have arrived. */
  uncertain: boolean;
  /**
   * When the first page was due that later ones have overtaken without any of them getting through, ms; `null` when none
   * was. The time of those after it began then: whoever repeats a page must not put its fallback off.
   */
  pageUnheardSince: number | null;
  /** Sequence of the newest message that its receiver has heard, or never needs to hear. */
  told: number;
  /** Where the receiver holds it, or may hold it, as it was stored with the attempt; empty when that is not known. */
  destination: string;
  /** What the channel returned last. */
  ref: string | null;
  /** Not to be tried before this time, ms, unless the time of a message ends earlier. */
  notBefore: number;
  /** Not to be looked at before this time, ms, whatever ends meanwhile: a failure of our own. */
  heldUntil: number;
  /** Until when its receiver has asked to be left alone, by all messages, as far as stored attempts tell, ms. */
  askedUntil: number;
  /** When a job for it was last put into the queue, and for when; `null` when none is known to wait. */
  queuedFor: number | null;
  busy: boolean;
  /** Stands in the line of a place. */
  parked: boolean;
  /** Was first in the line of a place, and may go. */
  called: boolean;
  /** Whether its back-off was cut short because others got through, and it has not got through since. */
  woken: boolean;
}

/** Name of the lane of one receiver in one incident. */
export function laneKey(incidentId: string, receiver: string): string {
  return `${incidentId}/${receiver}`;
}

/** A lane about which nothing is known. */
export function emptyLane(project: string, incidentId: string, receiver: string): LaneMemory {
  return {
    key: laneKey(incidentId, receiver),
    project,
    incidentId,
    receiver,
    pending: [],
    open: false,
    uncertain: false,
    pageUnheardSince: null,
    told: 0,
    destination: '',
    ref: null,
    notBefore: 0,
    heldUntil: 0,
    askedUntil: 0,
    queuedFor: null,
    busy: false,
    parked: false,
    called: false,
    woken: false,
  };
}

/**
 * What the stored attempts of a lane say about its receiver.
 *
 * @param attempts of this lane, in any order
 */
export function recall(lane: LaneMemory, attempts: readonly NotificationEventRow[]): void {
  const inOrder = [...attempts].sort((a, b) => a.sequence - b.sequence || a.attempt - b.attempt);
  for (const row of inOrder) {
    switch (row.outcome) {
      case 'delivered':
        lane.open = row.action !== 'resolve';
        lane.destination = lane.open ? row.destination || lane.destination : '';
        lane.uncertain = false;
        lane.pageUnheardSince = null;
        lane.told = Math.max(lane.told, row.sequence);
        lane.ref = row.ref === '' ? lane.ref : row.ref;
        break;
      case 'started':
        lane.uncertain = true;
        lane.destination = row.destination || lane.destination;
        break;
      case 'retry':
        lane.uncertain ||= mayHaveArrived(row);
        lane.destination = (mayHaveArrived(row) ? row.destination : '') || lane.destination;
        lane.askedUntil = isAskedFor(row) ? Math.max(lane.askedUntil, row.nextAttemptAt) : lane.askedUntil;
        lane.notBefore = Math.max(lane.notBefore, row.nextAttemptAt);
        break;
      case 'rejected':
        // What was given up for want of time was a failure like those before it. What was refused did not arrive.
        lane.uncertain ||= mayHaveArrived(row) && isOver(lane, row);
        lane.pageUnheardSince = isPageRow(row) ? null : lane.pageUnheardSince;
        break;
      case 'superseded':
        recallSuperseded(lane, row);
        break;
      default:
        break;
    }
  }
}

function recallSuperseded(lane: LaneMemory, row: NotificationEventRow): void {
  if (row.action === 'resolve') {
    // An end that nobody had to hear of. What comes late from before it must open nothing.
    lane.told = Math.max(lane.told, row.sequence);
    lane.pageUnheardSince = null;
  } else if (isPageRow(row) && row.sequence > lane.told && !isOver(lane, row)) {
    // One whose time was over had been given up before, and was sent again by a person.
    lane.pageUnheardSince = Math.min(lane.pageUnheardSince ?? row.dueAt, row.dueAt);
  }
}

type DeadlineOf = Parameters<typeof deadlineMs>[0];

function isPageRow({ severity, action }: NotificationEventRow): boolean {
  return severity === 'page' && action !== 'resolve';
}

/** Whether a row tells of a moment at which the time of its message was over. */
function isOver({ pageUnheardSince }: LaneMemory, row: NotificationEventRow): boolean {
  const since = isPageRow(row) ? Math.min(pageUnheardSince ?? row.dueAt, row.dueAt) : row.dueAt;
  return row.at - since >= deadlineMs(row as DeadlineOf);
}

/**
 * Without an answer, or with one from something in between, the receiver may have done its work all the same; and so it
 * may if it says yes and then not what it has done.
 */
function mayHaveArrived({ httpStatus, channel }: NotificationEventRow): boolean {
  const isYes = httpStatus >= 200 && httpStatus < 300;
  return channel !== '' && (httpStatus === 0 || isYes || httpStatus >= 500);
}

/**
 * Whether a wait is one that the receiver has asked for. That is not stored: 429 says it, and 503 when the wait is longer
 * than a back-off would be.
 */
function isAskedFor({ httpStatus, attempt, at, nextAttemptAt }: NotificationEventRow): boolean {
  return (
    httpStatus === 429 || (httpStatus === 503 && nextAttemptAt - at > nextDelay(attempt, null, almostOne))
  );
}

/** Draws the longest back-off there is. */
function almostOne(): number {
  return 1 - Number.EPSILON;
}

/** When to look at a lane, ms: after its wait, and no later than when the time of a message in it is over. */
export function dueAt(lane: LaneMemory): number {
  return Math.max(lane.heldUntil, Math.min(lane.notBefore, deadlineOf(lane)));
}

/** When the first message of a lane has been tried for as long as it is worth, ms; infinite when there is none. */
export function deadlineOf(lane: LaneMemory): number {
  return lane.pending.reduce(
    (first, message) => Math.min(first, endOf(lane, message)),
    Number.POSITIVE_INFINITY,
  );
}

/** Messages that have been tried for as long as they are worth. */
export function overdueIn(lane: LaneMemory, now: number): readonly PendingMessage[] {
  return lane.pending.filter((message) => endOf(lane, message) <= now);
}

/**
 * When the time of a message began, ms: when it was due, or a page that it overtook, or when somebody asked for it anew.
 */
export function sinceOf({ pageUnheardSince }: LaneMemory, { intent, replayedAt }: PendingMessage): number {
  if (typeof replayedAt === 'number') {
    return replayedAt;
  }
  const { severity, action, notBefore } = intent;
  const inherits = pageUnheardSince !== null && severity === 'page' && action !== 'resolve';
  return inherits ? Math.min(pageUnheardSince, notBefore) : notBefore;
}

function endOf(lane: LaneMemory, message: PendingMessage): number {
  return sinceOf(lane, message) + deadlineMs(message.intent);
}

/** Messages that come so late (from the outbox, or sent again by a person) that the receiver knows more already. */
export function outdatedIn({ pending, told }: LaneMemory): LaneStep['dropped'] {
  return pending
    .filter(({ intent }) => intent.sequence < told)
    .map(({ intent }) => ({ intent, reason: 'this receiver has been told of what came after it' }));
}

/** Adds messages in the order of their sequence; those it has already are not added again. */
export function addPending(lane: LaneMemory, messages: readonly PendingMessage[]): void {
  const known = new Set(lane.pending.map(({ intent }) => intent.id));
  const fresh = messages.filter(({ intent }) => !known.has(intent.id));
  if (fresh.length > 0) {
    lane.pending = [...lane.pending, ...fresh].sort((a, b) => a.intent.sequence - b.intent.sequence);
  }
}
