import { Controller, Get, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { projectOf } from '../query/api-request.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import type { TargetStateView } from './target-state.js';

/** `GET /api/v1/scrape-targets`: the targets of the rules in force, and how the last scrape of each went. */
@Controller('api/v1')
export class ScrapeTargetsController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  @Get('scrape-targets')
  targets(@Req() request: FastifyRequest): { items: TargetStateView[]; now: number } {
    const project = projectOf(this.runtime, request);
    return { items: this.runtime.scraper?.states(project) ?? [], now: Date.now() };
  }
}
