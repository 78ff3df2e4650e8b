import { fileURLToPath } from 'node:url';
import type { Config, Environment, Rules } from '@tidewatch/config';
import { errorMessage } from '@tidewatch/core';
import { openStore, type Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import { startEvaluation } from './evaluate/evaluation.js';
import { createApplication } from './http/application.js';
import { listen } from './http/listeners.js';
import { IngestCounters } from './ingest/ingest-counters.js';
import { Delivery } from './notify/delivery.js';
import { IncidentManager } from './notify/incident-manager.js';
import { RulesInForce } from './rules-in-force.js';
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
  const rules = new RulesInForce(options.rules, environment, logger);
  const store = await openStoreFor(config, root);
  cleanup.push(() => store.close());
  const { incidents, delivery } = createNotifying(config, store, rules, logger);
  const endpoints = { otlpHttp: '', api: '' };
  const evaluation = { lastAt: null as number | null };
  const runtime: Runtime = {
    config,
    rules: () => rules.current,
    store,
    logger,
    counters: new IngestCounters(),
    incidents,
    startedAt: Date.now(),
    lastEvaluationAt: () => evaluation.lastAt,
    endpoints: () => endpoints,
  };
  Object.assign(endpoints, await openListeners(runtime, `${root}/dist/console`, cleanup));
  await incidents.load();
  if (config.roles.has('notify')) {
    delivery.wake();
    cleanup.push(() => delivery.stop());
  }
  if (config.roles.has('evaluate')) {
    const running = startEvaluation(runtime, (at) => (evaluation.lastAt = at));
    cleanup.push(() => running.stop());
  }
  return { endpoints, store, reloadRules: () => rules.reload(config), stop: () => cleanup.run(logger) };
}

/** The incident manager and the delivery it wakes. Each asks the other through a function: they are made together. */
function createNotifying(
  config: Config,
  store: Store,
  rules: RulesInForce,
  logger: Logger,
): { incidents: IncidentManager; delivery: Delivery } {
  const delivery = new Delivery({
    store,
    channels: () => rules.channels,
    newestOf: (incident) => incidents.newestOf(incident),
    consoleUrl: config.consoleUrl,
    logger,
    random: Math.random,
  });
  const incidents = new IncidentManager({
    store,
    routing: () => rules.current.routing,
    onIntents: () => delivery.wake(),
    epoch: Date.now(),
    logger,
  });
  return { incidents, delivery };
}

async function openListeners(
  runtime: Runtime,
  consoleDir: string,
  cleanup: CleanupStack,
): Promise<{ otlpHttp: string; api: string }> {
  const { bind, ports } = runtime.config;
  const application = await createApplication(runtime, consoleDir);
  cleanup.push(() => application.close());
  const api = await listen(application.handler, { bind, port: ports.http, setting: 'TIDEWATCH_HTTP_PORT' });
  cleanup.push(() => api.close());
  const otlp = await listen(application.otlpHandler, {
    bind,
    port: ports.otlpHttp,
    setting: 'TIDEWATCH_OTLP_HTTP_PORT',
  });
  cleanup.push(() => otlp.close());
  return { otlpHttp: urlOf(bind, otlp.port), api: urlOf(bind, api.port) };
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

function urlOf(bind: string, port: number): string {
  const host = bind === '0.0.0.0' || bind === '::' ? 'localhost' : bind.includes(':') ? `[${bind}]` : bind;
  return `http://${host}:${port}`;
}
