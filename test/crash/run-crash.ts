import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ceilTime, floorTime, seededRandom } from '@tidewatch/core';
import {
  serverPorts,
  startMeasuredServer,
  type MeasuredServer,
  type ServerPorts,
} from '../load/measured-server.js';
import { compareWithStored, isClean, type CrashReport, type CrashRun } from './crash-report.js';
import { logsBody, metricsBody, predictionsBody, spansBody } from './exporter-bodies.js';
import { Exporter } from './exporter.js';
import { grpcSender, httpSender } from './sender.js';
import { readStoredItems, readThroughProduct, type CrashSignal } from './stored-items.js';

/** How to torture the server. */
export interface CrashOptions {
  readonly cycles: number;
  readonly seed: number;
  /** Roles of the server, as `TIDEWATCH_ROLES` takes them. */
  readonly roles: string;
  /** The build to test. Default: `dist`. */
  readonly dist?: string;
  /** Signals to send. Default: all four. */
  readonly signals?: readonly CrashSignal[];
  /** Also one exporter per OTLP signal over gRPC. Default: true. */
  readonly grpc?: boolean;
  /** Called after each cycle with its number. */
  readonly onCycle?: (cycle: number) => void;
}

const SIGNALS: readonly CrashSignal[] = ['metrics', 'traces', 'logs', 'predictions'];
const BODIES = { metrics: metricsBody, traces: spansBody, logs: logsBody, predictions: predictionsBody };
const GRPC_METHODS: Readonly<Partial<Record<CrashSignal, string>>> = {
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
};
/** Share of the kills that come while the server starts. */
const KILLS_DURING_START = 0.3;
const LONGEST_START_MS = 1_000;
const LONGEST_LIFE_MS = 700;
/** Short flush intervals put kills into flushes and inserts; the default one puts them into the time between. */
const FLUSH_INTERVALS = ['50ms', '100ms', '300ms', '1s'];
const PATIENCE_MS = 120_000;

/**
 * Lets exporters send while the server is killed with SIGKILL and started again, `cycles` times, at moments that the
 * seed decides: during start-up, flush and insert, and in between. Then compares what was sent with what is stored.
 *
 * @throws Error when the server ends by itself, or does not accept and store the rest after the last start.
 */
export async function runCrash(options: CrashOptions): Promise<CrashReport> {
  const random = seededRandom(options.seed);
  const folder = mkdtempSync(join(tmpdir(), 'tidewatch-crash-'));
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  const ports = await serverPorts();
  const exporters = createExporters(options, ports, random);
  const startedAt = Date.now();
  const run = await torture(options, { dataDir, ports, random, exporters });
  const range = { from: floorTime(startedAt - 60_000, 60_000), to: ceilTime(Date.now() + 1, 60_000) };
  const stored = await readStoredItems(dataDir, [...exporters.keys()]);
  const product = await readThroughProduct(dataDir, range);
  const report = compareWithStored(exporters, stored, product, run);
  if (isClean(report)) {
    rmSync(folder, { recursive: true, force: true });
    return report;
  }
  return { ...report, dataDir };
}

interface Scene {
  readonly dataDir: string;
  readonly ports: ServerPorts;
  readonly random: () => number;
  readonly exporters: ReadonlyMap<CrashSignal, readonly Exporter[]>;
}

/** All cycles, then one start more to take and store what is left. */
async function torture(options: CrashOptions, scene: Scene): Promise<CrashRun> {
  const exporters = [...scene.exporters.values()].flat();
  const running = Promise.all(exporters.map((exporter) => exporter.run()));
  const startedAt = Date.now();
  let server: MeasuredServer | undefined;
  let killsDuringStart = 0;
  try {
    for (let cycle = 1; cycle <= options.cycles; cycle += 1) {
      server = await start(options, scene);
      killsDuringStart += (await killAtRandom(server, scene.random)) ? 1 : 0;
      options.onCycle?.(cycle);
    }
    const seconds = (Date.now() - startedAt) / 1_000;
    server = await start(options, scene);
    await server.ready;
    exporters.forEach((exporter) => exporter.stop());
    await within(PATIENCE_MS, 'the exporters to have every item accepted', running);
    await within(PATIENCE_MS, 'the journal to be flushed', flushed(server, [...scene.exporters.keys()]));
    await server.end('SIGINT');
    return { cycles: options.cycles, seed: options.seed, seconds, killsDuringStart };
  } finally {
    exporters.forEach((exporter) => exporter.abandon());
    await server?.end('SIGKILL');
  }
}

function start(options: CrashOptions, { dataDir, ports, random }: Scene): Promise<MeasuredServer> {
  const flushInterval = FLUSH_INTERVALS[Math.floor(random() * FLUSH_INTERVALS.length)] ?? '1s';
  return startMeasuredServer({
    dataDir,
    ports,
    ...(options.dist === undefined ? {} : { dist: options.dist }),
    environment: { TIDEWATCH_ROLES: options.roles, TIDEWATCH_FLUSH_INTERVAL: flushInterval },
  });
}

/** Kills the server at a random moment; whether it was still starting. */
async function killAtRandom(server: MeasuredServer, random: () => number): Promise<boolean> {
  const duringStart = random() < KILLS_DURING_START;
  const wait = random() * (duringStart ? LONGEST_START_MS : LONGEST_LIFE_MS);
  if (!duringStart) {
    await server.ready;
  }
  const endedEarly = await Promise.race([sleep(wait).then(() => false), server.ended.then(() => true)]);
  if (endedEarly) {
    throw new Error(`The server ended by itself:\n${server.output()}`);
  }
  const wasReady = server.output().includes('is ready');
  await server.end('SIGKILL');
  return !wasReady;
}

function createExporters(
  options: CrashOptions,
  ports: ServerPorts,
  random: () => number,
): Map<CrashSignal, Exporter[]> {
  const exporters = new Map<CrashSignal, Exporter[]>();
  for (const signal of options.signals ?? SIGNALS) {
    const method = options.grpc === false ? undefined : GRPC_METHODS[signal];
    const senders = [
      httpTo(signal, ports.otlp),
      method === undefined ? httpTo(signal, ports.http) : grpcSender(`127.0.0.1:${ports.grpc}`, method),
    ];
    exporters.set(
      signal,
      senders.map((sender, index) => {
        // A generator of its own: how far the others are must not change what it does.
        const own = seededRandom(Math.floor(random() * 0xffff_ffff));
        return new Exporter({ name: `${signal}${index}`, sender, body: BODIES[signal], random: own });
      }),
    );
  }
  return exporters;
}

function httpTo(signal: CrashSignal, port: number): ReturnType<typeof httpSender> {
  const type = signal === 'predictions' ? 'application/x-ndjson' : 'application/x-protobuf';
  return httpSender({ host: '127.0.0.1', port, path: `/v1/${signal}` }, type);
}

async function flushed(server: MeasuredServer, signals: readonly CrashSignal[]): Promise<void> {
  for (const signal of signals) {
    while ((await server.items(signal)).pending > 0) {
      await sleep(50);
    }
  }
}

async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  const limit = new AbortController();
  const late = sleep(limitMs, undefined, { signal: limit.signal }).then(() => {
    throw new Error(`Waited ${limitMs} ms for ${what}.`);
  });
  // Aborted below once the work is done.
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    limit.abort();
  }
}
