import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startClickHouseHttp } from '../harness/clickhouse-http.js';
import { generateLoad, type LoadResult } from '../load/generate-load.js';
import { startMeasuredServer, waitUntilStored, type MeasuredServer } from '../load/measured-server.js';

/** How long and how hard. */
export interface OverloadOptions {
  readonly seconds: number;
  readonly dist?: string;
}

/** What came of it. */
export interface OverloadResult {
  readonly load: LoadResult;
  /** Resident memory before the first request, and the most it was, MB. */
  readonly residentBeforeMb: number;
  readonly residentPeakMb: number;
  readonly rows: number;
  readonly distinct: number;
}

/** Far more than are needed to keep the server busy: ten times as many as saturate it on two cores. */
const CONNECTIONS = 160;
const POINTS_PER_REQUEST = 1_000;
const MEBIBYTE = 1_048_576;
const DRAIN_SECONDS = 120;

/** What the process may take beyond its idle size: bytes in flight, and batches and garbage of the journal's flusher. */
export const OVERLOAD_LIMITS = { inFlightBytes: 64 * MEBIBYTE, beyondIdleMb: 450 } as const;

/**
 * Sends as fast as answers come, from far more exporters than the server can serve, to a ClickHouse that stores more
 * slowly than they send. The data is kept in a process of its own, so that the memory measured is the server's alone.
 */
export async function runOverload(options: OverloadOptions): Promise<OverloadResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tidewatch-overload-'));
  const clickhouse = await startClickHouseHttp();
  const server = await startMeasuredServer({
    dataDir,
    ...(options.dist === undefined ? {} : { dist: options.dist }),
    environment: {
      CLICKHOUSE_URL: clickhouse.url,
      TIDEWATCH_ROLES: 'ingest,query',
      TIDEWATCH_MAX_BODY_BYTES: String(16 * MEBIBYTE),
      TIDEWATCH_INGEST_MEMORY_BYTES: String(OVERLOAD_LIMITS.inFlightBytes),
      TIDEWATCH_JOURNAL_MAX_BYTES: String(64 * MEBIBYTE),
    },
  });
  try {
    await server.ready;
    const residentBeforeMb = server.residentMegabytes();
    const load = await generateLoad({
      host: server.host,
      port: server.ports.otlp,
      kind: 'metrics',
      connections: CONNECTIONS,
      itemsPerRequest: POINTS_PER_REQUEST,
      itemsPerSecond: null,
      seconds: options.seconds,
      patienceSeconds: DRAIN_SECONDS,
    });
    await stillRunning(server);
    await waitUntilStored(server, 'metrics', load.acceptedItems, DRAIN_SECONDS * 1_000);
    const response = await fetch(clickhouse.url, {
      method: 'POST',
      body: 'SELECT count(), uniqExact(SeriesHash, TimeUnix) FROM metric_points FORMAT TSV',
    });
    const [rows = NaN, distinct = NaN] = (await response.text()).trim().split('\t').map(Number);
    return { load, residentBeforeMb, residentPeakMb: server.residentMegabytes('peak'), rows, distinct };
  } finally {
    await server.end('SIGKILL');
    await clickhouse.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function stillRunning(server: MeasuredServer): Promise<void> {
  const code = await Promise.race([server.ended, sleep(10)]);
  if (typeof code === 'number') {
    throw new Error(`The server ended with ${code}:\n${server.output()}`);
  }
}
