import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import {
  BUILT_IN_LABELS,
  explainRouting,
  readLabels,
  suppressionOf,
  type RouteMatch,
  type Suppression,
} from '@tidewatch/alerts';
import { AppError, formatProblem } from '@tidewatch/core';
import type { FastifyRequest } from 'fastify';
import { readJson } from '../http/json-body.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { projectOf } from './api-request.js';

const MOST_BYTES = 65_536;

/** Who would be told of something with some labels, and why. */
export interface RouteTestView {
  readonly matches: readonly RouteMatch[];
  /** One line for every route that was looked at. */
  readonly decisions: readonly string[];
  /** What would keep it quiet now; `null` for nothing. */
  readonly suppression: Suppression | null;
}

/** `/api/v1/routes/test`: the routing table, asked without anybody being told. */
@Controller('api/v1/routes')
export class RoutesController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  @Post('test')
  @HttpCode(200)
  async test(@Req() request: FastifyRequest): Promise<RouteTestView> {
    const project = projectOf(this.runtime, request);
    const { labels: given, problems } = readLabels(await readJson(request, MOST_BYTES));
    if (given === null) {
      throw new AppError({
        code: 'request.invalid',
        message: `The labels cannot be used: ${problems.map(formatProblem).join('; ')}.`,
        hint: `Send {"labels": {"severity": "page", "service": "ranker-api"}}; every alert has ${BUILT_IN_LABELS.join(', ')}.`,
      });
    }
    // Nobody looks into the rules of another project.
    const labels = { ...given, project };
    return {
      ...explainRouting(this.runtime.rules().routing, labels, this.runtime.receivers()),
      suppression: suppressionOf(labels, Date.now(), this.runtime.suppressions.of(project)),
    };
  }
}
