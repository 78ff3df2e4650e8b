import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  applyCommand,
  incidentId,
  readIncidentState,
  type IncidentCommand,
  type IncidentState,
} from '@tidewatch/alerts';
import { AppError } from '@tidewatch/core';
import type { JobQueue } from '@tidewatch/jobs';
import type { IncidentEventRow, Store } from '@tidewatch/store';
import { refuseIfResolved } from './command-refusals.js';
import { drillKey, type Drill, type DrillCondition } from './drill/drill-signal.js';
import type { Logger } from 'pino';
import type { IncidentManager } from './incident-manager.js';

/** What a person asks for in a process that does not write the state of alerts. */
export interface CommandJob {
  readonly project: string;
  readonly incidentId: string;
  readonly command: IncidentCommand;
  /** When it was asked for, ms. */
  readonly at: number;
}

/** A drill that begins or is over, in a process that does not write the state of alerts. */
export interface DrillJob {
  readonly drill: Drill;
  readonly condition: DrillCondition;
  /** When it was asked for, ms. */
  readonly at: number;
}

export type ForwardedJob = CommandJob | DrillJob;

/** How long the process that asks waits for the writer. */
const WAIT_MS = 5_000;
const LOOK_MS = 100;

/**
 * Gives to the writer what people ask for, and waits for what comes of it. Both throw AppError `alerts.not-the-writer`
 * (retryable) when no writer has done it in 5 s.
 */
export interface Forwarding {
  /** @throws AppError `incident.unknown`, `incident.resolved` */
  command(job: CommandJob): Promise<IncidentState>;
  drill(job: DrillJob): Promise<void>;
}

/**
 * Sends what people ask for to the writer through a queue that both share. Whether it was done is read from what the
 * writer stores; what is done already, or can be done no more, is answered without it.
 *
 * @param waitMs how long the writer has, ms; shorter in tests
 */
export function forwardTo(
  queue: JobQueue<ForwardedJob>,
  { incidents }: Pick<Store, 'incidents'>,
  waitMs = WAIT_MS,
): Forwarding {
  const send = (data: ForwardedJob): Promise<void> => queue.add([{ id: randomUUID(), data }]);
  return {
    command: async (job) => {
      const [before] = await incidents.lastChanges(job.project, [job.incidentId]);
      if (before === undefined) {
        throw new AppError({
          code: 'incident.unknown',
          message: `There is no incident ${job.incidentId}.`,
          hint: 'GET /api/v1/incidents lists them.',
        });
      }
      if (isSettled(before, job)) {
        return readIncidentState(before.state);
      }
      await send(job);
      return confirmed(waitMs, async () => {
        const changes = await incidents.changesOf(job.project, [job.incidentId]);
        const last = changes.at(-1) ?? before;
        const since = changes.filter(({ sequence }) => sequence > before.sequence);
        const isDone = since.some((change) => isDoneBy(change, job, before)) || isSettled(last, job);
        return isDone ? readIncidentState(last.state) : undefined;
      });
    },
    drill: async (job) => {
      const id = incidentId(drillKey(job.drill), 1);
      const statusNow = async (): Promise<string | undefined> => {
        const [last] = await incidents.lastChanges(job.drill.project, [id]);
        return last && readIncidentState(last.state).status;
      };
      const isEnd = job.condition === 'ok';
      const isDone = (status: string | undefined): boolean =>
        status !== undefined && (!isEnd || status !== 'open');
      let last = await statusNow();
      if (isDone(last)) {
        return;
      }
      await send(job);
      try {
        await confirmed(waitMs, async () => {
          last = await statusNow();
          return isDone(last) || undefined;
        });
      } catch (error) {
        // The end of what has not begun waits behind a beginning that may still be under way.
        if (!isEnd || last !== undefined) {
          throw error;
        }
      }
    },
  };
}

/** @throws AppError `alerts.not-the-writer` when nothing is found in time */
async function confirmed<T>(waitMs: number, look: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + waitMs; Date.now() < deadline;) {
    await sleep(LOOK_MS);
    const found = await look();
    if (found !== undefined) {
      return found;
    }
  }
  throw new AppError({
    code: 'alerts.not-the-writer',
    message: 'The process that writes the state of alerts has not confirmed the command within 5 seconds.',
    hint: 'Look at the incident: a command is done once a writer is there, or a later incident of the same service has taken its place. A drill is not begun that late: try again.',
    retryable: true,
  });
}

/**
 * Whether a command would change nothing, because it is done or somebody else has done it.
 *
 * @throws AppError `incident.resolved`
 */
function isSettled({ state }: IncidentEventRow, { command, at }: CommandJob): boolean {
  const incident = readIncidentState(state);
  refuseIfResolved(incident, command);
  return applyCommand(incident, command, at).changes.length === 0;
}

/** Whether a change is what a command makes of the incident as it was before: who did it is stored tidied. */
function isDoneBy(change: IncidentEventRow, { command, at }: CommandJob, before: IncidentEventRow): boolean {
  const [made] = applyCommand(readIncidentState(before.state), command, at).changes;
  return (
    made !== undefined &&
    change.kind === made.kind &&
    change.actor === made.by &&
    change.detail === made.text &&
    change.at >= at
  );
}

/**
 * Takes what other processes forward, for as long as this one is the writer. A job may come twice; what it has done already
 * is stored, and is not done again.
 */
export class ForwardedTaker {
  private readonly queue: JobQueue<ForwardedJob>;
  private readonly manager: IncidentManager;
  private readonly store: Pick<Store, 'incidents'>;
  private readonly logger: Logger;
  private taking = false;

  constructor(
    queue: JobQueue<ForwardedJob>,
    manager: IncidentManager,
    { store, logger }: { readonly store: Pick<Store, 'incidents'>; readonly logger: Logger },
  ) {
    this.queue = queue;
    this.manager = manager;
    this.store = store;
    this.logger = logger;
  }

  async begin(): Promise<void> {
    if (this.taking) {
      await this.queue.resume();
      return;
    }
    this.taking = true;
    this.queue.process(1, (job) => ('drill' in job ? this.drill(job) : this.command(job)));
  }

  /** Leaves the rest to the next writer. */
  end(): Promise<void> {
    return this.queue.pause();
  }

  private async command(job: CommandJob): Promise<void> {
    const { project, incidentId: id, command, at } = job;
    const changes = await this.store.incidents.changesOf(project, [id]);
    const isDone = changes.some((change, index) => {
      const before = changes[index - 1];
      return before !== undefined && isDoneBy(change, job, before);
    });
    if (!isDone) {
      await this.manager.command(project, id, command, Math.max(at, Date.now()));
    }
  }

  /** Whoever asked for a drill has been told by then that there is none: a page would come out of the blue. */
  private async drill({ drill, condition, at }: DrillJob): Promise<void> {
    const ageMs = Date.now() - at;
    if (condition === 'firing' && ageMs >= WAIT_MS) {
      this.logger.warn(
        { drill: drill.id, ageMs },
        'a drill that another process asked for came too late, and is not begun',
      );
      return;
    }
    await this.manager.drill(drill, condition, Math.max(at, Date.now()));
  }
}
