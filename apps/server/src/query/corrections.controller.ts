import { randomUUID } from 'node:crypto';
import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { AppError, formatProblem } from '@tidewatch/core';
import { readCorrection, type Correction, type CorrectionDraft, type SloDefinition } from '@tidewatch/slo';
import type { FastifyRequest } from 'fastify';
import { readJson } from '../http/json-body.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { projectOf, timeParameter } from './api-request.js';
import { changeRequestOf, type ChangeRequest } from './change-request.js';
import { previewCorrection, type SloPreview } from './correction-preview.js';
import { slosOf } from './slo/find-slo.js';

/** A thousand names of SLOs fit. */
const MOST_BYTES = 262_144;
/** SLOs of one preview; each reads the slices of its whole period. */
const MOST_PREVIEWED = 100;
const MOST_REASON = 1_000;

type Parameters = Readonly<Record<string, string | undefined>>;

/** What a correction would do, and how its text was understood. */
export interface PreviewView {
  readonly correction: CorrectionDraft;
  readonly slos: readonly SloPreview[];
  readonly now: number;
}

/** `/api/v1/corrections…`: stretches of time that do not count for SLOs, or count as good. */
@Controller('api/v1/corrections')
export class CorrectionsController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  /** All of a project, or those that concern one SLO; withdrawn ones included, newest first. */
  @Get()
  async list(
    @Req() request: FastifyRequest,
    @Query() query: Parameters,
  ): Promise<{ items: Correction[]; now: number }> {
    const project = projectOf(this.runtime, request);
    const since = timeParameter(query['since'], 'since');
    const items = await this.runtime.store.corrections.list(project, since === null ? {} : { since });
    const { slo = '' } = query;
    return {
      items: slo === '' ? items : items.filter(({ slos }) => slos.length === 0 || slos.includes(slo)),
      now: Date.now(),
    };
  }

  @Post()
  async create(@Req() request: FastifyRequest): Promise<Correction> {
    const change = changeRequestOf(this.runtime, request);
    const draft = await this.read(request, change.project);
    const now = Date.now();
    const correction: Correction = {
      id: randomUUID(),
      ...draft,
      actor: change.actor,
      createdAt: now,
      withdrawnAt: null,
    };
    await this.audit(change, {
      action: 'correction.create',
      at: now,
      id: correction.id,
      before: '',
      after: correction,
    });
    await this.runtime.store.corrections.create(change.project, correction);
    return correction;
  }

  /** What creating it would do to the budgets of now. Nothing is kept. */
  @Post('preview')
  @HttpCode(200)
  async preview(@Req() request: FastifyRequest): Promise<PreviewView> {
    const project = projectOf(this.runtime, request);
    const draft = await this.read(request, project);
    const now = Date.now();
    const { store } = this.runtime;
    const previewed = this.previewed(project, draft);
    const [existing, counted] = await Promise.all([
      store.corrections.list(project),
      store.sloSlices.counted(project),
    ]);
    const slos: SloPreview[] = [];
    for (const slo of previewed) {
      slos.push(await previewCorrection(store, slo, { draft, existing, counted, now }));
    }
    return { correction: draft, slos, now };
  }

  /** Takes a correction back. Doing so again changes nothing. */
  @Delete(':id')
  async withdraw(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Query('reason') reason?: string,
  ): Promise<Correction> {
    const change = changeRequestOf(this.runtime, request);
    const why = reason ?? (await reasonIn(request));
    checkReason(why);
    const found = (await this.runtime.store.corrections.list(change.project)).find((each) => each.id === id);
    if (found === undefined) {
      throw notFound(id);
    }
    if (found.withdrawnAt !== null) {
      return found;
    }
    const now = Date.now();
    const withdrawn = { ...found, withdrawnAt: now };
    await this.audit(change, {
      action: 'correction.withdraw',
      at: now,
      id,
      before: found,
      after: { ...withdrawn, withdrawalReason: why.trim() },
    });
    return (await this.runtime.store.corrections.withdraw(change.project, id, now)) ?? withdrawn;
  }

  private async read(request: FastifyRequest, project: string): Promise<CorrectionDraft> {
    const { correction, problems } = readCorrection(await readJson(request, MOST_BYTES));
    if (correction === null) {
      throw new AppError({
        code: 'request.invalid',
        message: `The correction cannot be used: ${problems.map(formatProblem).join('; ')}.`,
        hint: 'docs/corrections.md says what a correction holds.',
      });
    }
    const known = slosOf(this.runtime, project).map(({ name }) => name);
    const unknown = correction.slos.filter((name) => !known.includes(name));
    if (unknown.length > 0) {
      throw unknownSlos(unknown, known);
    }
    return correction;
  }

  private previewed(project: string, { slos }: CorrectionDraft): SloDefinition[] {
    const concerned = slosOf(this.runtime, project).filter(
      ({ name }) => slos.length === 0 || slos.includes(name),
    );
    if (concerned.length > MOST_PREVIEWED) {
      throw new AppError({
        code: 'request.invalid',
        message: `The correction concerns ${concerned.length} SLOs; a preview shows at most ${MOST_PREVIEWED}.`,
        hint: 'Name some of them in "slos" to see what it does to them.',
      });
    }
    return concerned;
  }

  /** Comes before the change: there may be an entry whose change failed, but no change without an entry. */
  private audit(
    { project, actor, requestId }: ChangeRequest,
    what: { action: string; at: number; id: string; before: Correction | ''; after: object },
  ): Promise<void> {
    const { action, at, id, before, after } = what;
    return this.runtime.store.audit.append(project, [
      {
        ...{ at, actor, action, objectKind: 'correction', objectId: id, requestId },
        before: before === '' ? '' : JSON.stringify(before),
        after: JSON.stringify(after),
      },
    ]);
  }
}

async function reasonIn(request: FastifyRequest): Promise<string> {
  const { headers } = request.raw;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    return '';
  }
  const body = await readJson(request, MOST_BYTES);
  const reason = typeof body === 'object' && body !== null && 'reason' in body ? body.reason : '';
  return typeof reason === 'string' ? reason : '';
}

function checkReason(reason: string): void {
  const length = reason.trim().length;
  if (length === 0 || length > MOST_REASON) {
    throw new AppError({
      code: 'request.invalid',
      message: length === 0 ? 'The request gives no reason.' : 'The reason is too long.',
      hint: `Say why the correction is withdrawn, in at most ${MOST_REASON} characters: ?reason=… or {"reason": "…"}.`,
    });
  }
}

function notFound(id: string): AppError {
  return new AppError({
    code: 'request.not-found',
    message: `There is no correction "${id.slice(0, 80)}".`,
    hint: 'GET /api/v1/corrections lists what there is.',
  });
}

function unknownSlos(unknown: readonly string[], known: readonly string[]): AppError {
  const shown = known.slice(0, 50).join(', ');
  return new AppError({
    code: 'request.invalid',
    message: `The correction cannot be used: there is no SLO ${unknown.map((name) => `"${name.slice(0, 80)}"`).join(', ')}.`,
    hint:
      known.length === 0
        ? 'No SLOs are defined.'
        : `There are: ${shown}${known.length > 50 ? `, and ${known.length - 50} more` : ''}.`,
  });
}
