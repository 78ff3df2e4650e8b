import { fileURLToPath } from 'node:url';
import { openChannel, type Channel } from '@tidewatch/channels';
import { readRules, readSecret, type Config, type Environment, type Rules } from '@tidewatch/config';
import { errorMessage, isAppError } from '@tidewatch/core';
import { openStore, type Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import { startEvaluation } from './evaluate/evaluation.js';
import { createApplication } from './http/application.js';
import { listen } from './http/listeners.js';
import { IngestCounters } from './ingest/ingest-counters.js';
import { Delivery } from './notify/delivery.js';
import { IncidentManager } from './notify/incident-manager.js';
import type { Runtime } from './runtime.js';

/** The root of the installation: `migrations/` and the built console lie there. */
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

export interface ServerOptions {
  readonly config: Config;
  readonly rules: Rules;
  readonly environment: Environment;
  readonly logger: Logger;
  /** Where `migrations/` and `dist/console/` lie; the installation's root unless a test says otherwise. */
  readonly root?: string;
}

/** A server that has started. */
export interface RunningServer {
  readonly endpoints: { readonly otlpHttp: string; readonly api: string };
  /** The open store, for benchmarks and tools that run in the server's process. */
  readonly store: Store;
  /** Reads the rule files again. Rules with a problem leave the old ones in force; the problem is logged and returned. */
  reloadRules(): string | null;
  stop(): Promise<void>;
}

/** Undoes what was started, last first. */
class CleanupStack {
  private readonly steps: (() => Promise<void>)[] = [];

  push(step: () => Promise<void>): void {
    this.steps.push(step);
  }

  async run(logger: Logger): Promise<void> {
    for (const step of this.steps.splice(0).reverse()) {
      await step().catch((error: unknown) =>
        logger.error({ error: errorMessage(error) }, 'a part did not stop cleanly'),
      );
    }
  }
}

/**
 * Starts one Tidewatch process: store, roles, listeners.
 *
 * What was started is stopped again when a later part fails, so a failed start leaves nothing behind.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const cleanup = new CleanupStack();
  try {
    return await start(options, cleanup);
  } catch (error) {
    await cleanup.run(options.logger);
    throw error;
  }
}

async function start(options: ServerOptions, cleanup: CleanupStack): Promise<RunningServer> {
  const { config, environment, logger } = options;
  const root = options.root ?? ROOT;
  let rules = options.rules;
  let channels = openChannels(rules, environment);
  let endpoints = { otlpHttp: '', api: '' };
  const evaluation = { lastAt: null as number | null };

  const store = await openStoreFor(config, root);
  cleanup.push(() => store.close());

  const delivery = new Delivery({
    store,
    channels: () => channels,
    newestOf: (incident) => incidents.newestOf(incident),
    consoleUrl: config.consoleUrl,
    logger,
    random: Math.random,
  });
  const incidents = new IncidentManager({
    store,
    routing: () => rules.routing,
    onIntents: () => delivery.wake(),
    epoch: Date.now(),
    logger,
  });
  const runtime: Runtime = {
    config,
    rules: () => rules,
    store,
    logger,
    counters: new IngestCounters(),
    incidents,
    startedAt: Date.now(),
    lastEvaluationAt: () => evaluation.lastAt,
    endpoints: () => endpoints,
  };

  const application = await createApplication(runtime, `${root}/dist/console`);
  cleanup.push(() => application.close());
  const { bind, ports } = config;
  const api = await listen(application.handler, { bind, port: ports.http, setting: 'TIDEWATCH_HTTP_PORT' });
  cleanup.push(() => api.close());
  const otlp = await listen(application.otlpHandler, {
    bind,
    port: ports.otlpHttp,
    setting: 'TIDEWATCH_OTLP_HTTP_PORT',
  });
  cleanup.push(() => otlp.close());
  endpoints = { otlpHttp: urlOf(bind, otlp.port), api: urlOf(bind, api.port) };

  if (config.roles.has('notify')) {
    await incidents.load();
    delivery.wake();
    cleanup.push(() => delivery.stop());
  }
  if (config.roles.has('evaluate')) {
    const running = startEvaluation(runtime, (at) => (evaluation.lastAt = at));
    cleanup.push(() => running.stop());
  }

  return {
    endpoints,
    store,
    reloadRules: () => {
      try {
        const next = readRules(config.rulesDir, config.rulesDirNamed);
        channels = openChannels(next, environment);
        rules = next;
        logger.info({ files: next.files }, 'rules reloaded');
        return null;
      } catch (error) {
        const reason = isAppError(error) ? error.explanation : errorMessage(error);
        logger.error({ reason }, 'the rules were not reloaded; the old ones stay in force');
        return reason;
      }
    },
    stop: () => cleanup.run(logger),
  };
}

function openStoreFor(config: Config, root: string): Promise<Store> {
  return openStore({
    mode:
      config.clickhouseUrl === null
        ? {
            kind: 'embedded',
            dataDir: config.dataDir,
            announce: { pid: process.pid, url: urlOf(config.bind, config.ports.http) },
          }
        : { kind: 'server', url: config.clickhouseUrl, cluster: config.clickhouseCluster },
    migrationsDir: `${root}/migrations`,
    retention: config.retention,
    processName: `${process.pid}-${Date.now().toString(36)}`,
  });
}

function openChannels(rules: Rules, environment: Environment): ReadonlyMap<string, Channel> {
  return new Map(
    rules.receivers.map((receiver) => [
      receiver.name,
      openChannel(receiver, (reference) => readSecret(environment, reference), { timeoutMs: 10_000 }),
    ]),
  );
}

function urlOf(bind: string, port: number): string {
  const host = bind === '0.0.0.0' || bind === '::' ? 'localhost' : bind.includes(':') ? `[${bind}]` : bind;
  return `http://${host}:${port}`;
}
