import type { Config, Rules } from '@tidewatch/config';
import type { Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import type { EncodeRuntime } from './encode/start-encoding.js';
import type { IncidentManager } from './notify/incident-manager.js';
import type { IngestRuntime } from './ingest/ingest-runtime.js';
import type { Scraper } from './scrape/scraper.js';
import type { OwnMetrics } from './telemetry/own-metrics.js';

/** Injection token of the {@link Runtime}. */
export const RUNTIME = Symbol('Runtime');

/** Addresses that clients use. */
export interface Endpoints {
  readonly otlpHttp: string;
  /** `http://HOST:PORT`, as exporters want it; empty in a process that takes no data. */
  readonly otlpGrpc: string;
  readonly api: string;
}

/**
 * What the roles of one process share. Controllers take it by injection; everything else takes the parts it needs as
 * arguments.
 */
export interface Runtime {
  readonly config: Config;
  /** The rules in force. A reload swaps them between two evaluations. */
  readonly rules: () => Rules;
  readonly store: Store;
  readonly logger: Logger;
  /** `null` without the ingest role. */
  readonly ingest: IngestRuntime | null;
  /** `null` without the ingest role. */
  readonly scraper: Scraper | null;
  /** `null` without the encode role. */
  readonly encode: EncodeRuntime | null;
  readonly metrics: OwnMetrics;
  readonly incidents: IncidentManager;
  readonly startedAt: number;
  /** When the last evaluation ended, or `null` before the first. */
  readonly lastEvaluationAt: () => number | null;
  /** Known once the listeners are open. */
  readonly endpoints: () => Endpoints;
}
