import { createHash, randomUUID } from 'node:crypto';
import { Controller, HttpCode, Inject, Param, Post, Put, Req } from '@nestjs/common';
import { AppError, type RowBlock } from '@tidewatch/core';
import type { Signal } from '@tidewatch/journal';
import {
  LIMITS,
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
import { mediaType, withBody } from '../http/request-body.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import type { Reservation } from './admission.js';
import { requireIngest, type IngestRuntime } from './ingest-runtime.js';
import { requestId } from './request-id.js';
import { profilesOf } from './baseline-profiles.js';

/** The answer to rows that were sent: how many were taken, and why each other one was not. */
export interface RowsAnswer {
  readonly accepted: number;
  readonly rejected: readonly RejectedRow[];
}

const ROW_TYPES = ['application/json', 'application/x-ndjson'] as const;
const PARQUET = 'application/vnd.apache.parquet';
const BASELINE_TYPES = [...ROW_TYPES, 'text/csv', PARQUET] as const;

/** What is answered to an uploaded dataset. */
interface StoredBaseline {
  readonly model: string;
  readonly name: string;
  readonly version: number;
  readonly rows: number;
  readonly features: number;
  /** Columns that are no features: times, lists, structures. */
  readonly ignored: readonly string[];
}

/** How one kind of rows is read and turned into what the journal keeps. */
interface RowKind<T> {
  readonly signal: Signal;
  parse(body: Uint8Array, options: RowOptions & { newId: () => string }): ParsedRows<T>;
  encode(project: string, rows: readonly T[]): RowBlock[];
}

/** Predictions, labels, deployments and baselines. What is answered is on disk. */
@Controller('v1')
export class SamplesController {
  private readonly runtime: Runtime;
  private readonly ingest: IngestRuntime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
    this.ingest = requireIngest(runtime.ingest);
  }

  @Post('predictions')
  @HttpCode(200)
  predictions(@Req() request: FastifyRequest): Promise<RowsAnswer> {
    const { store } = this.runtime;
    return this.storeRows(request, {
      signal: 'predictions',
      parse: parsePredictions,
      encode: (project, rows) => {
        const kept = this.ingest.pipeline.sampling.predictions(project, rows);
        const wanted = this.ingest.inputs.select(project, kept);
        return wanted.length === 0 ? [] : store.predictions.encode(project, wanted);
      },
    });
  }

  @Post('labels')
  @HttpCode(200)
  labels(@Req() request: FastifyRequest): Promise<RowsAnswer> {
    return this.storeRows(request, {
      signal: 'labels',
      parse: parseLabels,
      encode: (project, rows) => this.runtime.store.labels.encode(project, rows),
    });
  }

  @Post('deployments')
  @HttpCode(200)
  deployments(@Req() request: FastifyRequest): Promise<RowsAnswer> {
    return this.storeRows(request, {
      signal: 'deployments',
      parse: parseDeployments,
      encode: (project, rows) => this.runtime.store.deployments.encode(project, rows),
    });
  }

  @Put('baselines/:model/:name')
  baseline(
    @Req() request: FastifyRequest,
    @Param('model') model: string,
    @Param('name') name: string,
  ): Promise<StoredBaseline> {
    return this.withRequest(request, BASELINE_TYPES, async ({ project, contentType, body }) => {
      const { table, ignored } =
        contentType === PARQUET
          ? await this.runtime.store.datasets.readParquet(body, LIMITS)
          : { table: parseBaseline(body, { contentType }), ignored: [] };
      const sha256 = createHash('sha256').update(body).digest('hex');
      const profiles = profilesOf(table);
      const upload = { model, name, source: 'upload', sha256, rows: table.rows, profiles };
      const { version } = await this.runtime.store.baselines.save(project, upload);
      return { model, name, version, rows: table.rows, features: profiles.length, ignored };
    });
  }

  private storeRows<T>(request: FastifyRequest, kind: RowKind<T>): Promise<RowsAnswer> {
    const { pipeline } = this.ingest;
    return this.withRequest(request, ROW_TYPES, async ({ project, contentType, body, reservation }) => {
      const id = await requestId(project, `/v1/${kind.signal}`, body);
      const seen = await pipeline.seenBefore(kind.signal, id);
      if (seen?.rejected === 0) {
        return { accepted: seen.items, rejected: [] };
      }
      const parsed = kind.parse(body, { contentType, project, now: Date.now(), newId: randomUUID });
      const { rows, rejected } = parsed;
      if (seen !== null) {
        return { accepted: seen.items, rejected };
      }
      await pipeline.append({
        id,
        project,
        signal: kind.signal,
        items: rows.length,
        rejected: rejected.length,
        blocks: rows.length === 0 ? [] : kind.encode(project, rows),
        reservation,
      });
      return { accepted: rows.length, rejected };
    });
  }

  private withRequest<T extends string, R>(
    request: FastifyRequest,
    types: readonly T[],
    work: (received: {
      project: string;
      contentType: T;
      body: Buffer;
      reservation: Reservation;
    }) => Promise<R>,
  ): Promise<R> {
    const { keys, maxBodyBytes, admission } = this.ingest;
    const project = authenticate(keys, request.headers.authorization);
    const contentType = acceptedType(request, types);
    const source = { headers: request.headers, stream: request.raw };
    return withBody(source, maxBodyBytes, admission, (body, reservation) =>
      work({ project, contentType, body, reservation }),
    );
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
