import { fileURLToPath } from 'node:url';
import type { Config, Environment, Rules } from '@tidewatch/config';
import { isAppError } from '@tidewatch/core';
import type { Lease } from '@tidewatch/jobs';
import type { Ticker } from './evaluate/ticker.js';
import { openStore, type Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import { CleanupStack } from './cleanup-stack.js';
import { startEncoding, type EncodeRuntime } from './encode/start-encoding.js';
import { createApplication } from './http/application.js';
import { listen, type Listener } from './http/listeners.js';
import { listenGrpc } from './ingest/grpc/otlp-grpc.js';
import { openIngest, type IngestRuntime } from './ingest/ingest-runtime.js';
import { openAlerting } from './notify/open-alerting.js';
import { openOutwards } from './notify/open-notifying.js';
import { startTerm, type TermState } from './notify/term.js';
import { alertFamilies, showAlerting } from './telemetry/show-alerting.js';
import type { Endpoints, Runtime } from './runtime.js';
import { RuleSampling } from './sampling/rule-sampling.js';
import { openScraper } from './scrape/open-scraper.js';
import { SloGauges } from './telemetry/slo-gauges.js';
import { OwnMetrics } from './telemetry/own-metrics.js';
import { untilItWorks } from './until-it-works.js';

/** With a journal in front of it, a ClickHouse server that is away is no reason not to start. */
const WAIT_FOR_SERVER = { whenUnreachable: 'wait' } as const;
/** How often a store that was away at start is tried again. */
const RETRY_MS = 2_000;

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
  readonly endpoints: Endpoints;
  /** The open store, for benchmarks and tools that run in the server's process. */
  readonly store: Store;
  /** What takes data in; `null` without the ingest role. */
  readonly ingest: IngestRuntime | null;
  /** What encodes inputs; `null` without the encode role. */
  readonly encode: EncodeRuntime | null;
  /** Reads the rule files again. Rules with a problem leave the old ones in force; the problem is logged and returned. */
  reloadRules(): string | null;
  stop(): Promise<void>;
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
  const outwards = openOutwards(options.rules, { config, environment, logger });
  const { rules } = outwards;
  cleanup.push(() => outwards.close());
  const processName = `${process.pid}-${Date.now().toString(36)}`;
  const store = await openStoreFor(config, root, processName);
  cleanup.push(() => store.close());
  const { ingest, encode } = await openData(config, store, { rules, processName, logger }, cleanup);
  const scraper = ingest === null ? null : openScraper(ingest.pipeline, environment, logger);
  const opened = await openAlerting(store, outwards, { config, environment, logger }, cleanup);
  const { alerting, notifying, jobs } = opened;
  const gauges = new SloGauges();
  const late = nothingYet();
  showAlerting(opened.metrics, alerting, () => late.heartbeats());
  const alerts = () => alertFamilies(opened.metrics, alerting);
  const encoders = encode?.encoders ?? null;
  const runtime: Runtime = {
    config,
    rules: () => rules.current,
    store,
    logger,
    ingest,
    scraper,
    encode,
    metrics: new OwnMetrics({ ingest, encoders, slos: gauges, alerts }),
    alerting,
    incidents: alerting.incidents,
    jobs,
    channels: () => rules.channels,
    receivers: () => rules.receivers,
    ...notifying,
    heartbeats: () => late.heartbeats(),
    startedAt: Date.now(),
    lastEvaluationAt: () => late.lastAt,
    endpoints: () => late.endpoints,
  };
  late.endpoints = await openListeners(runtime, `${root}/dist/console`, cleanup);
  cleanup.push(() => alerting.stop());
  const term = (lease: Lease): Ticker[] => startTerm(runtime, { lease, gauges, outwards, environment, late });
  await startJudging(() => judge(runtime, term), { runtime, cleanup });
  scraper?.use(rules.current.scrapeTargets);
  cleanup.push(async () => scraper?.stop());
  return {
    endpoints: late.endpoints,
    store,
    ingest,
    encode,
    reloadRules: () => {
      const problem = rules.reload(config);
      encode?.use(rules.current.encoders);
      scraper?.use(rules.current.scrapeTargets);
      return problem;
    },
    stop: () => cleanup.run(logger),
  };
}

