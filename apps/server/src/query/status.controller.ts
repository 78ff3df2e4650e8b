import { Controller, Get, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RUNTIME, type Runtime } from '../runtime.js';
import { VERSION } from '../version.js';
import { projectOf } from './api-request.js';

/** What this process is, where to send data, and what has arrived. */
export interface StatusView {
  readonly version: string;
  readonly startedAt: number;
  readonly now: number;
  readonly store: { readonly kind: string; readonly description: string };
  readonly ingest: {
    readonly pointsStored: number;
    readonly pointsRejected: number;
    readonly predictionsStored: number;
    readonly predictionsRejected: number;
    readonly lastPointAt: number | null;
    readonly lastPredictionAt: number | null;
  };
  readonly endpoints: { readonly otlpHttp: string; readonly api: string };
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
    const { counters, store } = this.runtime;
    const stored = await store.ingest.status(project);
    return {
      version: VERSION,
      startedAt: this.runtime.startedAt,
      now: Date.now(),
      store: { kind: store.kind, description: store.description },
      ingest: { ...stored, ...counters },
      endpoints: this.runtime.endpoints(),
      evaluation: { lastAt: this.runtime.lastEvaluationAt() },
    };
  }
}
