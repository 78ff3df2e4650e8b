import { Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { IncidentCommand } from '@tidewatch/alerts';
import type { DeploymentNote, NotificationContext } from '@tidewatch/channels';
import { AppError } from '@tidewatch/core';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RUNTIME, type Runtime } from '../runtime.js';
import { choiceParameter, integerParameter, projectOf } from './api-request.js';
import { changeRequestOf } from './change-request.js';
import { readBody } from './read-body.js';
import {
  changeView,
  incidentView,
  stateOfRow,
  type IncidentChangeView,
  type IncidentView,
} from './incident-view.js';

/** One incident with everything that is known about it. */
export interface IncidentDetail extends IncidentView {
  readonly context: {
    readonly deployments: readonly DeploymentNote[];
    readonly links: NotificationContext['links'];
  };
}

const COMMANDS = ['acknowledge', 'unacknowledge', 'assign', 'comment', 'resolve'] as const;

/** Control characters are left out of what is kept. */
const VISIBLE = /[^\s\p{Cc}\p{Surrogate}]/u;

const commandSchema = z.strictObject({
  /** A remark; of a comment what it says, of an assignment to whom (nobody when empty). */
  text: z.string({ error: 'must be a text' }).max(2_000, 'must have at most 2,000 characters').default(''),
  /** Who does it; the name of the API key when left out. */
  by: z.string({ error: 'must be a name' }).max(200, 'must have at most 200 characters').default(''),
});

/** `/api/v1/incidents`: incidents with their members and notifications, newest first; and what people do to them. */
@Controller('api/v1/incidents')
export class IncidentsController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  @Get()
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
    return {
      items: rows.map((row) => incidentView(stateOfRow(row), events, attempts)),
      total,
      now: Date.now(),
    };
  }

  @Get(':id')
  async incident(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
  ): Promise<{ incident: IncidentDetail; history: IncidentChangeView[]; now: number }> {
    const project = projectOf(this.runtime, request);
    return { ...(await this.detailOf(project, id)), now: Date.now() };
  }

  @Post(':id/:command')
  @HttpCode(200)
  async command(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Param('command') name: string,
  ): Promise<{ incident: IncidentDetail; history: IncidentChangeView[]; now: number }> {
    const { project, actor, requestId } = changeRequestOf(this.runtime, request);
    const kind = COMMANDS.find((known) => known === name);
    if (kind === undefined) {
      throw new AppError({
        code: 'request.not-found',
        message: `There is no ${name} for an incident; there are ${COMMANDS.join(', ')}.`,
      });
    }
    const { text, by } = await readBody(request, commandSchema);
    if (kind === 'comment' && !VISIBLE.test(text)) {
      throw new AppError({ code: 'request.invalid', message: 'A comment needs a text.' });
    }
    const command: IncidentCommand = { kind, text, by: by === '' ? actor : by, origin: '' };
    const now = Date.now();
    // As it is stored: a process that is not the writer remembers older things.
    const [before] = await this.runtime.store.incidents.lastChanges(project, [id]);
    await this.runtime.incidents.command(project, id, command, now);
    await this.runtime.store.audit.append(project, [
      {
        at: now,
        actor,
        action: `incident.${kind}`,
        objectKind: 'incident',
        objectId: id,
        requestId,
        before: before === undefined ? '' : JSON.stringify(handling(stateOfRow(before))),
        after: JSON.stringify(command),
      },
    ]);
    return { ...(await this.detailOf(project, id)), now };
  }

  private async detailOf(
    project: string,
    id: string,
  ): Promise<{ incident: IncidentDetail; history: IncidentChangeView[] }> {
    const { incidents, notifications } = this.runtime.store;
    const [events, attempts] = await Promise.all([
      incidents.changesOf(project, [id]),
      notifications.attemptsOf(project, [id]),
    ]);
    const last = events.at(-1);
    if (last === undefined) {
      throw new AppError({
        code: 'incident.unknown',
        message: `There is no incident ${id}.`,
        hint: 'GET /api/v1/incidents lists them.',
      });
    }
    const state = stateOfRow(last);
    const { deployments, links } = await this.runtime.contexts.contextOf(state, Date.now(), 'ticket');
    return {
      incident: { ...incidentView(state, events, attempts), context: { deployments, links } },
      history: events.map(changeView),
    };
  }
}

/** What a command may change, for the audit. */
function handling(state: {
  readonly status: string;
  readonly acknowledged: unknown;
  readonly assignee: string;
}): object {
  return { status: state.status, acknowledged: state.acknowledged, assignee: state.assignee };
}
