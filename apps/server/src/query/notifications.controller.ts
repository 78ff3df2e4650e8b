import { Controller, Get, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import { AppError } from '@tidewatch/core';
import type { NotificationEventRow } from '@tidewatch/store';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RUNTIME, type Runtime } from '../runtime.js';
import { choiceParameter, integerParameter, projectOf, timeParameter } from './api-request.js';
import { changeRequestOf } from './change-request.js';
import { readBody } from './read-body.js';

const DAY_MS = 86_400_000;
/** Outcomes after which nothing more happens to a message by itself. */
const FINAL = ['delivered', 'rejected', 'superseded'];

/** One message and how its newest attempt ended. */
export interface DeliveryLogEntry {
  readonly id: string;
  readonly incidentId: string;
  readonly receiver: string;
  readonly channel: string;
  readonly action: string;
  readonly why: string;
  readonly severity: string;
  readonly outcome: string;
  readonly attempts: number;
  readonly dueAt: number;
  readonly at: number;
  readonly latencyMs: number;
  readonly httpStatus: number;
  /** Empty when it was delivered; never holds a secret. */
  readonly reason: string;
  /** When it is tried again; `null` unless it will be. */
  readonly nextAttemptAt: number | null;
}

const replaySchema = z.strictObject({ id: z.string({ error: 'must be the id of a notification' }).min(1) });

/** `/api/v1/notifications`: the delivery log, its dead letters, and their replay. */
@Controller('api/v1/notifications')
export class NotificationsController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  @Get()
  async list(
    @Req() request: FastifyRequest,
    @Query() query: Readonly<Record<string, string | undefined>>,
  ): Promise<{ items: DeliveryLogEntry[]; now: number }> {
    const project = projectOf(this.runtime, request);
    const now = Date.now();
    const to = timeParameter(query['to'], 'to') ?? now + 1;
    const outcome = choiceParameter(query['outcome'], 'outcome', [
      'all',
      'retry',
      'delivered',
      'rejected',
      'superseded',
    ]);
    const rows = await this.runtime.store.notifications.log(project, {
      range: { from: timeParameter(query['from'], 'from') ?? to - 30 * DAY_MS, to },
      outcome: outcome === 'all' ? '' : outcome,
      limit: integerParameter(query['limit'], 'limit', { fallback: 100, max: 1_000 }),
    });
    return { items: rows.map(logEntry), now };
  }

  /** Sends a message again that was given up, as the incident is now. The outbox takes it up within ten seconds. */
  @Post('replay')
  @HttpCode(202)
  async replay(@Req() request: FastifyRequest): Promise<{ id: string }> {
    const { project, actor, requestId } = changeRequestOf(this.runtime, request);
    const { id } = await readBody(request, replaySchema);
    const last = (await this.runtime.store.notifications.attemptsFor(project, id)).at(-1);
    if (last === undefined) {
      throw new AppError({
        code: 'notification.unknown',
        message: `There is no notification ${id} of which an attempt was made.`,
        hint: 'GET /api/v1/notifications?outcome=rejected lists what was given up.',
      });
    }
    if (last.outcome !== 'rejected') {
      throw new AppError({
        code: 'notification.not-rejected',
        message: FINAL.includes(last.outcome)
          ? `Notification ${id} was ${last.outcome}; only what was rejected can be sent again.`
          : `Notification ${id} is being delivered; there is nothing to send again.`,
      });
    }
    const at = Date.now();
    refuseIfOld(last, at);
    await this.refuseIfOver(project, last);
    const again = {
      ...last,
      attempt: last.attempt + 1,
      at,
      outcome: 'replayed',
      reason: `sent again by ${actor}`,
    };
    await this.runtime.store.notifications.append(project, [
      { ...again, httpStatus: 0, latencyMs: 0, nextAttemptAt: at },
    ]);
    await this.runtime.store.audit.append(project, [
      {
        at,
        actor,
        action: 'notification.replay',
        objectKind: 'notification',
        objectId: id,
        requestId,
        before: JSON.stringify({ outcome: last.outcome, reason: last.reason }),
        after: JSON.stringify({ outcome: 'replayed' }),
      },
    ]);
    this.runtime.alerting.delivery.wake();
    return { id };
  }

  /** What opens or changes something has to be closed later, and of an incident that is over no message will say so. */
  private async refuseIfOver(project: string, { incidentId, action }: NotificationEventRow): Promise<void> {
    const [incident] = await this.runtime.store.incidents.lastChanges(project, [incidentId]);
    if (action !== 'resolve' && incident?.status === 'resolved') {
      throw new AppError({
        code: 'incident.resolved',
        message: `Incident ${incidentId} has resolved; what was to be said of it is not sent any more.`,
      });
    }
  }
}

/** The outbox looks back for so long, beyond every deadline. */
function refuseIfOld({ intentId, dueAt }: NotificationEventRow, now: number): void {
  if (dueAt < now - 7 * DAY_MS) {
    throw new AppError({
      code: 'notification.too-old',
      message: `Notification ${intentId} was due more than 7 days ago; what it says is history.`,
    });
  }
}

function logEntry(row: NotificationEventRow): DeliveryLogEntry {
  return {
    id: row.intentId,
    incidentId: row.incidentId,
    receiver: row.receiver,
    channel: row.channel,
    action: row.action,
    why: row.why,
    severity: row.severity,
    outcome: row.outcome,
    attempts: row.attempt,
    dueAt: row.dueAt,
    at: row.at,
    latencyMs: row.latencyMs,
    httpStatus: row.httpStatus,
    reason: row.reason,
    nextAttemptAt: row.outcome === 'retry' ? row.nextAttemptAt : null,
  };
}
