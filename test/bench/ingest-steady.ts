import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from 'simple-statistics';
import type { LoadOptions } from '../load/generate-load.js';
import { runLoadProcess } from '../load/load-process.js';
import { startMeasuredServer, waitUntilStored } from '../load/measured-server.js';
import { cpuSeconds, residentMegabytes } from '../load/process-usage.js';
import { quietPort } from '../load/quiet-port.js';
import { figure, type Figure } from './figure.js';
import { answers, benchFolder, spawnVictoriaMetrics, VICTORIA_METRICS } from './ingest-e2e.js';

const SECONDS = 60;
const BASELINE_SECONDS = 20;
const SETTLE_MS = 10_000;
const LOAD: Omit<LoadOptions, 'port' | 'kind' | 'seconds'> = {
  host: '127.0.0.1',
  connections: 20,
  itemsPerRequest: 100,
  itemsPerSecond: 10_000,
};
/** The engine alone, open and asked once: what nothing that embeds it can go below. */
const ENGINE_ALONE = `
  import { createRequire } from 'node:module';
  const { Session } = createRequire(process.cwd() + '/')('chdb');
  const session = new Session(process.argv[1]);
  await session.queryAsync('SELECT 1');
  setInterval(() => {}, 1000);
`;

interface Usage {
  /** Of one core. */
  readonly cpuPercent: number;
  readonly residentMb: number;
}

/**
 * `steady-10k` and `steady-10k-memory`: processor share and memory beyond the idle engine at 10,000 points a second in
 * requests of 100, over a minute, with everything stored.
 */
export async function benchSteady(): Promise<Figure[]> {
  const idleMb = await engineAlone();
  const ours = await server();
  const theirs = existsSync(VICTORIA_METRICS)
    ? { name: 'VictoriaMetrics at the same rate, its memory whole', ...(await victoriaMetrics()) }
    : { name: 'not measured: VictoriaMetrics is not installed', cpuPercent: NaN, residentMb: NaN };
  return [
    figure({
      name: 'steady-10k',
      value: ours.cpuPercent,
      unit: '% of one core',
      baseline: theirs.cpuPercent,
      baselineName: theirs.name,
      floor: { atMost: 20 },
    }),
    figure({
      name: 'steady-10k-memory',
      value: ours.residentMb - idleMb,
      unit: 'MB above the idle engine',
      baseline: theirs.residentMb,
      baselineName: theirs.name,
      floor: { atMost: 250 },
    }),
  ];
}

async function server(): Promise<Usage> {
  const dataDir = benchFolder('steady');
  const running = await startMeasuredServer({
    dataDir,
    environment: { TIDEWATCH_ROLES: 'ingest,query' },
  });
  try {
    await running.ready;
    await sleep(SETTLE_MS);
    const watch = watchUsage(running.pid);
    const load = await runLoadProcess({
      ...LOAD,
      port: running.ports.otlp,
      kind: 'metrics',
      seconds: SECONDS,
    });
    await waitUntilStored(running, 'metrics', load.acceptedItems, 30_000);
    const usage = watch.stop();
    if (load.acceptedItems < LOAD.itemsPerSecond! * SECONDS * 0.99) {
      throw new Error(`The server did not keep up with 10,000 points a second: ${JSON.stringify(load)}`);
    }
    return usage;
  } finally {
    await running.end('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function victoriaMetrics(): Promise<Usage> {
  const folder = benchFolder('victoria-metrics');
  const port = await quietPort();
  const child = spawnVictoriaMetrics(folder, port);
  try {
    await answers(`http://127.0.0.1:${port}/health`);
    const watch = watchUsage(child.pid ?? 0);
    await runLoadProcess({ ...LOAD, port, kind: 'remote-write', seconds: BASELINE_SECONDS });
    return watch.stop();
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Resident memory of a process that holds nothing but the open engine, MB. */
async function engineAlone(): Promise<number> {
  const folder = benchFolder('engine');
  mkdirSync(`${folder}/clickhouse`);
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', ENGINE_ALONE, `${folder}/clickhouse`],
    { env: { PATH: '/usr/bin:/bin', UV_THREADPOOL_SIZE: '16' }, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  await sleep(SETTLE_MS);
  const residentMb = residentMegabytes(child.pid ?? 0);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  rmSync(folder, { recursive: true, force: true });
  return residentMb;
}

/** Processor share since now, and the 95th percentile of resident memory: the level, not a single collection's peak. */
function watchUsage(pid: number): { stop(): Usage } {
  const resident: number[] = [];
  const startedAt = performance.now();
  const cpuBefore = cpuSeconds(pid);
  const timer = setInterval(() => resident.push(residentMegabytes(pid)), 500);
  return {
    stop() {
      clearInterval(timer);
      const elapsed = (performance.now() - startedAt) / 1_000;
      return {
        cpuPercent: ((cpuSeconds(pid) - cpuBefore) / elapsed) * 100,
        residentMb: quantile(resident, 0.95),
      };
    },
  };
}
