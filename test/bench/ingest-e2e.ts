import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { FirstInsertPathResult } from '../load/first-insert-path.js';
import type { LoadOptions, LoadResult } from '../load/generate-load.js';
import { runLoadProcess } from '../load/load-process.js';
import { startMeasuredServer, waitUntilStored, type MeasuredServer } from '../load/measured-server.js';
import { cpuSeconds } from '../load/process-usage.js';
import { queryDataDirectory } from '../load/query-data-directory.js';
import { quietPort } from '../load/quiet-port.js';
import { onTwoCores } from '../load/two-cores.js';
import { figure, type Figure } from './figure.js';

const SECONDS = 60;
/** Shorter: its rate is steady from the start. */
const BASELINE_SECONDS = 20;
/** To find out how much the path takes when nobody waits for anybody. */
const TRIAL_SECONDS = 10;
/** Share of the trial's rate at which it can go on: the rest is for merges, which come later. */
const SUSTAINABLE = 0.75;
/** Debian's package `victoria-metrics`. */
export const VICTORIA_METRICS = '/usr/bin/victoria-metrics';
const FIRST_INSERT_PATH = fileURLToPath(new URL('../load/first-insert-path.js', import.meta.url));

/** One kind of load and how it is measured. */
interface Scenario {
  readonly kind: 'metrics' | 'spans';
  readonly signal: 'metrics' | 'traces';
  readonly table: string;
  readonly connections: number;
  readonly itemsPerRequest: number;
  readonly floor: number;
}

const POINTS: Scenario = {
  kind: 'metrics',
  signal: 'metrics',
  table: 'metric_points',
  connections: 32,
  itemsPerRequest: 1_000,
  floor: 600_000,
};
const SPANS: Scenario = {
  kind: 'spans',
  signal: 'traces',
  table: 'otel_traces',
  connections: 32,
  itemsPerRequest: 300,
  floor: 150_000,
};

interface Sustained {
  readonly load: LoadResult;
  /** Items per second that were accepted, over the time of sending. */
  readonly rate: number;
  /** From the last answer until everything could be queried, seconds. */
  readonly lag: number;
  /** Processor seconds of the server per million items, until everything could be queried. */
  readonly cpuPerMillion: number;
}

/** What the same series cost elsewhere. */
interface Baseline {
  readonly name: string;
  readonly rate: number;
  readonly p99: number;
  readonly cpuPerMillion: number;
}

/**
 * `e2e-points`, `e2e-points-p99`, `e2e-points-lag` and `e2e-cpu`: number points over HTTP to the synced journal and into
 * ClickHouse, server and load generator on the same two cores, for a minute. A trial finds the rate that the path
 * sustains; the minute then runs at that rate, and at the floor at least.
 */
export async function benchE2ePoints(): Promise<Figure[]> {
  const sustained = await measure(POINTS);
  const baseline = existsSync(VICTORIA_METRICS) ? await victoriaMetrics() : await firstInsertPath(POINTS);
  const baselineName = baseline.name;
  return [
    figure({
      name: 'e2e-points',
      value: sustained.rate,
      unit: 'points/s',
      baseline: baseline.rate,
      baselineName,
      floor: { atLeast: POINTS.floor },
    }),
    figure({
      name: 'e2e-points-p99',
      value: sustained.load.latencyMs.p99,
      unit: 'ms',
      baseline: baseline.p99,
      baselineName: `${baselineName}, as fast as it answers`,
      floor: { atMost: 250 },
    }),
    figure({
      name: 'e2e-points-lag',
      value: sustained.lag,
      unit: 's',
      baseline: 1,
      baselineName: "the journal's flush interval",
      floor: { atMost: 5 },
    }),
    figure({
      name: 'e2e-cpu',
      value: sustained.cpuPerMillion,
      unit: 's per million points',
      baseline: baseline.cpuPerMillion,
      baselineName,
      floor: { atMost: 1.6 },
    }),
  ];
}

/** `e2e-spans`: the same for spans with eight attributes. */
export async function benchE2eSpans(): Promise<Figure[]> {
  const sustained = await measure(SPANS);
  const baseline = await firstInsertPath(SPANS);
  return [
    figure({
      name: 'e2e-spans',
      value: sustained.rate,
      unit: 'spans/s',
      baseline: baseline.rate,
      baselineName: baseline.name,
      floor: { atLeast: SPANS.floor },
    }),
  ];
}

