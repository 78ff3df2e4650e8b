import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { AppError } from '@tidewatch/core';
import type { DeadLetter, Journal } from '@tidewatch/journal';
import type { FastifyRequest } from 'fastify';
import { projectOf } from '../query/api-request.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { requireIngest } from './ingest-runtime.js';
import { ingestView, type IngestView } from './ingest-view.js';

/**
 * What this process has taken in, what waits, and what ClickHouse refused for good.
 *
 * A batch may hold rows of several projects. With keys, one sees the batches that hold rows of one's own project, and may
 * retry or drop those that hold nobody else's.
 */
@Controller('api/v1/ingest')
export class IngestController {
  private readonly runtime: Runtime;
  private readonly journal: Journal;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
    this.journal = requireIngest(runtime.ingest).journal;
  }

  @Get()
  status(@Req() request: FastifyRequest): IngestView & { now: number } {
    projectOf(this.runtime, request);
    return { ...ingestView(this.journal.status()), now: Date.now() };
  }

  @Get('dead-letters')
  async deadLetters(@Req() request: FastifyRequest): Promise<{ items: DeadLetter[]; now: number }> {
    return { items: await this.visible(request), now: Date.now() };
  }

  @Post('dead-letters/:name/retry')
  @HttpCode(200)
  async retry(@Req() request: FastifyRequest, @Param('name') name: string): Promise<{ retried: string }> {
    await this.checkOwned(request, name);
    await this.journal.retryDeadLetter(name);
    return { retried: name };
  }

  @Delete('dead-letters/:name')
  async drop(@Req() request: FastifyRequest, @Param('name') name: string): Promise<{ dropped: string }> {
    await this.checkOwned(request, name);
    await this.journal.dropDeadLetter(name);
    return { dropped: name };
  }

  private async visible(request: FastifyRequest): Promise<DeadLetter[]> {
    const project = projectOf(this.runtime, request);
    const letters = await this.journal.deadLetters();
    return this.runtime.config.apiKeys === null
      ? letters
      : letters.filter(({ projects }) => projects.includes(project));
  }

  private async checkOwned(request: FastifyRequest, name: string): Promise<void> {
    const letter = (await this.visible(request)).find((each) => each.name === name);
    if (letter === undefined) {
      throw new AppError({
        code: 'journal.no-dead-letter',
        message: `There is no dead letter ${name.slice(0, 80)}.`,
        hint: 'List them with: tidewatch journal ls',
      });
    }
    if (this.runtime.config.apiKeys !== null && letter.projects.length > 1) {
      throw new AppError({
        code: 'request.forbidden',
        message: `The dead letter ${name} holds rows of other projects as well.`,
        hint: 'Start the server without TIDEWATCH_API_KEYS_FILE, on loopback, to deal with it.',
      });
    }
  }
}
