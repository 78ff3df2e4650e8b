import type { RowBlock } from '@tidewatch/core';

/** What kind of items a record holds. The order is part of the format on disk: append only. */
export const SIGNALS = ['metrics', 'traces', 'logs', 'predictions', 'labels', 'deployments'] as const;

/** One of {@link SIGNALS}. */
export type Signal = (typeof SIGNALS)[number];

/** What one accepted request brought: the unit that is durable as a whole, stored once, and known again when resent. */
export interface IngestRecord {
  /** Identity of the request, 16 bytes of a cryptographic hash over project, path and body. */
  readonly id: Uint8Array;
  readonly project: string;
  readonly signal: Signal;
  /** Accepted points, spans, log records or samples. */
  readonly items: number;
  /** Refused ones. Kept only so that a resent request gets the same answer; {@link Journal.countRejected} counts them. */
  readonly rejected: number;
  /** In the order in which they must become visible: series before their points. Not to be changed after `append`. */
  readonly blocks: readonly RowBlock[];
}
