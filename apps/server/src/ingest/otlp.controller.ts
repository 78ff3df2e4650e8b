import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import { AppError } from '@tidewatch/core';
import {
  countItems,
  decodeMetricsJson,
  decodeMetricsProtobuf,
  encodeLogsResponse,
  encodeMetricsResponse,
  encodeTraceResponse,
  refuseOutOfRange,
  summariseRejections,
} from '@tidewatch/otlp';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { authenticate } from '../http/authentication.js';
import { mediaType, readBody } from '../http/request-body.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { answerError, encodingOf, MEDIA_TYPES, type OtlpEncoding } from './otlp-answer.js';

/** Points further ahead than this have a wrong clock behind them. */
const MAXIMUM_FUTURE_MS = 600_000;
const DAY_MS = 86_400_000;

/** What a signal's handler concluded: the encoded answer. */
type SignalHandler = (project: string, body: Buffer, encoding: OtlpEncoding) => Promise<Uint8Array>;

/** OTLP over HTTP: `POST /v1/metrics`, `/v1/traces` and `/v1/logs`, as protobuf or JSON, gzip or not. */
@Controller('v1')
export class OtlpController {
  private readonly runtime: Runtime;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.runtime = runtime;
  }

  @Post('metrics')
  metrics(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.handle(request, reply, (project, body, encoding) =>
      this.storeMetrics(project, body, encoding),
    );
  }

  @Post('traces')
  traces(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.handle(request, reply, async (_project, body, encoding) =>
      encodeTraceResponse(refusedWhole('spans', countItems(body, encoding)), encoding),
    );
  }

  @Post('logs')
  logs(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.handle(request, reply, async (_project, body, encoding) =>
      encodeLogsResponse(refusedWhole('log records', countItems(body, encoding)), encoding),
    );
  }

  private async handle(request: FastifyRequest, reply: FastifyReply, signal: SignalHandler): Promise<void> {
    const type = mediaType(request.headers);
    const encoding = encodingOf(type);
    try {
      const { config } = this.runtime;
      const project = authenticate(config.apiKeys, request.headers.authorization);
      if (encoding === undefined) {
        throw new AppError({
          code: 'request.unsupported-media-type',
          message: `The Content-Type is "${type.slice(0, 80)}".`,
          hint: 'OTLP/HTTP uses application/x-protobuf or application/json.',
        });
      }
      const body = await readBody({ headers: request.headers, stream: request.raw }, config.maxBodyBytes);
      const answer = await signal(project, body, encoding);
      await reply.status(200).header('Content-Type', MEDIA_TYPES[encoding]).send(Buffer.from(answer));
    } catch (error) {
      await answerError(reply, error, encoding ?? 'json');
    }
  }

  private async storeMetrics(project: string, body: Buffer, encoding: OtlpEncoding): Promise<Uint8Array> {
    const { config, counters, store } = this.runtime;
    const now = Date.now();
    const decoded = encoding === 'protobuf' ? decodeMetricsProtobuf(body) : decodeMetricsJson(body);
    const batch = refuseOutOfRange(decoded, {
      earliest: now - config.retention.rawDays * DAY_MS,
      latest: now + MAXIMUM_FUTURE_MS,
    });
    await store.metrics.insert(project, batch);
    const partial = summariseRejections(batch.rejections);
    counters.pointsRejected += partial?.rejected ?? 0;
    return encodeMetricsResponse(partial, encoding);
  }
}

/** Signals that are not stored yet are refused by name, so that a sender learns of it instead of losing data unseen. */
function refusedWhole(what: string, count: number): { rejected: number; message: string } | null {
  return count === 0
    ? null
    : {
        rejected: count,
        message: `This version of Tidewatch does not store ${what}; ${count} refused. Metrics and predictions are stored.`,
      };
}
