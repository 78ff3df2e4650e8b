import { join } from 'node:path';
import type { Config } from '@tidewatch/config';
import { isAppError } from '@tidewatch/core';
import type { EncoderRule } from '@tidewatch/encoder';
import { openJournal, type Journal } from '@tidewatch/journal';
import type { Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import { startTicker, type Ticker } from '../evaluate/ticker.js';
import { Admission } from './admission.js';
import { InputSelection } from './input-selection.js';
import { IngestPipeline } from './ingest-pipeline.js';
import { logJournalEvent } from './journal-log.js';
import type { OtlpReceiver } from './otlp-http.js';
import { RequestCounts } from './request-counts.js';
import type { Sampling } from './sampling.js';
import { SeriesCaches } from './series-caches.js';

/** A request that finds no room waits this long for some: shorter than an exporter's patience, longer than an fsync. */
const ADMISSION_WAIT_MS = 1_000;
/** A waiting request holds a socket and what the kernel has buffered, nothing of ours. */
const ADMISSION_MAX_WAITING = 1_000;
const HEARTBEAT_MS = 1_000;
/** About 300,000 series. */
const SERIES_CACHE_BYTES = 134_217_728;

/** What takes data in, in a process with the ingest role. */
export interface IngestRuntime extends OtlpReceiver {
  readonly journal: Journal;
  /** Which raw inputs are taken. */
  readonly inputs: InputSelection;
  /** Takes nothing more, stores what it can within a bounded time, and closes the journal. */
  close(): Promise<void>;
}

/**
 * Opens the journal and everything in front of it.
 *
 * @param processName this process's in heartbeats
 */
export async function openIngest(
  config: Config,
  store: Store,
  {
    sampling,
    encoders,
    processName,
    logger,
  }: {
    sampling: Sampling;
    encoders: () => readonly EncoderRule[];
    processName: string;
    logger: Logger;
  },
): Promise<IngestRuntime> {
  const { ingest } = config;
  const journal = await openJournal({
    dir: join(config.dataDir, 'journal'),
    sink: store.ingest.sink,
    maxBytes: ingest.journalMaxBytes,
    flushIntervalMs: ingest.flushIntervalMs,
    onEvent: (event) => logJournalEvent(logger, event),
  });
  const pipeline = new IngestPipeline({
    journal,
    store,
    seriesCaches: new SeriesCaches({
      maxBytes: SERIES_CACHE_BYTES,
      projects: new Set(config.apiKeys?.map(({ project }) => project)).size,
      limits: { perMetric: ingest.maxSeriesPerMetric, perProject: ingest.maxSeriesPerProject },
    }),
    retentionDays: config.retention.rawDays,
    sampling,
    now: Date.now,
  });
  const heartbeat = startHeartbeat(journal, { store, processName, logger });
  return {
    keys: config.apiKeys,
    maxBodyBytes: config.maxBodyBytes,
    admission: new Admission({
      capacityBytes: ingest.memoryBytes,
      waitMs: ADMISSION_WAIT_MS,
      maxWaiting: ADMISSION_MAX_WAITING,
    }),
    pipeline,
    requests: new RequestCounts(),
    logger,
    journal,
    inputs: new InputSelection(encoders),
    close: async () => {
      await heartbeat.stop();
      await journal.close();
    },
  };
}

/**
 * Tells the evaluating processes, once a second, that this one is alive and what it has not stored yet. While ClickHouse
 * is away nobody can be told; the journal has said so in the log.
 */
function startHeartbeat(
  journal: Journal,
  { store, processName, logger }: { store: Store; processName: string; logger: Logger },
): Ticker {
  return startTicker('heartbeat', HEARTBEAT_MS, logger, async () => {
    try {
      await store.ingest.beat(processName, journal.oldestPendingTime());
    } catch (error) {
      if (!isAppError(error) || !error.retryable) {
        throw error;
      }
    }
  });
}

/** The ingest side of a process that has one. @throws Error elsewhere: its controllers exist only with the role. */
export function requireIngest(ingest: IngestRuntime | null): IngestRuntime {
  if (ingest === null) {
    throw new Error('This process does not ingest.');
  }
  return ingest;
}
