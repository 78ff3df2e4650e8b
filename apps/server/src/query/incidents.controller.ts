import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import type { IncidentState, NotificationIntent } from '@tidewatch/alerts';
import type { IncidentEventRow, NotificationEventRow } from '@tidewatch/store';
import type { FastifyRequest } from 'fastify';
import { RUNTIME, type Runtime } from '../runtime.js';
import { choiceParameter, integerParameter, projectOf } from './api-request.js';

/** One message of an incident and how far it got. */
export interface NotificationView {
  readonly receiver: string;
  readonly channel: string;
  readonly action: string;
  readonly outcome: 'pending' | 'delivered' | 'retry' | 'rejected';
  readonly at: number | null;
  readonly attempts: number;
  readonly reason: string;
}

/** One incident as the console shows it. */
export interface IncidentView {
  readonly id: string;
  readonly status: string;
  readonly severity: string;
  readonly summary: string;
  readonly service: string;
  readonly region: string;
  readonly model: string;
  readonly generation: number;
  readonly openedAt: number;
  readonly updatedAt: number;
  readonly resolvedAt: number | null;
  readonly members: readonly {
    name: string;
    severity: string;
    condition: string;
    summary: string;
    since: number;
  }[];
  readonly notifications: readonly NotificationView[];
}

/** `GET /api/v1/incidents`: incidents with their members and notifications, newest first. */
@Controller('api/v1')
export class IncidentsController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  @Get('incidents')
  async incidents(
    @Req() request: FastifyRequest,
    @Query('status') statusText?: string,
    @Query('limit') limitText?: string,
  ): Promise<{ items: IncidentView[]; total: number; now: number }> {
    const project = projectOf(this.runtime, request);
    const status = choiceParameter(statusText, 'status', ['all', 'open', 'resolved']);
    const limit = integerParameter(limitText, 'limit', { fallback: 50, max: 500 });
    const { incidents, notifications } = this.runtime.store;
    const { items: rows, total } = await incidents.list(project, { status, limit });
    const ids = rows.map((row) => row.incidentId);
    const [events, attempts] =
      ids.length === 0
        ? [[], []]
        : await Promise.all([incidents.changesOf(project, ids), notifications.attemptsOf(project, ids)]);
    return { items: rows.map((row) => incidentView(row, events, attempts)), total, now: Date.now() };
  }
}

function incidentView(
  row: IncidentEventRow,
  events: readonly IncidentEventRow[],
  attempts: readonly NotificationEventRow[],
): IncidentView {
  const state = JSON.parse(row.state) as IncidentState;
  const intents = events
    .filter((event) => event.incidentId === row.incidentId)
    .flatMap((event) => JSON.parse(event.intents) as NotificationIntent[]);
  return {
    id: row.incidentId,
    status: row.status,
    severity: row.severity,
    summary: row.summary,
    service: row.service,
    region: row.region,
    model: row.model,
    generation: row.generation,
    openedAt: state.openedAt,
    updatedAt: state.updatedAt,
    resolvedAt: state.resolvedAt,
    members: Object.entries(state.members).map(([name, member]) => ({
      name,
      severity: member.severity,
      condition: member.condition,
      summary: member.summary,
      since: member.since,
    })),
    notifications: intents.map((intent) => notificationView(intent, attempts)),
  };
}

function notificationView(
  intent: NotificationIntent,
  attempts: readonly NotificationEventRow[],
): NotificationView {
  const made = attempts.filter((attempt) => attempt.intentId === intent.id);
  const last = made.reduce<NotificationEventRow | undefined>(
    (latest, attempt) => (latest === undefined || attempt.attempt > latest.attempt ? attempt : latest),
    undefined,
  );
  return {
    receiver: intent.receiver,
    channel: last?.channel ?? '',
    action: intent.action,
    outcome: last === undefined ? 'pending' : (last.outcome as NotificationView['outcome']),
    at: last?.at ?? null,
    attempts: made.length,
    reason: last?.reason ?? '',
  };
}