async function measure(scenario: Scenario): Promise<Sustained> {
  const dataDir = benchFolder('e2e');
  const server = await startMeasuredServer({
    dataDir,
    environment: { TIDEWATCH_ROLES: 'ingest,query' },
  });
  try {
    await server.ready;
    const trial = await run(scenario, server, { seconds: TRIAL_SECONDS, rate: null, acceptedBefore: 0 });
    const sustainable = trial.load.acceptedItems / (trial.load.seconds + trial.lag);
    const rate = Math.max(scenario.floor * 1.02, sustainable * SUSTAINABLE);
    const acceptedBefore = trial.load.acceptedItems;
    const sustained = await run(scenario, server, { seconds: SECONDS, rate, acceptedBefore });
    await server.end('SIGINT');
    await requireStored(dataDir, scenario.table, acceptedBefore + sustained.load.acceptedItems);
    return sustained;
  } finally {
    await server.end('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function run(
  scenario: Scenario,
  server: MeasuredServer,
  { seconds, rate, acceptedBefore }: { seconds: number; rate: number | null; acceptedBefore: number },
): Promise<Sustained> {
  const cpuBefore = server.cpuSeconds();
  const load = await runLoadProcess(loadOf(scenario, server.ports.otlp, seconds, rate));
  requireClean(load);
  const storedAt = await waitUntilStored(
    server,
    scenario.signal,
    acceptedBefore + load.acceptedItems,
    120_000,
  );
  const million = load.acceptedItems / 1e6;
  return {
    load,
    rate: load.acceptedItems / Math.max(seconds, load.seconds),
    lag: Math.max(0, storedAt - load.endedAt) / 1_000,
    cpuPerMillion: (server.cpuSeconds() - cpuBefore) / million,
  };
}

function loadOf(
  { kind, connections, itemsPerRequest }: Scenario,
  port: number,
  seconds: number,
  rate: number | null,
): LoadOptions {
  return { host: '127.0.0.1', port, kind, connections, itemsPerRequest, itemsPerSecond: rate, seconds };
}

/** A rate at which items are lost or refused is no rate. 503s are legal: the request is sent again. */
function requireClean(load: LoadResult): void {
  const unexpected = Object.keys(load.answers).filter((status) => status !== '200' && status !== '503');
  if (load.unacceptedItems > 0 || load.partialAnswers > 0 || unexpected.length > 0) {
    throw new Error(`The server did not take all of the load: ${JSON.stringify(load)}`);
  }
}

/** Counters could be wrong; rows are what was promised. */
async function requireStored(dataDir: string, table: string, expected: number): Promise<void> {
  const [rows = []] = await queryDataDirectory(dataDir, [`SELECT count() AS rows FROM ${table}`]);
  if (Number(rows[0]?.['rows']) !== expected) {
    throw new Error(`${expected} items were accepted, and ${table} holds ${String(rows[0]?.['rows'])}.`);
  }
}

/** VictoriaMetrics fed by remote write with the same series, as fast as it answers. It does not sync before it answers. */
async function victoriaMetrics(): Promise<Baseline> {
  const folder = benchFolder('victoria-metrics');
  const port = await quietPort();
  const child = spawnVictoriaMetrics(folder, port);
  try {
    await answers(`http://127.0.0.1:${port}/health`);
    const pid = child.pid ?? 0;
    const cpuBefore = cpuSeconds(pid);
    const load = await runLoadProcess({
      ...loadOf(POINTS, port, BASELINE_SECONDS, null),
      kind: 'remote-write',
    });
    return {
      name: 'VictoriaMetrics, remote write of the same series, without fsync',
      rate: load.acceptedItems / load.seconds,
      p99: load.latencyMs.p99,
      cpuPerMillion: (cpuSeconds(pid) - cpuBefore) / (load.acceptedItems / 1e6),
    };
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Starts VictoriaMetrics, single node, with an empty folder. */
export function spawnVictoriaMetrics(folder: string, port: number): ReturnType<typeof spawn> {
  const [command, args] = onTwoCores(VICTORIA_METRICS, [
    `-storageDataPath=${folder}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    '-retentionPeriod=1',
  ]);
  return spawn(command, args, { stdio: 'ignore' });
}

/** Resolves when a URL answers with success; rejects after ten seconds. */
export async function answers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const response = await fetch(url).catch(() => null);
    if (response?.ok === true) {
      return;
    }
    await sleep(100);
  }
  throw new Error(`Nothing answers at ${url}.`);
}

async function firstInsertPath({ kind, itemsPerRequest }: Scenario): Promise<Baseline> {
  const folder = benchFolder('first-insert-path');
  const [command, args] = onTwoCores(process.execPath, [
    FIRST_INSERT_PATH,
    kind,
    String(itemsPerRequest),
    String(BASELINE_SECONDS),
    folder,
  ]);
  try {
    const { stdout } = await promisify(execFile)(command, args);
    const { items, seconds, cpuSeconds: cpu } = JSON.parse(stdout) as FirstInsertPathResult;
    return {
      name: 'protobufjs decode and JSONEachRow insert per request, without HTTP and fsync',
      rate: items / seconds,
      p99: NaN,
      cpuPerMillion: cpu / (items / 1e6),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A fresh folder in `data/`: the disk that a server would use, where the system's folder may be in memory. */
export function benchFolder(name: string): string {
  const parent = join(process.cwd(), 'data');
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, `bench-${name}-`));
}
