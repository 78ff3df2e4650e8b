import type { DeathPoint } from './step-counter.js';

/** What is taken away from delivery to see that the check notices: what the outbox holds, or the note of a start. */
export type Amputation = 'nothing' | 'outbox' | 'starts';

/** Which queue delivery uses. */
export type QueueKind = 'in-process' | 'bull';

/** Addresses of the services that are told, outside of the process that dies. */
export interface ServiceAddresses {
  readonly pagerduty: string;
  readonly webhook: string;
  readonly slack: string;
  readonly github: string;
}

/** What a victim is told to do. */
export interface VictimTask {
  /** Keeps the store, the number of the round ({@link ROUND_FILE}) and, at the end, {@link EVIDENCE_FILE}. */
  readonly dataDir: string;
  readonly services: ServiceAddresses;
  /** Address of Redis, or `null` for the queue in memory. */
  readonly redisUrl: string | null;
  /** Where it dies; `null` lets it end by itself. */
  readonly killAt: DeathPoint | null;
  readonly without: Amputation;
}

/** The world goes on while a process is dead: the number of the round that is to be played next. */
export const ROUND_FILE = 'round';
/** What the store says at the end, as {@link Evidence}. */
export const EVIDENCE_FILE = 'evidence.json';
