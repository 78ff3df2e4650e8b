import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import { currentDigestPeriod, digestPeriod, type Digest, type DigestPeriod } from '@tidewatch/alerts';
import { AppError } from '@tidewatch/core';
import type { FastifyRequest } from 'fastify';
import { projectOfRule } from '../evaluate/rule-project.js';
import { composeFor } from '../notify/digest/compose-report.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { choiceParameter, projectOf } from './api-request.js';

/** A digest as it was or would be sent. */
export interface DigestPreview extends Digest {
  readonly name: string;
  /** Of what it speaks, and when it is sent; milliseconds since the epoch. */
  readonly period: DigestPeriod;
  readonly receivers: readonly string[];
  readonly now: number;
}

/** `GET /api/v1/digests/:name/preview`: what a digest says, without sending it. */
@Controller('api/v1/digests')
export class DigestsController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  /** Of the last period whose digest was due, or with `period=current` of the one that goes on, as far as it has come. */
  @Get(':name/preview')
  async preview(
    @Req() request: FastifyRequest,
    @Param('name') name: string,
    @Query() query: Readonly<Record<string, string | undefined>>,
  ): Promise<DigestPreview> {
    const project = projectOf(this.runtime, request);
    const which = choiceParameter(query['period'], 'period', ['last', 'current']);
    const rule = this.runtime
      .rules()
      .digests.find((digest) => digest.name === name && projectOfRule(digest) === project);
    if (rule === undefined) {
      throw new AppError({
        code: 'request.not-found',
        message: `There is no digest named "${name.slice(0, 64)}".`,
        hint: 'Name a rule of the kind Digest.',
      });
    }
    const now = Date.now();
    const period = which === 'last' ? digestPeriod(rule, now) : currentDigestPeriod(rule, now);
    const digest = await composeFor(this.runtime.store, rule, { ...period, to: Math.min(period.to, now) });
    return { name, period, receivers: rule.receivers, ...digest, now };
  }
}
