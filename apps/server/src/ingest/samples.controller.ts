import { createHash, randomUUID } from 'node:crypto';
import { Controller, HttpCode, Inject, Param, Post, Put, Req } from '@nestjs/common';
import { AppError } from '@tidewatch/core';
import {
  parseBaseline,
  parseDeployments,
  parseLabels,
  parsePredictions,
  type ParsedRows,
  type RejectedRow,
  type RowOptions,
} from '@tidewatch/samples';
import type { FastifyRequest } from 'fastify';
import { authenticate } from '../http/authentication.js';
import { mediaType, readBody } from '../http/request-body.js';
import { RUNTIME, type Runtime } from '../runtime.js';

/** The answer to rows that were sent: how many were stored, and why each other one was not. */
export interface RowsAnswer {
  readonly accepted: number;
  readonly rejected: readonly RejectedRow[];
}

const ROW_TYPES = ['application/json', 'application/x-ndjson'] as const;
const BASELINE_TYPES = [...ROW_TYPES, 'text/csv'] as const;

/** Predictions, labels, deployments and baselines. Each is stored before it is answered. */
@Controller('v1')
export class SamplesController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  @Post('predictions')
  @HttpCode(200)
  async predictions(@Req() request: FastifyRequest): Promise<RowsAnswer> {
    const { counters, store } = this.runtime;
    const answer = await this.storeRows(request, parsePredictions, (project, rows) =>
      store.predictions.insert(project, rows),
    );
    counters.predictionsRejected += answer.rejected.length;
    return answer;
  }

  @Post('labels')
  @HttpCode(200)
  labels(@Req() request: FastifyRequest): Promise<RowsAnswer> {
    return this.storeRows(request, parseLabels, (project, rows) =>
      this.runtime.store.labels.insert(project, rows),
    );
  }

  @Post('deployments')
  @HttpCode(200)
  deployments(@Req() request: FastifyRequest): Promise<RowsAnswer> {
    return this.storeRows(request, parseDeployments, (project, rows) =>
      this.runtime.store.deployments.insert(project, rows),
    );
  }

  @Put('baselines/:model/:name')
  async baseline(
    @Req() request: FastifyRequest,
    @Param('model') model: string,
    @Param('name') name: string,
  ): Promise<{ model: string; name: string; version: number; rows: number; features: number }> {
    const project = authenticate(this.runtime.config.apiKeys, request.headers.authorization);
    const contentType = acceptedType(request, BASELINE_TYPES);
    const body = await readBody(
      { headers: request.headers, stream: request.raw },
      this.runtime.config.maxBodyBytes,
    );
    const table = parseBaseline(body, { contentType });
    const sha256 = createHash('sha256').update(body).digest('hex');
    const saved = await this.runtime.store.baselines.save(project, {
      model,
      name,
      source: 'upload',
      sha256,
      table,
    });
    return {
      model,
      name,
      version: saved.version,
      rows: table.rows,
      features: Object.keys(table.features).length,
    };
  }

  private async storeRows<T>(
    request: FastifyRequest,
    parse: (body: Uint8Array, options: RowOptions & { newId: () => string }) => ParsedRows<T>,
    insert: (project: string, rows: readonly T[]) => Promise<void>,
  ): Promise<RowsAnswer> {
    const project = authenticate(this.runtime.config.apiKeys, request.headers.authorization);
    const contentType = acceptedType(request, ROW_TYPES);
    const body = await readBody(
      { headers: request.headers, stream: request.raw },
      this.runtime.config.maxBodyBytes,
    );
    const parsed = parse(body, { contentType, project, now: Date.now(), newId: randomUUID });
    if (parsed.rows.length > 0) {
      await insert(project, parsed.rows);
    }
    return { accepted: parsed.rows.length, rejected: parsed.rejected };
  }
}

function acceptedType<T extends string>(request: FastifyRequest, types: readonly T[]): T {
  const type = mediaType(request.headers);
  const found = types.find((candidate) => candidate === type);
  if (found === undefined) {
    throw new AppError({
      code: 'request.unsupported-media-type',
      message: `The Content-Type is "${type.slice(0, 80)}".`,
      hint: `This path takes ${types.join(', ')}.`,
    });
  }
  return found;
}
