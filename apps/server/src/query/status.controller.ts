import { Controller, Get, Inject, Req } from '@nestjs/common';
import { isAppError } from '@tidewatch/core';
import type { IngestStatus } from '@tidewatch/store';
import type { FastifyRequest } from 'fastify';
import { ingestView, type IngestView } from '../ingest/ingest-view.js';
import { RUNTIME, type Endpoints, type Runtime } from '../runtime.js';
import { VERSION } from '../version.js';
import { projectOf } from './api-request.js';

const UNKNOWN = {
  pointsStored: null,
  predictionsStored: null,
  spansStored: null,
  logsStored: null,
  lastPointAt: null,
  lastPredictionAt: null,
  lastSpanAt: null,
  lastLogAt: null,
} as const;

/** What this process is, where to send data, and what has arrived. */
export interface StatusView {
  readonly version: string;
  readonly startedAt: number;
  readonly now: number;
  readonly store: { readonly kind: string; readonly description: string };
  /** What all processes have stored of the project; `null` while ClickHouse does not answer. */
  readonly ingest: { readonly [Name in keyof IngestStatus]: IngestStatus[Name] | null } & {
    /** What this process has taken in since it started; `null` when it takes nothing. */
    readonly process: IngestView | null;
  };
  readonly endpoints: Endpoints;
  readonly evaluation: { readonly lastAt: number | null };
}

/** `GET /api/v1/status` */
@Controller('api/v1')
export class StatusController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  @Get('status')
  async status(@Req() request: FastifyRequest): Promise<StatusView> {
    const project = projectOf(this.runtime, request);
    const { ingest, store } = this.runtime;
    return {
      version: VERSION,
      startedAt: this.runtime.startedAt,
      now: Date.now(),
      store: { kind: store.kind, description: store.description },
      ingest: {
        ...(await this.stored(project)),
        process: ingest === null ? null : ingestView(ingest.journal.status()),
      },
      endpoints: this.runtime.endpoints(),
      evaluation: { lastAt: this.runtime.lastEvaluationAt() },
    };
  }

  /** While ClickHouse is away, what waits in the journal is what people want to see: the rest must not hide it. */
  private async stored(project: string): Promise<IngestStatus | typeof UNKNOWN> {
    try {
      return await this.runtime.store.ingest.status(project);
    } catch (error) {
      if (isAppError(error) && error.retryable) {
        return UNKNOWN;
      }
      throw error;
    }
  }
}
