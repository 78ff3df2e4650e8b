import { TokenBucket, type NotificationIntent } from '@tidewatch/alerts';
import { isIdempotent, type Channel, type RateLimit } from '@tidewatch/channels';
import { deadlineOf, type LaneMemory } from './lane-memory.js';

/** A hanging receiver must not take the places of all others. */
const MOST_AT_ONCE = 4;
/** Lanes whose back-off ends with one success at their place: as many as double the attempts, as TCP does (RFC 5681). */
const WOKEN_BY_ONE = 2;

/** Where channels come from: the rules in force, and what was stored when something was opened. */
export interface ChannelSource {
  /**
   * The channel of a receiver: as the rules have it, or where it was when the object was opened if that is another place.
   *
   * @returns `undefined` when the rules do not know the receiver and nothing was stored, or a secret is missing
   */
  channelFor(receiver: string, destination: string): Channel | undefined;
  /** Where {@link channelFor} leads, as it is stored with what is opened there: JSON without secrets. */
  destinationOf(receiver: string, destination: string): string;
}

/**
 * A place that messages go to: receivers that share a limit share it.
 *
 * Who may not go at once stands in a line and needs no job; the place has one for its head, and for whoever waits in vain
 * because a receiver asks for more patience than a message has time. A token of the rate is taken
 * by whoever goes, and never in advance: a receiver that asks for patience, or that hangs, gets nothing of what was
 * waiting until it may.
 */
export class Place {
  readonly key: string;
  /** When a job that looks at the line was last put into the queue, and for when; `null` when none is known to wait. */
  queuedFor: number | null = null;
  private readonly bucket: TokenBucket;
  /** Attempts in progress. */
  private active = 0;
  private line: LaneMemory[] = [];
  /** When the time of a message in the line is first over, or earlier, ms. */
  private firstDeadline = Number.POSITIVE_INFINITY;
  private pausedUntil = Number.NEGATIVE_INFINITY;
  /** Those whose last attempt here failed, and that wait for their next one. */
  private readonly backingOff = new Set<LaneMemory>();

  constructor(key: string, { perSecond, burst }: RateLimit) {
    this.key = key;
    this.bucket = new TokenBucket(perSecond, burst);
  }

  /** Lets a lane go, which ends with {@link leave}; or into the line, where pages come first, and then who came first. */
  enter(lane: LaneMemory, now: number): boolean {
    const { called } = lane;
    lane.called = false;
    this.backingOff.delete(lane);
    if (this.hasRoom(now) && (called || !this.isBehind(lane))) {
      this.bucket.reserve(now);
      this.active += 1;
      return true;
    }
    this.park(lane, called);
    return false;
  }

  /** Ends an attempt. */
  leave(): void {
    this.active -= 1;
  }

  /**
   * Learns from an attempt of a lane that has ended.
   *
   * @param ended its outcome as it is stored, and for how long the receiver asked to be left alone, ms
   */
  learn(
    lane: LaneMemory,
    ended: { readonly outcome: string; readonly retryAfterMs: number | null },
    now: number,
  ): void {
    const { outcome, retryAfterMs } = ended;
    if (retryAfterMs !== null) {
      // Nothing is given out before the time that the receiver has asked for.
      this.pause(now + retryAfterMs);
    }
    if (outcome === 'delivered') {
      lane.woken = false;
      this.wake(now);
    } else if (outcome === 'retry' && !lane.woken) {
      // One that was woken and failed again has a trouble of its own: it waits to the end.
      this.backingOff.add(lane);
    }
  }

