import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import sirv from 'sirv';
import { AppModule } from '../app.module.js';
import { withOtlp } from '../ingest/otlp-routes.js';
import { NestLogger } from '../logging.js';
import type { Runtime } from '../runtime.js';
import type { RequestHandler } from './listeners.js';
import { ProblemFilter } from './problem-filter.js';

/** Nothing is loaded from elsewhere and nothing inline runs, so a stored value can never become a script. */
const CONSOLE_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** The HTTP application of one process, ready to be bound to any number of ports. */
export interface HttpApplication {
  /** Serves everything. */
  readonly handler: RequestHandler;
  /** Serves `/v1/*` only: what belongs on the OTLP port. */
  readonly otlpHandler: RequestHandler;
  close(): Promise<void>;
}

/** Builds the Nest application on Fastify, with OTLP in front of it. No port is opened yet. */
export async function createApplication(runtime: Runtime, consoleDir: string): Promise<HttpApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: runtime.config.maxBodyBytes,
    routerOptions: { maxParamLength: 256 },
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRuntime(runtime), adapter, {
    bodyParser: false,
    logger: new NestLogger(runtime.logger),
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter(runtime.logger));
  const fastify = adapter.getInstance<FastifyInstance>();
  // Bodies are read by the handlers themselves: sizes, gzip and encodings are theirs to judge.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
  await app.init();
  await fastify.ready();
  const api: RequestHandler = (request, response) => fastify.routing(request, response);
  const withPage = runtime.config.roles.has('query') ? withConsole(api, runtime, consoleDir) : api;
  return {
    handler: withOtlp(runtime, withPage),
    otlpHandler: withOtlp(runtime, api, 'otlp-only'),
    close: () => app.close(),
  };
}

/** What the console's files never are: everything else falls through to them, and then to 404. */
const NOT_CONSOLE = /^\/((v1|api|health)\/|metrics(\?|$))/;

/**
 * Puts the console's files in front of `handler`. The page itself holds no data and needs no key; it asks for one when
 * the API does.
 */
function withConsole(handler: RequestHandler, runtime: Runtime, consoleDir: string): RequestHandler {
  if (!existsSync(consoleDir)) {
    runtime.logger.warn({ consoleDir }, 'the console is not built; run: npm run build');
    return handler;
  }
  const serve = sirv(consoleDir, {
    etag: true,
    setHeaders: (response) => {
      for (const [name, value] of Object.entries(CONSOLE_HEADERS)) {
        response.setHeader(name, value);
      }
    },
  });
  return (request, response) => {
    if (NOT_CONSOLE.test(request.url ?? '')) {
      handler(request, response);
    } else {
      serve(request, response, () => handler(request, response));
    }
  };
}
