import { nextInLane, type IncidentState, type NotificationIntent } from '@tidewatch/alerts';
import { NO_CONTEXT } from '@tidewatch/channels';
import { errorMessage } from '@tidewatch/core';
import { makeAttempt } from './attempt.js';
import { DeliveryJobs, PARALLEL } from './delivery-jobs.js';
import type { DeliveryOptions } from './delivery-options.js';
import { Destinations, type Destination, type Place } from './destinations.js';
import { Lanes, type StoredIntents } from './lanes.js';
import { dueAt, outdatedIn, overdueIn, sinceOf, type LaneMemory } from './lane-memory.js';
import { Outcomes } from './outcomes.js';

/** The outbox is read at least this often: it knows what a queue has lost and what was asked for elsewhere. */
const SCAN_EVERY_MS = 10_000;
/** After a look that failed. */
const SCAN_AGAIN_MS = 2_000;

export type { DeliveryJob } from './delivery-jobs.js';
export type { DeliveryObserver, DeliveryOptions } from './delivery-options.js';

/**
 * Delivers what the outbox holds: intents without a final attempt.
 *
 * Messages to one receiver about one incident are a lane, worked on one at a time and in order; the newest state wins.
 * The outbox is a query on stored rows, so a restart forgets nothing: jobs only say which lane to look at. Where a receiver
 * recognises repetitions (by a deduplication key) a crash between sending and storing sends once more and nothing opens
 * twice; where it does not, the attempt is stored before it is made, and the channel looks before it opens again.
 */
export class Delivery {
  private readonly options: DeliveryOptions;
  private readonly now: () => number;
  private readonly outcomes: Outcomes;
  private readonly destinations: Destinations;
  private readonly jobs: DeliveryJobs;
  private lanes: Lanes;
  private cancelScan: () => void = () => undefined;
  private scanning: Promise<void> | undefined;
  private scanFailed = false;
  /** Ends when the last call of {@link enqueue} has been taken. */
  private taking: Promise<unknown> = Promise.resolve();
  /** Whether the outbox alone knows all: it has not been read in this term, or stored messages could not be taken. */
  private isBehind = false;
  /** Tells jobs of one term from those of another; `null` while this process may not deliver. */
  private term: number | null = null;
  private processing = false;
  private readonly working = new Set<Promise<unknown>>();

  constructor(options: DeliveryOptions) {
    this.options = options;
    this.now = options.now ?? Date.now;
    this.outcomes = new Outcomes(options, this.now);
    this.lanes = new Lanes(options.store);
    this.destinations = new Destinations(options.source);
    this.jobs = new DeliveryJobs(options.queue, this.now);
  }

  /**
   * Reads the outbox and begins to work.
   *
   * @param epoch of the lease under which this process delivers
   */
  async begin(epoch: number): Promise<void> {
    this.lanes = new Lanes(this.options.store);
    // Incidents may change already. What was sent before this term is only known from the outbox: an end that was taken
    // without it would count as one of which the receiver has never heard the beginning, and not be sent.
    this.isBehind = true;
    for (const place of this.destinations.all()) {
      place.disperse();
    }
    this.term = epoch;
    this.jobs.begin(epoch);
    if (!this.processing) {
      this.processing = true;
      this.options.queue.process(PARALLEL, (job) =>
        'place' in job ? this.callNext(job.place) : this.work(job.lane),
      );
    } else {
      await this.options.queue.resume();
    }
    await this.scan();
    this.isBehind = this.scanFailed;
    this.scanLater();
  }

  /** Sends no more; what is on its way ends. Another process may go on with the rest. */
  async end(): Promise<void> {
    this.term = null;
    this.jobs.begin(null);
    this.cancelScan();
    // Jobs belong to whoever delivers next.
    await this.options.queue.pause();
    await this.scanning;
    await Promise.all(this.working);
    await this.outcomes.log.retry().catch(() => undefined);
  }

  /** Gives the queue up. */
  async close(): Promise<void> {
    await this.options.queue.close();
  }

