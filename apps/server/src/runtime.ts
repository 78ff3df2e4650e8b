import type { Config, Rules } from '@tidewatch/config';
import type { Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import type { IncidentManager } from './notify/incident-manager.js';
import type { IngestCounters } from './ingest/ingest-counters.js';

/** Injection token of the {@link Runtime}. */
export const RUNTIME = Symbol('Runtime');

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
  readonly counters: IngestCounters;
  readonly incidents: IncidentManager;
  readonly startedAt: number;
  /** When the last evaluation ended, or `null` before the first. */
  readonly lastEvaluationAt: () => number | null;
  /** Addresses that clients use, known once the listeners are open. */
  readonly endpoints: () => { otlpHttp: string; api: string };
}
