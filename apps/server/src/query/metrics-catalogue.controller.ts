import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import type { StoredCatalogue } from '@tidewatch/store';
import type { FastifyRequest } from 'fastify';
import { RUNTIME, type Runtime } from '../runtime.js';
import { integerParameter, projectOf, timeParameter } from './api-request.js';

const DAY_MS = 86_400_000;
const LIMIT = { fallback: 1_000, max: 5_000 };

/** `GET /api/v1/metrics`: what arrived lately, with its labels; what `tidewatch slo suggest` matches presets against. */
@Controller('api/v1')
export class MetricsCatalogueController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  @Get('metrics')
  async metrics(
    @Req() request: FastifyRequest,
    @Query('since') since?: string,
    @Query('limit') limit?: string,
  ): Promise<StoredCatalogue> {
    return this.runtime.store.catalogue.catalogue(projectOf(this.runtime, request), {
      since: timeParameter(since, 'since') ?? Date.now() - DAY_MS,
      limit: integerParameter(limit, 'limit', LIMIT),
    });
  }
}
