import { nextDelay } from '@tidewatch/alerts';
import {
  KeyedLanes,
  type ActionAnswer,
  type ActionBody,
  type ActionGate,
  type ActionPlace,
  type ActionRequest,
  type ActionSender,
  type DeliveryResult,
  type DeploymentNote,
} from '@tidewatch/channels';
import { AppError, errorMessage, formatDuration } from '@tidewatch/core';
import type { ActionRunRow, Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import { deploymentsOf } from '../context/recent-deployments.js';
import { SERVER, storeStep, type StepAuthor } from './action-log.js';
import {
  APPROVAL_MS,
  coolUntil,
  hasEnded,
  isOverdue,
  nextVersion,
  requestedRun,
  SENDING_MS,
} from './action-run.js';

/** What a person says about a request. */
export interface ActionVerdict extends StepAuthor {
  readonly verdict: 'approve' | 'reject';
  /** Who says it, for people. */
  readonly by: string;
  readonly comment: string;
}

export interface ActionRunsOptions {
  /** The way to a receiver of the rules in force; `null` when there is none of this name that does something. */
  readonly senderOf: (receiver: string) => ActionSender | null;
  readonly logger: Logger;
  /** The clock, ms. */
  readonly now?: () => number;
  /** Uniform in [0, 1). */
  readonly random?: () => number;
}

/**
 * Actions and what became of them. Decides for the channels which may be sent, keeps those that wait for a person, and sends
 * what was agreed to. Every step is a stored row, so a restarted process goes on where this one ended: what was sent
 * without a known end is sent again under the same id.
 */
export interface ActionRuns extends ActionGate {
  /** Newest first; `status` may be empty for all. */
  list(
    project: string,
    filter: { readonly since: number; readonly status: ActionRunRow['status'] | ''; readonly limit: number },
  ): Promise<ActionRunRow[]>;
  /**
   * Agrees to a request and sends it at once, or refuses it.
   *
   * @returns the run afterwards
   * @throws AppError `actions.unknown`, `actions.decided` (it is not waiting any more), `actions.expired`,
   *   `actions.cooling-down`, `actions.no-receiver`
   */
  decide(project: string, id: string, verdict: ActionVerdict): Promise<ActionRunRow>;
  /** Sends what was agreed to and has no end yet, and ends what nobody decided in time. To be called at start and every 10 s. */
  resume(): Promise<void>;
}

/** Runs that were asked for longer ago are history. */
const UNFINISHED_MS = 8 * 86_400_000;
/** The delivery of a message, and so of a run without approval, has ended by then: a ticket is tried for 72 h. */
const DELIVERY_ENDED_MS = 73 * 3_600_000;

/** A rollback goes back one step; more are read because what went live elsewhere is passed over. */
const MOST_LIVE = 200;
/** An attempt has ended by then, in whichever process it is made: nobody else sends the same run before. */
const IN_FLIGHT_MS = 30_000;

/** Opens the actions on what is stored. */
export function openActions(store: Store, options: ActionRunsOptions): ActionRuns {
  return new StoredActionRuns(store, options);
}

class StoredActionRuns implements ActionRuns {
  private readonly store: Store;
  private readonly options: ActionRunsOptions;
  private readonly now: () => number;
  private readonly random: () => number;
  private readonly lanes = new KeyedLanes();

  constructor(store: Store, options: ActionRunsOptions) {
    this.store = store;
    this.options = options;
    this.now = options.now ?? Date.now;
    this.random = options.random ?? Math.random;
  }

  liveDeployments(place: ActionPlace): Promise<DeploymentNote[]> {
    return deploymentsOf(this.store, place, { kinds: ['deploy', 'rollback'], limit: MOST_LIVE });
  }

  ask(request: ActionRequest): Promise<ActionAnswer> {
    return this.lanes.run(laneOf(request.project, request.receiver), () => this.decideRequest(request));
  }

  finished(run: { readonly project: string; readonly runId: string }, result: DeliveryResult): Promise<void> {
    return this.withRun(run.project, run.runId, async (found) => {
      // Only what was sent can end; a second report of the same end says nothing new.
      if (found.status === 'sent') {
        await this.noteResult(found, result);
      }
    });
  }

  list(
    project: string,
    { since, status, limit }: Parameters<ActionRuns['list']>[1],
  ): Promise<ActionRunRow[]> {
    return this.store.actionRuns.list(project, { since, limit, ...(status !== '' && { status }) });
  }

  async decide(project: string, id: string, verdict: ActionVerdict): Promise<ActionRunRow> {
    return this.withRun(project, id, async (found) => {
      const run = isOverdue(found, this.now()) ? await this.expire(found) : found;
      this.refuseLateVerdict(run);
      if (verdict.verdict === 'reject') {
        const reason = `${verdict.by} did not agree.`;
        return this.step(run, { status: 'rejected', ...decided(verdict, this.now()), reason }, verdict);
      }
      const sender = this.options.senderOf(run.receiver);
      if (sender === null) {
        throw noReceiver(run);
      }
      const coolingUntil = await this.coolingUntil(run);
      if (coolingUntil > this.now()) {
        throw coolingDown(run, coolingUntil - this.now());
      }
      const approved = await this.step(run, { status: 'approved', ...decided(verdict, this.now()) }, verdict);
      return this.send(approved, sender);
    });
  }

  async resume(): Promise<void> {
    for (const { project, id } of await this.store.actionRuns.unfinished(this.now() - UNFINISHED_MS)) {
      try {
        await this.withRun(project, id, (run) => this.resumeRun(run));
      } catch (error) {
        this.options.logger.error({ run: id, error: errorMessage(error) }, 'an action could not be resumed');
      }
    }
  }

  private async resumeRun(run: ActionRunRow): Promise<void> {
    const now = this.now();
    if (isOverdue(run, now)) {
      await this.expire(run);
      return;
    }
    if (run.status === 'sent' && !run.needsApproval) {
      // The delivery of its message sends it again, as long as there is one.
      if (now - run.requestedAt >= DELIVERY_ENDED_MS) {
        await this.giveUp(run);
      }
      return;
    }
    if (run.status === 'requested' || (run.nextAttemptAt ?? 0) > now) {
      return;
    }
    if (now - (run.decidedAt ?? run.requestedAt) >= SENDING_MS) {
      await this.giveUp(run);
      return;
    }
    const sender = this.options.senderOf(run.receiver);
    if (sender !== null) {
      await this.send(run, sender);
    }
  }

  private async decideRequest(request: ActionRequest): Promise<ActionAnswer> {
    const { runId, project } = request;
    const answer = (decision: ActionAnswer['decision'], reason: string): ActionAnswer => ({
      decision,
      runId,
      reason,
    });
    let run = await this.store.actionRuns.find(project, runId);
    if (run !== null && isOverdue(run, this.now())) {
      run = await this.expire(run);
    }
    if (run !== null && run.status !== 'cooling-down') {
      return this.answerAgain(run, answer);
    }
    const asked = requestedRun(request);
    const first = run === null ? asked : { ...asked, version: run.version + 1, requestedAt: request.askedAt };
    const coolingUntil = await this.coolingUntil(first);
    if (coolingUntil > this.now()) {
      const reason = `Another run for the same target was sent less than ${formatDuration(request.cooldownMs)} ago.`;
      if (run === null) {
        await storeStep(this.store, null, { ...first, status: 'cooling-down', reason }, SERVER);
      }
      return answer('cooling-down', reason);
    }
    await storeStep(this.store, run, first, SERVER);
    this.options.logger.info(
      { run: runId, receiver: request.receiver, action: first.action },
      'action asked for',
    );
    if (request.needsApproval) {
      return answer('wait-for-approval', `Somebody has to agree within ${formatDuration(APPROVAL_MS)}.`);
    }
    await this.step(first, this.sending(first), SERVER);
    return answer('run', 'It needs no approval.');
  }

  private async answerAgain(
    run: ActionRunRow,
    answer: (decision: ActionAnswer['decision'], reason: string) => ActionAnswer,
  ): Promise<ActionAnswer> {
    switch (run.status) {
      case 'rejected':
      case 'expired':
        return answer('refused', run.reason);
      case 'succeeded':
      case 'failed':
        return answer('done-before', 'There is one run for each incident, and it has ended.');
      case 'requested':
      case 'sent':
      case 'approved':
      case 'cooling-down':
        if (run.needsApproval) {
          return answer('wait-for-approval', 'It is waiting for a person, or on its way.');
        }
        // Asked again without a known end: the process died on the way, or the attempt failed.
        await this.step(run, this.sending(run), SERVER);
        return answer('run', 'It has no known end and is sent again under the same id.');
    }
  }

  /** Sends a run; must be called in its lane. */
  private async send(run: ActionRunRow, sender: ActionSender): Promise<ActionRunRow> {
    // The rules may have been made more careful since it was asked for; the sender says so to the receiver as well.
    const careful = { dryRun: run.dryRun || sender.dryRun };
    const sent = await this.step(run, { ...this.sending(run), ...careful }, SERVER);
    const result = await sender.send(JSON.parse(sent.body) as ActionBody, this.now());
    return this.noteResult(sent, result);
  }

  private sending(run: ActionRunRow): Partial<ActionRunRow> {
    const now = this.now();
    const nextAttemptAt = run.needsApproval ? now + IN_FLIGHT_MS : null;
    return { status: 'sent', sentAt: run.sentAt ?? now, attempts: run.attempts + 1, nextAttemptAt };
  }

  private noteResult(run: ActionRunRow, result: DeliveryResult): Promise<ActionRunRow> {
    const now = this.now();
    const { httpStatus } = result;
    switch (result.outcome) {
      case 'delivered':
        return this.step(
          run,
          { status: 'succeeded', finishedAt: now, nextAttemptAt: null, httpStatus, reason: '' },
          SERVER,
        );
      case 'rejected':
        return this.step(
          run,
          { status: 'failed', finishedAt: now, nextAttemptAt: null, httpStatus, reason: result.reason },
          SERVER,
        );
      case 'retry': {
        const nextAttemptAt = now + nextDelay(run.attempts, result.afterMs, this.random);
        return this.step(run, { nextAttemptAt, httpStatus, reason: result.reason }, SERVER);
      }
    }
  }

  private giveUp(run: ActionRunRow): Promise<ActionRunRow> {
    const reason = `Gave up after ${run.attempts} attempts. ${run.reason}`.trim();
    return this.step(run, { status: 'failed', finishedAt: this.now(), nextAttemptAt: null, reason }, SERVER);
  }

  private expire(run: ActionRunRow): Promise<ActionRunRow> {
    const reason = `Nobody agreed within ${formatDuration(APPROVAL_MS)}.`;
    return this.step(run, { status: 'expired', finishedAt: this.now(), reason }, SERVER);
  }

  private async step(
    run: ActionRunRow,
    change: Partial<ActionRunRow>,
    author: StepAuthor,
  ): Promise<ActionRunRow> {
    const after = nextVersion(run, change, this.now());
    await storeStep(this.store, run, after, author);
    const { id, status, receiver, action, reason } = after;
    this.options.logger.info({ run: id, status, receiver, action, reason }, 'action');
    return after;
  }

  /** A dry run does nothing and keeps no real one waiting; each kind waits for its own. */
  private async coolingUntil(run: ActionRunRow): Promise<number> {
    if (run.cooldownMs === 0) {
      return 0;
    }
    const last = await this.store.actionRuns.lastSent(run.project, run, this.now() - run.cooldownMs);
    return last?.id === run.id ? 0 : coolUntil(last, run.cooldownMs);
  }

  private refuseLateVerdict(run: ActionRunRow): void {
    if (run.status === 'expired') {
      throw new AppError({
        code: 'actions.expired',
        message: `The run ${run.id} was asked for more than ${formatDuration(APPROVAL_MS)} ago, and cannot be decided any more.`,
        hint: 'If the incident still calls for it, act by hand and resolve the incident.',
      });
    }
    if (run.status !== 'requested') {
      const how = run.decidedBy === '' ? '' : `, decided by ${run.decidedBy}`;
      throw new AppError({
        code: 'actions.decided',
        message: `The run ${run.id} does not wait for anybody: it is ${run.status}${how}.`,
        ...(hasEnded(run) ? {} : { hint: 'GET /api/v1/actions shows how far it is.' }),
      });
    }
  }

  /** Runs of one receiver change one after the other: cooldowns are about several of them. */
  private async withRun<Result>(
    project: string,
    id: string,
    work: (run: ActionRunRow) => Promise<Result>,
  ): Promise<Result> {
    const found = await this.store.actionRuns.find(project, id);
    if (found === null) {
      throw unknown(id);
    }
    return this.lanes.run(laneOf(project, found.receiver), async () => {
      const newest = await this.store.actionRuns.find(project, id);
      return work(newest ?? found);
    });
  }
}

function laneOf(project: string, receiver: string): string {
  return JSON.stringify([project, receiver]);
}

function decided({ by, comment }: ActionVerdict, now: number): Partial<ActionRunRow> {
  return { decidedBy: by, decidedAt: now, comment };
}

function unknown(id: string): AppError {
  return new AppError({
    code: 'actions.unknown',
    message: `There is no run "${id.slice(0, 80)}".`,
    hint: 'GET /api/v1/actions lists what there is.',
  });
}

function noReceiver({ id, receiver }: ActionRunRow): AppError {
  return new AppError({
    code: 'actions.no-receiver',
    message: `The run ${id} cannot be sent: the rules have no action receiver "${receiver}" that can be opened.`,
    hint: 'Bring the receiver back, or reject the run.',
  });
}

function coolingDown({ id, receiver, cooldownMs }: ActionRunRow, leftMs: number): AppError {
  return new AppError({
    code: 'actions.cooling-down',
    message: `The run ${id} cannot be sent yet: ${receiver} was sent one for the same target less than ${formatDuration(cooldownMs)} ago.`,
    hint: `Agree again in ${formatDuration(Math.ceil(leftMs / 1_000) * 1_000)}, or reject it.`,
  });
}