  /** Looks into the outbox now. */
  wake(): void {
    if (this.term !== null) {
      void this.scan();
    }
  }

  /** Messages that wait or are on their way. */
  get pending(): number {
    return this.lanes.pending;
  }

  /** Why messages do not get out of this process, or `null`. That one receiver is away is no such reason. */
  get trouble(): string | null {
    if (this.term === null) {
      return 'delivery does not run';
    }
    return this.scanFailed ? 'the notification outbox cannot be read' : null;
  }

  /** Takes messages that are stored, one call after the other. Resolves when each has a job. */
  async enqueue(stored: readonly StoredIntents[]): Promise<void> {
    // What is asked for later may need no look into the store; it must not overtake what came before it.
    const touched = this.taking.then(() => this.takeInTurn(stored));
    this.taking = touched.catch(() => undefined);
    await this.jobs.addLanes(await touched);
  }

  private async takeInTurn(stored: readonly StoredIntents[]): Promise<Iterable<LaneMemory>> {
    if (!this.isBehind) {
      try {
        return await this.lanes.take(stored);
      } catch (error) {
        this.isBehind = true;
        throw error;
      }
    }
    // The outbox has these messages too, and those before them that could not be taken.
    await this.scanning;
    await this.scan();
    this.isBehind = this.scanFailed;
    return [];
  }

  private scanLater(): void {
    const setTimer = this.options.setTimer ?? processTimer;
    // A failed look is repeated soon: it may have left messages without a job.
    const waitMs = this.scanFailed ? SCAN_AGAIN_MS : SCAN_EVERY_MS;
    this.cancelScan = setTimer(() => {
      void this.scan().then(() => {
        if (this.term !== null) {
          this.scanLater();
        }
      });
    }, waitMs);
  }

  /** Reads the outbox and takes up what is not known here. */
  private scan(): Promise<void> {
    this.scanning ??= this.readOutbox()
      .then(() => {
        this.scanFailed = false;
      })
      .catch((error: unknown) => {
        this.scanFailed = true;
        this.options.logger.error(
          { error: errorMessage(error) },
          'the notification outbox could not be read; it is tried again',
        );
      })
      .finally(() => {
        this.scanning = undefined;
      });
    return this.scanning;
  }

  private async readOutbox(): Promise<void> {
    const { read, isDone } = await this.outcomes.around(() => this.options.store.notifications.outbox());
    const taken = await this.lanes.takeOutbox(read, isDone);
    // Before any of them has a job: a process before this one may have been asked for patience.
    this.destinations.pauseAgain(taken);
    await this.jobs.addLanes(taken);
    await this.jobs.replaceLost(this.lanes.all(), this.destinations.all());
  }

  /** Works on whoever is first in the line of a place, and on those who have waited there in vain. */
  private async callNext(key: string): Promise<void> {
    const place = this.destinations.place(key);
    if (place === undefined || this.term === null) {
      return;
    }
    place.queuedFor = null;
    // Each on its own: they have no request to make, and need not wait for one another.
    await this.jobs.addLanes(place.callOverdue(this.now()));
    const lane = place.callNext(this.now());
    if (lane !== undefined) {
      await this.work(lane.key);
    }
    await this.jobs.addPlace(place);
  }

  private async work(key: string): Promise<void> {
    const lane = this.lanes.get(key);
    // A job that came twice, or one of another term; or the lane stands in a line, and is called.
    if (lane === undefined || lane.busy || lane.parked || this.term === null) {
      return;
    }
    lane.busy = true;
    lane.queuedFor = null;
    const running = this.workOn(lane)
      .catch((error: unknown) => {
        lane.heldUntil = this.now() + 1_000;
        this.options.logger.error(
          { error: errorMessage(error), receiver: lane.receiver },
          'a message could not be sent; it is tried again',
        );
        return undefined;
      })
      .finally(() => {
        lane.busy = false;
        lane.called = false;
        this.working.delete(running);
        this.lanes.release(lane);
      });
    this.working.add(running);
    const line = await running;
    if (line !== undefined) {
      // Not before the lane is free: it may be called at once.
      await this.callLater(line);
    }
    if (lane.pending.length > 0) {
      await this.jobs.addLanes([lane]);
    }
  }