  /** Gives nothing out before `until`, ms. */
  pause(until: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, until);
    this.bucket.pause(until);
  }

  /** Whether the receiver has asked for patience, and that time is not over. */
  isPaused(now: number): boolean {
    return this.pausedUntil > now;
  }

  /**
   * When the first of the line may go, ms, or one has waited in vain; `null` when nobody waits, or for an attempt to end.
   */
  callAt(now: number): number | null {
    if (this.line.length === 0) {
      return null;
    }
    const readyAt =
      this.active >= MOST_AT_ONCE ? Number.POSITIVE_INFINITY : Math.ceil(this.bucket.readyAt(now));
    const overdueAt = this.isPaused(now) ? Math.max(now, this.firstDeadline) : Number.POSITIVE_INFINITY;
    const at = Math.min(readyAt, overdueAt);
    return Number.isFinite(at) ? at : null;
  }

  /**
   * Takes those out of the line whose time is over while the receiver still asks for patience. Where the line only moves
   * slowly they stay in it: their turn comes.
   */
  callOverdue(now: number): readonly LaneMemory[] {
    if (!this.isPaused(now) || this.firstDeadline > now) {
      return [];
    }
    const overdue = this.line.filter((lane) => deadlineOf(lane) <= now);
    this.line = this.line.filter((lane) => deadlineOf(lane) > now);
    overdue.forEach((lane) => (lane.parked = false));
    this.firstDeadline = Math.min(...this.line.map(deadlineOf));
    return overdue;
  }

  /** Takes the first out of the line if it may go now. */
  callNext(now: number): LaneMemory | undefined {
    if (!this.hasRoom(now)) {
      return undefined;
    }
    const [next] = this.line.splice(Math.max(0, this.line.findIndex(isPage)), 1);
    if (next !== undefined) {
      next.parked = false;
      next.called = true;
    }
    return next;
  }

  /** Forgets who waits: in a new term everything is read anew. */
  disperse(): void {
    this.line = [];
    this.firstDeadline = Number.POSITIVE_INFINITY;
    this.backingOff.clear();
    this.queuedFor = null;
  }

  /**
   * What got through shows that the place is back: who waits out a back-off need not wait to its end. Only two join the
   * line for every message, so a place that takes less than half of what comes is not asked more and more.
   */
  private wake(now: number): void {
    for (let count = 0; count < WOKEN_BY_ONE; count += 1) {
      const waiting = [...this.backingOff].filter(({ pending, busy }) => pending.length > 0 && !busy);
      const next = waiting.find(isPage) ?? waiting[0];
      if (next === undefined) {
        return;
      }
      this.backingOff.delete(next);
      next.woken = true;
      next.notBefore = now;
      this.park(next);
    }
  }

  private park(lane: LaneMemory, first = false): void {
    lane.parked = true;
    this.firstDeadline = Math.min(this.firstDeadline, deadlineOf(lane));
    if (first) {
      this.line.unshift(lane);
    } else {
      this.line.push(lane);
    }
  }

  private hasRoom(now: number): boolean {
    return this.active < MOST_AT_ONCE && this.bucket.isReady(now);
  }

  private isBehind(lane: LaneMemory): boolean {
    return isPage(lane) ? this.line.some(isPage) : this.line.length > 0;
  }
}

function isPage({ pending }: LaneMemory): boolean {
  return pending.some(({ intent }) => intent.severity === 'page');
}

/**
 * What opens something goes where the rules lead now, and what comes after it to where it was opened: that may be elsewhere
 * than was expected when the messages were planned.
 */
function destinationIn(lane: LaneMemory, { action, destination }: NotificationIntent): string {
  if (!lane.open && action === 'trigger') {
    return '';
  }
  return lane.destination === '' ? destination : lane.destination;
}

/** Where one message goes. */
export interface Destination {
  readonly channel: Channel;
  /** Whether a repetition is recognised there. */
  readonly idempotent: boolean;
  readonly place: Place;
  /** As it is stored with an attempt. */
  readonly stored: string;
}

/** Keeps the rate and the attempts in progress of every place that messages go to. */
export class Destinations {
  private readonly source: ChannelSource;
  private readonly places = new Map<string, Place>();

  constructor(source: ChannelSource) {
    this.source = source;
  }

  /** Where a message of a lane goes; `undefined` when there is no way. */
  of(intent: NotificationIntent, lane: LaneMemory): Destination | undefined {
    const wanted = destinationIn(lane, intent);
    const channel = this.source.channelFor(intent.receiver, wanted);
    if (channel === undefined) {
      return undefined;
    }
    const key = `${channel.type}/${channel.destination}`;
    let place = this.places.get(key);
    if (place === undefined) {
      place = new Place(key, channel.limit);
      this.places.set(key, place);
    }
    const stored = this.source.destinationOf(intent.receiver, wanted);
    return { channel, idempotent: isIdempotent(channel.type), place, stored };
  }

  /** Heeds again what receivers have asked for, as the stored attempts of these lanes tell. */
  pauseAgain(lanes: Iterable<LaneMemory>): void {
    for (const lane of lanes) {
      const [first] = lane.pending;
      const { askedUntil } = lane;
      if (first !== undefined && askedUntil > 0) {
        this.of(first.intent, lane)?.place.pause(askedUntil);
      }
    }
  }

  /** A place by its key. */
  place(key: string): Place | undefined {
    return this.places.get(key);
  }

  all(): IterableIterator<Place> {
    return this.places.values();
  }
}
