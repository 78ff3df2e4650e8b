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
 */
export function forwardTo(
  queue: JobQueue<ForwardedJob>,
  { incidents }: Pick<Store, 'incidents'>,
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
      return confirmed(async () => {
        const changes = await incidents.changesOf(job.project, [job.incidentId]);
        const last = changes.at(-1) ?? before;
        const since = changes.filter(({ sequence }) => sequence > before.sequence);
        const isDone = since.some((change) => isDoneBy(change, job, before)) || isSettled(last, job);
        return isDone ? readIncidentState(last.state) : undefined;
      });
    },
    drill: async (job) => {
      const id = incidentId(drillKey(job.drill), 1);
      const isDone = async (): Promise<true | undefined> => {
        const [last] = await incidents.lastChanges(job.drill.project, [id]);
        const isOpen = last !== undefined && readIncidentState(last.state).status === 'open';
        return (job.condition === 'firing' ? last !== undefined : !isOpen) || undefined;
      };
      if (await isDone()) {
        return;
      }
      await send(job);
      await confirmed(isDone);
    },
  };
}

/** @throws AppError `alerts.not-the-writer` when nothing is found in time */
async function confirmed<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline;) {
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
  return change.kind === made?.kind && change.actor === made.by && change.at >= at;
}

/** Takes what other processes forward, for as long as this one is the writer. */
export class ForwardedTaker {
  private readonly queue: JobQueue<ForwardedJob>;
  private readonly manager: IncidentManager;
  private taking = false;

  constructor(queue: JobQueue<ForwardedJob>, manager: IncidentManager) {
    this.queue = queue;
    this.manager = manager;
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

  private async command({ project, incidentId: id, command, at }: CommandJob): Promise<void> {
    await this.manager.command(project, id, command, Math.max(at, Date.now()));
  }

  /** Whoever asked for a drill has been told by then that there is none: a page would come out of the blue. */
  private async drill({ drill, condition, at }: DrillJob): Promise<void> {
    if (condition === 'ok' || Date.now() - at < WAIT_MS) {
      await this.manager.drill(drill, condition, Math.max(at, Date.now()));
    }
  }
}
