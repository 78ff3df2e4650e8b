import type { Job, JobQueue } from '@tidewatch/jobs';
import type { Place } from './destinations.js';
import { dueAt, type LaneMemory } from './lane-memory.js';

/** How late a job may be before it counts as lost. */
const LOST_AFTER_MS = 30_000;
/** Jobs worked on at once. */
export const PARALLEL = 32;

/**
 * A job: the lane to look at, or the place whose line to look at. What there is to send is known to delivery, never to
 * the queue.
 */
export type DeliveryJob = { readonly lane: string } | { readonly place: string };

/** Sees to it that everything that waits has a job for when it is due. */
export class DeliveryJobs {
  private readonly queue: JobQueue<DeliveryJob>;
  private readonly now: () => number;
  private term: number | null = null;
  private made = 0;

  constructor(queue: JobQueue<DeliveryJob>, now: () => number) {
    this.queue = queue;
    this.now = now;
  }

  /** @param term tells jobs of one term from those of another; `null` while none are to be made */
  begin(term: number | null): void {
    this.term = term;
  }

  /**
   * Gives each lane a job for when it is due, unless one waits for then or earlier.
   *
   * @throws what the queue throws; the jobs count as lost then
   */
  async addLanes(lanes: Iterable<LaneMemory>): Promise<void> {
    const now = this.now();
    const jobs: Job<DeliveryJob>[] = [];
    const given: LaneMemory[] = [];
    for (const lane of lanes) {
      const at = Math.max(now, dueAt(lane));
      if (!lane.busy && !lane.parked && (lane.queuedFor === null || lane.queuedFor > at)) {
        lane.queuedFor = at;
        given.push(lane);
        jobs.push(this.job({ lane: lane.key }, at - now));
      }
    }
    await this.add(jobs, given);
  }

  /**
   * Gives a place a job for when its line is to be looked at, unless one waits for then or earlier.
   *
   * @throws what the queue throws; the job counts as lost then
   */
  async addPlace(place: Place): Promise<void> {
    const now = this.now();
    const at = place.callAt(now);
    if (at !== null && (place.queuedFor === null || place.queuedFor > at)) {
      place.queuedFor = at;
      await this.add([this.job({ place: place.key }, at - now)], [place]);
    }
  }

  /** A job that is long overdue while workers are idle is lost, as all are when Redis loses its data. */
  async replaceLost(lanes: Iterable<LaneMemory>, places: Iterable<Place>): Promise<void> {
    const overdue = this.now() - LOST_AFTER_MS;
    const isLost = ({ queuedFor }: LaneMemory | Place): boolean => queuedFor === null || queuedFor < overdue;
    const lostLanes = [...lanes].filter(
      (lane) => !lane.busy && !lane.parked && lane.pending.length > 0 && isLost(lane),
    );
    const lostPlaces = [...places].filter((place) => place.callAt(this.now()) !== null && isLost(place));
    if (lostLanes.length + lostPlaces.length === 0 || (await this.queue.counts()).active >= PARALLEL) {
      return;
    }
    lostLanes.forEach((lane) => (lane.queuedFor = null));
    await this.addLanes(lostLanes);
    for (const place of lostPlaces) {
      place.queuedFor = null;
      await this.addPlace(place);
    }
  }

  private job(data: DeliveryJob, delayMs: number): Job<DeliveryJob> {
    this.made += 1;
    return { id: `${this.term}-${this.made}`, data, delayMs };
  }

  private async add(
    jobs: readonly Job<DeliveryJob>[],
    owners: readonly (LaneMemory | Place)[],
  ): Promise<void> {
    if (jobs.length === 0 || this.term === null) {
      return;
    }
    try {
      await this.queue.add(jobs);
    } catch (error) {
      // The next look at the outbox makes them again.
      owners.forEach((owner) => (owner.queuedFor = null));
      throw error;
    }
  }
}
