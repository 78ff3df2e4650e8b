import type { ReceiverTraits } from '@tidewatch/alerts';
import type { Channel } from '@tidewatch/channels';
import type { Config, Rules } from '@tidewatch/config';
import type { JobDriver } from '@tidewatch/jobs';
import type { Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import type { EncodeRuntime } from './encode/start-encoding.js';
import type { ActionRuns } from './notify/actions/action-runs.js';
import type { Alerting } from './notify/alerting.js';
import type { NotificationContexts } from './notify/context/notification-context.js';
import type { HeartbeatState } from './notify/heartbeat/heartbeats.js';
import type { InboundSecretValue } from './notify/inbound/inbound-runtime.js';
import type { IncidentManager } from './notify/incident-manager.js';
import type { SuppressionFeed } from './notify/suppression-sources.js';
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
  /** The way to people: incidents, delivery, and the lease. */
  readonly alerting: Alerting;
  /** Where queues come from. */
  readonly jobs: JobDriver;
  readonly incidents: IncidentManager;
  /** Open channels, and what is known of their receivers, by name. */
  readonly channels: () => ReadonlyMap<string, Channel>;
  readonly receivers: () => ReadonlyMap<string, ReceiverTraits>;
  /** What a receiver signs its reports with; `undefined` for one that is unknown or has no such secret. */
  readonly inboundSecrets: (receiver: string) => InboundSecretValue | undefined;
  readonly suppressions: SuppressionFeed;
  readonly contexts: NotificationContexts;
  readonly actions: ActionRuns;
  readonly heartbeats: () => readonly HeartbeatState[];
  readonly startedAt: number;
  /** When the last evaluation ended, or `null` before the first. */
  readonly lastEvaluationAt: () => number | null;
  /** Known once the listeners are open. */
  readonly endpoints: () => Endpoints;
}