/** Judges and delivers for as long as this process holds the lease; one without the role follows who does. */
async function judge(
  { config, suppressions, alerting, jobs }: Runtime,
  term: (lease: Lease) => Ticker[],
): Promise<void> {
  await suppressions.start();
  if (!config.roles.has('evaluate')) {
    return alerting.follow();
  }
  await jobs.ready();
  await alerting.start(term);
}

/** What is known only once later parts have started. */
interface Late extends TermState {
  endpoints: Endpoints;
}

function nothingYet(): Late {
  return { endpoints: { otlpHttp: '', otlpGrpc: '', api: '' }, lastAt: null, heartbeats: () => [] };
}

/** What takes data in and what makes vectors of it, as far as the process has these roles. */
async function openData(
  config: Config,
  store: Store,
  { rules, processName, logger }: { rules: { readonly current: Rules }; processName: string; logger: Logger },
  cleanup: CleanupStack,
): Promise<Pick<Runtime, 'ingest' | 'encode'>> {
  const ingest = config.roles.has('ingest')
    ? await openIngest(config, store, {
        sampling: new RuleSampling(() => rules.current.sampling),
        encoders: () => rules.current.encoders,
        processName,
        logger,
      })
    : null;
  cleanup.push(async () => ingest?.close());
  const encode = config.roles.has('encode')
    ? startEncoding(store, { rules: rules.current.encoders, files: config, logger })
    : null;
  cleanup.push(async () => encode?.close());
  return { ingest, encode };
}

/**
 * Starts evaluation and notification. A process that takes data goes on doing so while ClickHouse is away, and judges as
 * soon as it is there; any other process has nothing to do without it and fails to start.
 */
async function startJudging(
  judge: () => Promise<void>,
  { runtime, cleanup }: { runtime: Runtime; cleanup: CleanupStack },
): Promise<void> {
  try {
    await judge();
  } catch (error) {
    if (runtime.ingest === null || !isAppError(error) || !error.retryable) {
      throw error;
    }
    runtime.logger.error(
      { reason: error.message },
      'ClickHouse or Redis cannot be reached; data is taken into the journal, and rules are judged once they are there',
    );
    const trying = untilItWorks(judge, RETRY_MS);
    cleanup.push(() => trying.stop());
  }
}

async function openListeners(
  runtime: Runtime,
  consoleDir: string,
  cleanup: CleanupStack,
): Promise<Endpoints> {
  const { config, ingest } = runtime;
  const { bind, ports } = config;
  const opened = (listener: Listener): string => {
    cleanup.push(() => listener.close());
    return urlOf(bind, listener.port);
  };
  const application = await createApplication(runtime, consoleDir);
  cleanup.push(() => application.close());
  const api = opened(
    await listen(application.handler, { bind, port: ports.http, setting: 'TIDEWATCH_HTTP_PORT' }),
  );
  if (ingest === null) {
    return { otlpHttp: urlOf(bind, ports.otlpHttp), otlpGrpc: '', api };
  }
  const otlp = { bind, port: ports.otlpHttp, setting: 'TIDEWATCH_OTLP_HTTP_PORT' };
  const grpc = { bind, port: ports.otlpGrpc, setting: 'TIDEWATCH_OTLP_GRPC_PORT' };
  const otlpHttp = opened(await listen(application.otlpHandler, otlp));
  return { otlpHttp, otlpGrpc: opened(await listenGrpc(ingest, grpc)), api };
}

function openStoreFor(config: Config, root: string, processName: string): Promise<Store> {
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
    processName,
    ...(config.roles.has('ingest') ? WAIT_FOR_SERVER : {}),
  });
}

function urlOf(bind: string, port: number): string {
  const host = bind === '0.0.0.0' || bind === '::' ? 'localhost' : bind.includes(':') ? `[${bind}]` : bind;
  return `http://${host}:${port}`;
}
