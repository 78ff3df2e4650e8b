import path from 'node:path';
import type { ItemCounts } from './item-counts.js';

/** A segment whose batches are not all stored. */
export interface LiveSegment {
  readonly sequence: number;
  readonly file: string;
  readonly journalId: string;
  /** `open`: being appended to. `closing`: final, its end not yet durable. `closed`: may be flushed. */
  state: 'open' | 'closing' | 'closed';
  fileBytes: number;
  readonly items: ItemCounts;
  /** Smallest event time, milliseconds since the epoch; `Infinity` without any. */
  minTime: number;
  /** When its first record arrived, on the monotonic clock. */
  readonly firstAt: number;
  /** The same by `performance.now()`: timers do not follow another clock. */
  readonly openedAt: number;
}

/** What the token of each of a segment's batches starts with. */
export function tokenPrefix(journalId: string, sequence: number): string {
  return `${journalId}:${sequence}`;
}

/** `<seq>.seg`, `<seq>.seen`: the number padded, so that a listing shows them in order. */
export function segmentFile(dir: string, sequence: number, kind: 'seg' | 'seen' | 'bad'): string {
  return path.join(dir, `${String(sequence).padStart(12, '0')}.${kind}`);
}

/** The number in a name that {@link segmentFile} makes; `null` for another name. */
export function sequenceOf(name: string, kind: 'seg' | 'seen' | 'bad'): number | null {
  const match = /^(\d{12,15})\.(seg|seen|bad)$/.exec(name);
  return match?.[2] === kind ? Number(match[1]) : null;
}
