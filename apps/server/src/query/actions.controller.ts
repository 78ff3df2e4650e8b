import { Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { AppError } from '@tidewatch/core';
import type { ActionRunRow } from '@tidewatch/store';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readJson } from '../http/json-body.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { choiceParameter, integerParameter, projectOf } from './api-request.js';
import { changeRequestOf } from './change-request.js';

const DAY_MS = 86_400_000;
const SHOWN_DAYS = 30;
const MOST_BYTES = 16_384;

const STATUSES = [
  'all',
  'requested',
  'approved',
  'rejected',
  'expired',
  'cooling-down',
  'sent',
  'succeeded',
  'failed',
] as const;

const verdictSchema = z.strictObject({
  by: z.string({ error: 'must be a name' }).trim().max(200, 'must be at most 200 characters').default(''),
  comment: z
    .string({ error: 'must be a text' })
    .trim()
    .max(2_000, 'must be at most 2,000 characters')
    .default(''),
});

/** One run of an action. Times in milliseconds since the epoch. */
export type ActionRunView = Omit<ActionRunRow, 'project' | 'version' | 'body'> & {
  /** What is sent. */
  readonly body: unknown;
};

/** `/api/v1/actions…`: what was done about incidents, and what waits for somebody to agree. */
@Controller('api/v1/actions')
export class ActionsController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  /** Of the last 30 days, newest first. */
  @Get()
  async list(
    @Req() request: FastifyRequest,
    @Query() query: Readonly<Record<string, string | undefined>>,
  ): Promise<{ items: ActionRunView[]; now: number }> {
    const project = projectOf(this.runtime, request);
    const status = choiceParameter(query['status'], 'status', STATUSES);
    const now = Date.now();
    const runs = await this.runtime.actions.list(project, {
      since: now - SHOWN_DAYS * DAY_MS,
      status: status === 'all' ? '' : status,
      limit: integerParameter(query['limit'], 'limit', { fallback: 100, max: 1_000 }),
    });
    return { items: runs.map(viewOf), now };
  }

  /** Agrees to a run and sends it at once. */
  @Post(':id/approve')
  @HttpCode(200)
  approve(@Req() request: FastifyRequest, @Param('id') id: string): Promise<{ run: ActionRunView }> {
    return this.decide(request, id, 'approve');
  }

  /** Refuses a run. */
  @Post(':id/reject')
  @HttpCode(200)
  reject(@Req() request: FastifyRequest, @Param('id') id: string): Promise<{ run: ActionRunView }> {
    return this.decide(request, id, 'reject');
  }

  private async decide(
    request: FastifyRequest,
    id: string,
    verdict: 'approve' | 'reject',
  ): Promise<{ run: ActionRunView }> {
    const { project, actor, requestId } = changeRequestOf(this.runtime, request);
    const { by, comment } = await readVerdict(request);
    const author = { actor, requestId, by: by === '' ? actor : by, comment };
    return { run: viewOf(await this.runtime.actions.decide(project, id, { verdict, ...author })) };
  }
}

/** The body may be left out. */
async function readVerdict(request: FastifyRequest): Promise<z.infer<typeof verdictSchema>> {
  const { headers } = request.raw;
  const empty = Number(headers['content-length'] ?? 0) === 0 && headers['transfer-encoding'] === undefined;
  const read = verdictSchema.safeParse(empty ? {} : await readJson(request, MOST_BYTES));
  if (!read.success) {
    const problems = read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim());
    throw new AppError({
      code: 'request.invalid',
      message: `The request cannot be used: ${problems.join('; ').slice(0, 500)}.`,
      hint: 'Send {"by": "…", "comment": "…"}; both may be left out.',
    });
  }
  return read.data;
}

function viewOf({ project: _project, version: _version, body, ...run }: ActionRunRow): ActionRunView {
  return { ...run, body: JSON.parse(body) as unknown };
}
