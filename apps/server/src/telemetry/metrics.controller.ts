import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { projectOf } from '../query/api-request.js';
import { RUNTIME, type Runtime } from '../runtime.js';

/** `GET /metrics`: this process in Prometheus' text format. With keys, a scraper needs one. */
@Controller('metrics')
export class MetricsController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  @Get()
  async metrics(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    projectOf(this.runtime, request);
    const text = await this.runtime.metrics.text();
    await reply.header('Content-Type', this.runtime.metrics.contentType).send(text);
  }
}
