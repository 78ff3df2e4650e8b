import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { errorMessage, isAppError } from '@tidewatch/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { RETRY_AFTER_SECONDS, statusOf } from './error-status.js';
import { keepOpenWhileSending } from './request-body.js';

/** RFC 9457 problem details, with a stable `code`. */
export interface ProblemDetails {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  503: 'Service Unavailable',
};

/** Describes any error as problem details. Unforeseen errors keep their text out of the answer. */
function problemDetails(error: unknown): ProblemDetails {
  if (error instanceof HttpException) {
    const status = error.getStatus();
    return {
      type: 'about:blank',
      title: TITLES[status] ?? error.name,
      status,
      detail: error.message,
      code: `http.${status}`,
    };
  }
  const status = statusOf(error);
  const title = TITLES[status] ?? 'Error';
  return isAppError(error)
    ? { type: 'about:blank', title, status, detail: error.explanation, code: error.code }
    : {
        type: 'about:blank',
        title,
        status,
        detail: 'The server met an unexpected error; its log says more.',
        code: 'internal',
      };
}

/** Answers every error outside the OTLP paths with problem details. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger: Logger;

  constructor(logger: Logger) {
    this.logger = logger;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    // A health check that fails answers with its own report, which names what is down.
    if (
      error instanceof HttpException &&
      typeof (error.getResponse() as { details?: unknown }).details === 'object'
    ) {
      void reply.status(error.getStatus()).send(error.getResponse());
      return;
    }
    keepOpenWhileSending(request.raw, reply.raw);
    const problem = problemDetails(error);
    if (problem.status >= 500) {
      this.logger.error(
        { error: errorMessage(error), code: problem.code, path: request.url },
        'request failed',
      );
      void reply.header('Retry-After', String(RETRY_AFTER_SECONDS));
    }
    void reply
      .status(problem.status)
      .header('Content-Type', 'application/problem+json')
      .send(JSON.stringify(problem));
  }
}
