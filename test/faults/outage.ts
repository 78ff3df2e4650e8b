import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startClickHouseHttp, type ClickHouseHttp } from '../harness/clickhouse-http.js';
import { generateLoad, type LoadResult } from '../load/generate-load.js';
import {
  itemsOf,
  startMeasuredServer,
  waitUntilStored,
  type MeasuredServer,
} from '../load/measured-server.js';

/** What happens to ClickHouse while exporters send. */
export interface OutageOptions {
  /** `away`: every request to it is refused. `slow`: each takes five seconds. */
  readonly trouble: 'away' | 'slow';
  /** How long the trouble lasts. */
  readonly seconds: number;
  readonly itemsPerSecond: number;
  /** Bytes that the journal may hold; with the default of the product when absent. */
  readonly journalMaxBytes?: number;
  /** Longest time from the end of the trouble until everything is stored. */
  readonly recoverySeconds: number;
  readonly dist?: string;
}

/** What came of it. */
export interface OutageResult {
  readonly load: LoadResult;
  /** Most bytes that the journal held. */
  readonly journalPeakBytes: number;
  /** Bytes it held when the first request was not accepted; `null` when every request was. */
  readonly journalBytesAtRefusal: number | null;
  /** How often `GET /metrics` was read, and in how many readings received was not stored + rejected + duplicate + pending. */
  readonly readings: number;
  readonly unbalanced: number;
  /** Points in ClickHouse afterwards, and how many of them differ in series or time. */
  readonly rows: number;
  readonly distinct: number;
}

const SLOW_MS = 5_000;
/** Undisturbed sending before and after the trouble. */
const LEAD_SECONDS = 2;
const CONNECTIONS = 10;
const POINTS_PER_REQUEST = 200;

/** Sends points through a time in which ClickHouse is away or slow, and counts what is there afterwards. */
export async function runOutage(options: OutageOptions): Promise<OutageResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tidewatch-outage-'));
  const clickhouse = await startClickHouseHttp();
  const server = await startMeasuredServer({
    dataDir,
    ...(options.dist === undefined ? {} : { dist: options.dist }),
    environment: {
      CLICKHOUSE_URL: clickhouse.url,
      TIDEWATCH_ROLES: 'ingest,query',
      ...(options.journalMaxBytes === undefined
        ? {}
        : { TIDEWATCH_JOURNAL_MAX_BYTES: String(options.journalMaxBytes) }),
    },
  });
  try {
    await server.ready;
    return await sendThrough(options, clickhouse, server);
  } finally {
    await server.end('SIGKILL');
    await clickhouse.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function sendThrough(
  options: OutageOptions,
  clickhouse: ClickHouseHttp,
  server: MeasuredServer,
): Promise<OutageResult> {
  const journal = watchJournal(server);
  const sending = generateLoad({
    host: server.host,
    port: server.ports.otlp,
    kind: 'metrics',
    connections: CONNECTIONS,
    itemsPerRequest: POINTS_PER_REQUEST,
    itemsPerSecond: options.itemsPerSecond,
    seconds: options.seconds + 2 * LEAD_SECONDS,
    patienceSeconds: options.recoverySeconds,
  });
  await sleep(LEAD_SECONDS * 1_000);
  begin(options.trouble, clickhouse);
  await sleep(options.seconds * 1_000);
  clickhouse.refuse(false);
  clickhouse.delay(0);
  const load = await sending;
  await waitUntilStored(server, 'metrics', load.acceptedItems, options.recoverySeconds * 1_000);
  const samples = await journal.stop();
  const { rows, distinct } = await countPoints(clickhouse.url);
  return {
    load,
    journalPeakBytes: Math.max(...samples.map(({ bytes }) => bytes)),
    journalBytesAtRefusal: load.firstRefusalAt === null ? null : bytesAround(samples, load.firstRefusalAt),
    readings: samples.length,
    unbalanced: samples.filter(({ balanced }) => !balanced).length,
    rows,
    distinct,
  };
}

function begin(trouble: OutageOptions['trouble'], clickhouse: ClickHouseHttp): void {
  if (trouble === 'away') {
    clickhouse.refuse(true);
  } else {
    clickhouse.delay(SLOW_MS);
  }
}

interface JournalSample {
  readonly at: number;
  readonly bytes: number;
  readonly balanced: boolean;
}

/** Asks the server for the journal's size several times a second until it is stopped. */
function watchJournal(server: MeasuredServer): { stop(): Promise<readonly JournalSample[]> } {
  const samples: JournalSample[] = [];
  let watching = true;
  const watch = async (): Promise<void> => {
    while (watching) {
      const exposed = await server.exposed();
      const bytes = exposed.find(({ name }) => name === 'tidewatch_journal_bytes')?.value ?? NaN;
      const { received, stored, rejected, duplicate, pending } = itemsOf(exposed, 'metrics');
      const balanced = received === stored + rejected + duplicate + pending;
      samples.push({ at: Date.now(), bytes, balanced });
      await sleep(200);
    }
  };
  const ended = watch();
  return {
    async stop() {
      watching = false;
      await ended;
      return samples;
    },
  };
}

/** The larger of the two sizes seen just before and just after a moment. */
function bytesAround(samples: readonly JournalSample[], at: number): number {
  const after = samples.findIndex((sample) => sample.at >= at);
  const [before, behind] = [samples[after - 1], samples[after]];
  return Math.max(before?.bytes ?? 0, behind?.bytes ?? 0);
}

async function countPoints(url: string): Promise<{ rows: number; distinct: number }> {
  const response = await fetch(url, {
    method: 'POST',
    body: 'SELECT count() AS rows, uniqExact(SeriesHash, TimeUnix) AS distinct FROM metric_points FORMAT TSV',
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(text);
  }
  const [rows = NaN, distinct = NaN] = text.trim().split('\t').map(Number);
  return { rows, distinct };
}
