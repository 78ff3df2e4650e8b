import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from '../http/listeners.js';
import type { Runtime } from '../runtime.js';
import { answerCors } from './cors.js';
import { answerUnknownPath, handleOtlp, otlpSignalOf, sendsOtlp } from './otlp-http.js';

/** Paths below `/v1/` that are no OTLP and answer in JSON. */
const SAMPLES = /^\/v1\/(predictions|labels|deployments|baselines\/[^/]+\/[^/]+)(\?|$)/;

/**
 * Puts OTLP/HTTP in front of `next`. Exporters send thousands of requests a second, so that these paths go by the router
 * and the framework.
 *
 * @param ports `otlp-only`: everything but `/v1/*` gets 404
 */
export function withOtlp(
  runtime: Runtime,
  next: RequestHandler,
  ports: 'otlp-only' | 'all' = 'all',
): RequestHandler {
  const { ingest, config } = runtime;
  if (ingest === null) {
    return next;
  }
  return (request, response) => {
    const url = request.url ?? '';
    if (url.startsWith('/v1') && answerCors(request, response, config.corsOrigins)) {
      return;
    }
    const signal = otlpSignalOf(url);
    if (signal !== undefined) {
      void handleOtlp(ingest, signal, request, response);
    } else if (SAMPLES.test(url)) {
      next(request, response);
    } else if (isMisdirectedOtlp(request, url, ports)) {
      answerUnknownPath(request, response);
    } else if (ports === 'all') {
      next(request, response);
    } else {
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' });
      response.end(
        `This port takes OTLP on /v1/metrics, /v1/traces and /v1/logs. The console is at ${runtime.endpoints().api}\n`,
      );
    }
  };
}

/** Whether an exporter knocks at a path that nobody serves: it gets a Status, which it can read. */
function isMisdirectedOtlp(request: IncomingMessage, url: string, ports: 'otlp-only' | 'all'): boolean {
  if (url.startsWith('/v1development/')) {
    return true;
  }
  const sent = sendsOtlp(request);
  return ports === 'otlp-only' ? sent !== undefined || url.startsWith('/v1/') : sent === 'protobuf';
}