  /** Returns the place in whose line the lane stands now, if it does. */
  private async workOn(lane: LaneMemory): Promise<Place | undefined> {
    await this.outcomes.drop(lane, outdatedIn(lane));
    if (dueAt(lane) > this.now()) {
      return undefined;
    }
    const next = nextInLane({
      pending: lane.pending.map(({ intent }) => intent),
      open: lane.open,
      uncertain: lane.uncertain || this.mayBeTold(lane),
    });
    if (next.send === null) {
      await this.outcomes.drop(lane, next.dropped);
      return undefined;
    }
    const destination = this.destinations.of(next.send, lane);
    if (destination === undefined) {
      await this.outcomes.drop(lane, next.dropped);
      await this.attempt(lane, next.send, undefined);
      return undefined;
    }
    const { place } = destination;
    if (place.isPaused(this.now()) && overdueIn(lane, this.now()).length > 0) {
      await this.outcomes.drop(lane, next.dropped);
      await this.outcomes.giveUpOverdue(lane, `${lane.receiver} still asks for patience`);
      return undefined;
    }
    if (!place.enter(lane, this.now())) {
      return place;
    }
    try {
      await this.callLater(place);
      await this.outcomes.drop(lane, next.dropped);
      await this.attempt(lane, next.send, destination);
    } finally {
      place.leave();
      await this.callLater(place);
    }
    return undefined;
  }

  /** Where repetitions are recognised no start is stored: what an earlier process left may have arrived. */
  private mayBeTold(lane: LaneMemory): boolean {
    return lane.pending.some(
      ({ intent, inherited }) =>
        inherited === true && this.destinations.of(intent, lane)?.idempotent === true,
    );
  }

  /** Whoever waits in a line must not make the attempt of another fail. */
  private async callLater(place: Place): Promise<void> {
    try {
      await this.jobs.addPlace(place);
    } catch (error) {
      this.options.logger.error(
        { error: errorMessage(error) },
        'messages that wait for others to the same receiver have no job; they get one with the next look at the outbox',
      );
    }
  }

  private async attempt(
    lane: LaneMemory,
    intent: NotificationIntent,
    destination: Destination | undefined,
  ): Promise<void> {
    const message = lane.pending.find((each) => each.intent.id === intent.id);
    const incident = this.incidentOf(intent);
    if (message === undefined || incident === undefined) {
      return;
    }
    message.attempts += 1;
    const { attempts: attempt } = message;
    const context = await this.options.contextOf(incident, intent.severity).catch(() => NO_CONTEXT);
    if (destination !== undefined && !destination.idempotent) {
      const { channel, stored } = destination;
      await this.outcomes.noteStart(lane, intent, { attempt, channel: channel.type, destination: stored });
    }
    const { now, options } = this;
    const random = options.random ?? Math.random;
    const since = sinceOf(lane, message);
    const made = { lane, intent, incident, destination, context, since, attempt, now, random };
    const { row, retryAfterMs } = await makeAttempt(made);
    destination?.place.learn(lane, { outcome: row.outcome, retryAfterMs }, now());
    await this.outcomes.settle(lane, intent, row);
    if (row.outcome === 'retry') {
      // What stands behind it does not wait longer than it is worth. Itself it may have become so: then it is asked again.
      await this.outcomes.giveUpOverdue(lane, 'a message before it does not get through', intent.id);
    }
  }

  /** The incident that a message is about, as it is now. */
  private incidentOf({ incidentId }: NotificationIntent): IncidentState | undefined {
    const stored = this.lanes.stateOf(incidentId);
    const newest = stored === undefined ? undefined : this.options.newestOf(stored);
    return newest?.id === incidentId ? newest : stored;
  }
}

function processTimer(callback: () => void, ms: number): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
