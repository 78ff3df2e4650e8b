import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RUNTIME, type Runtime } from '../runtime.js';
import { integerParameter, projectOf, timeParameter } from './api-request.js';

const DAY_MS = 86_400_000;

/** One change that somebody made. */
export interface AuditView {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly kind: string;
  readonly id: string;
  readonly requestId: string;
  /** The object as it was; `null` when there was none. */
  readonly before: unknown;
  /** The object as it became; `null` when it went. */
  readonly after: unknown;
}

/** `GET /api/v1/audit`: who changed what, newest first; of the last 30 days unless times are given. */
@Controller('api/v1/audit')
export class AuditController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  @Get()
  async list(
    @Req() request: FastifyRequest,
    @Query() query: Readonly<Record<string, string | undefined>>,
  ): Promise<{ items: AuditView[]; now: number }> {
    const project = projectOf(this.runtime, request);
    const now = Date.now();
    const to = timeParameter(query['to'], 'to') ?? now + 1;
    const entries = await this.runtime.store.audit.list(project, {
      range: { from: timeParameter(query['from'], 'from') ?? to - 30 * DAY_MS, to },
      objectKind: query['kind'] ?? '',
      limit: integerParameter(query['limit'], 'limit', { fallback: 100, max: 1_000 }),
    });
    const items = entries.map(({ objectKind, objectId, before, after, ...entry }) => ({
      ...entry,
      kind: objectKind,
      id: objectId,
      before: parsed(before),
      after: parsed(after),
    }));
    return { items, now };
  }
}

function parsed(text: string): unknown {
  return text === '' ? null : JSON.parse(text);
}
