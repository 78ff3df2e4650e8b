import { randomUUID } from 'node:crypto';
import { applyCommand, readIncidentState, type IncidentCommand, type IncidentState } from '@tidewatch/alerts';
import { AppError } from '@tidewatch/core';
import type { JobQueue } from '@tidewatch/jobs';
import type { IncidentEventRow, Store } from '@tidewatch/store';
import { refuseIfResolved } from './command-refusals.js';
import type { IncidentManager } from './incident-manager.js';

/** What a person asks for in a process that does not write the state of alerts. */
export interface CommandJob {
  readonly project: string;
  readonly incidentId: string;
  readonly command: IncidentCommand;
  /** When it was asked for, ms. */
  readonly at: number;
}

/** How long the process that asks waits for the writer. */
const WAIT_MS = 5_000;
const LOOK_MS = 100;

/** Gives a command to the writer and waits for what comes of it. */
export type ForwardCommand = (job: CommandJob) => Promise<IncidentState>;

/**
 * Sends commands to the writer through a queue that both share. Whether it was done is read from what the writer stores;
 * what is done already, or can be done no more, is answered without it.
 *
 * The returned function throws AppError `incident.unknown`, `incident.resolved`, and `alerts.not-the-writer` (retryable) when
 * no writer has taken it in 5 s.
 */
export function forwardCommands(
  queue: JobQueue<CommandJob>,
  { incidents }: Pick<Store, 'incidents'>,
): ForwardCommand {
  return async (job) => {
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
    await queue.add([{ id: randomUUID(), data: job }]);
    for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline;) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const changes = await incidents.changesOf(job.project, [job.incidentId]);
      const last = changes.at(-1) ?? before;
      const since = changes.filter(({ sequence }) => sequence > before.sequence);
      if (since.some((change) => isDoneBy(change, job, before)) || isSettled(last, job)) {
        return readIncidentState(last.state);
      }
    }
    throw new AppError({
      code: 'alerts.not-the-writer',
      message: 'The process that writes the state of alerts has not confirmed the command within 5 seconds.',
      hint: 'Look at the incident: the command is done once a writer is there, or a later incident of the same service has taken its place.',
      retryable: true,
    });
  };
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

/** Takes the commands that other processes forward, for as long as this one is the writer. */
export class CommandTaker {
  private readonly queue: JobQueue<CommandJob>;
  private readonly manager: IncidentManager;
  private taking = false;

  constructor(queue: JobQueue<CommandJob>, manager: IncidentManager) {
    this.queue = queue;
    this.manager = manager;
  }

  async begin(): Promise<void> {
    if (this.taking) {
      await this.queue.resume();
      return;
    }
    this.taking = true;
    this.queue.process(1, async ({ project, incidentId, command, at }) => {
      await this.manager.command(project, incidentId, command, Math.max(at, Date.now()));
    });
  }

  /** Leaves the rest to the next writer. */
  end(): Promise<void> {
    return this.queue.pause();
  }
}
