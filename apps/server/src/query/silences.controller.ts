import { randomUUID } from 'node:crypto';
import { Controller, Delete, Get, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { readSilence, type Silence } from '@tidewatch/alerts';
import { AppError, formatProblem } from '@tidewatch/core';
import type { FastifyRequest } from 'fastify';
import { projectOfRule } from '../evaluate/rule-project.js';
import { readJson } from '../http/json-body.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { choiceParameter, integerParameter, projectOf } from './api-request.js';
import { changeRequestOf, type ChangeRequest } from './change-request.js';
import { SILENCE_STATES, silenceView, type SilenceView } from './silence-view.js';

/** Conditions of at most 32 labels, and a comment. */
const MOST_BYTES = 65_536;
const MOST_LISTED = 1_000;

/** `/api/v1/silences`: promises to be quiet about what matches, each with an end. */
@Controller('api/v1/silences')
export class SilencesController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  /** Those of the rules first, then the others with the newest first; those that are over included. */
  @Get()
  async list(
    @Req() request: FastifyRequest,
    @Query('state') stateText?: string,
    @Query('limit') limitText?: string,
  ): Promise<{ items: SilenceView[]; now: number }> {
    const project = projectOf(this.runtime, request);
    const state = choiceParameter(stateText, 'state', SILENCE_STATES);
    const limit = integerParameter(limitText, 'limit', { fallback: 200, max: MOST_LISTED });
    const now = Date.now();
    const stored = await this.runtime.store.silences.list(project, {
      limit: MOST_LISTED,
      ...(state === 'active' ? { inForceAt: now } : {}),
    });
    const views = [
      ...this.ofRules(project).map((silence) => silenceView(silence, 'rules', now)),
      ...stored.map((silence) => silenceView(silence, 'api', now)),
    ];
    return { items: views.filter((view) => state === 'all' || view.state === state).slice(0, limit), now };
  }

  @Post()
  async create(@Req() request: FastifyRequest): Promise<SilenceView> {
    const change = changeRequestOf(this.runtime, request);
    const now = Date.now();
    const { silence: draft, problems } = readSilence(await readJson(request, MOST_BYTES), now);
    if (draft === null) {
      throw new AppError({
        code: 'request.invalid',
        message: `The silence cannot be used: ${problems.map(formatProblem).join('; ')}.`,
        hint: 'docs/alerting.md says what a silence holds.',
      });
    }
    const silence: Silence = {
      id: randomUUID(),
      ...draft,
      createdBy: change.actor,
      createdAt: now,
      withdrawnAt: null,
    };
    await this.audit(change, { action: 'silence.create', at: now, before: null, after: silence });
    await this.runtime.store.silences.create(change.project, silence);
    await this.runtime.suppressions.refresh();
    return silenceView(silence, 'api', now);
  }

  /** Silences of the rules end where they are written. */
  @Delete('rules/:name')
  refuse(@Req() request: FastifyRequest, @Param('name') name: string): never {
    projectOf(this.runtime, request);
    throw ofRules(`rules/${name}`);
  }

  /** Ends a silence now. Doing so again, or when it has ended by itself, changes nothing. */
  @Delete(':id')
  async withdraw(@Req() request: FastifyRequest, @Param('id') id: string): Promise<SilenceView> {
    const change = changeRequestOf(this.runtime, request);
    if (id.startsWith('rules/')) {
      throw ofRules(id);
    }
    const { silences } = this.runtime.store;
    const [found] = await silences.list(change.project, { id });
    if (found === undefined) {
      throw new AppError({
        code: 'request.not-found',
        message: `There is no silence "${id.slice(0, 80)}".`,
        hint: 'GET /api/v1/silences lists what there is.',
      });
    }
    const now = Date.now();
    if (found.withdrawnAt !== null || found.endsAt <= now) {
      return silenceView(found, 'api', now);
    }
    const withdrawn = { ...found, withdrawnAt: now };
    await this.audit(change, { action: 'silence.withdraw', at: now, before: found, after: withdrawn });
    const kept = await silences.withdraw(change.project, id, now);
    await this.runtime.suppressions.refresh();
    return silenceView(kept ?? withdrawn, 'api', now);
  }

  private ofRules(project: string): Silence[] {
    return this.runtime.rules().silences.filter((silence) => projectOfRule(silence) === project);
  }

  /** Comes before the change: there may be an entry whose change failed, but no change without an entry. */
  private audit(
    { project, actor, requestId }: ChangeRequest,
    what: { action: string; at: number; before: Silence | null; after: Silence },
  ): Promise<void> {
    const { action, at, before, after } = what;
    return this.runtime.store.audit.append(project, [
      {
        ...{ at, actor, action, objectKind: 'silence', objectId: after.id, requestId },
        before: before === null ? '' : JSON.stringify(before),
        after: JSON.stringify(after),
      },
    ]);
  }
}

function ofRules(id: string): AppError {
  return new AppError({
    code: 'silence.from-rules',
    message: `The silence "${id.slice(0, 80)}" is part of the rules and cannot be ended here.`,
    hint: 'Take its document out of the rule file, or give it an earlier end.',
  });
}
