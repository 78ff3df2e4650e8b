import { dateTime64Milli, lowCardinality, nullable } from '../column-types.js';
import type { Database } from '../database.js';
import { toNumber } from '../row-values.js';
import { column, defineTable, encodeRows } from '../table-definition.js';

/** Says how far the stored data is complete. */
export interface Heartbeats {
  /**
   * Tells that the ingest process is alive and what it still holds; once a second.
   *
   * @param oldestHeld Earliest event time accepted and not yet stored, milliseconds; `null` when there is none.
   */
  beat(process: string, oldestHeld: number | null, now?: number): Promise<void>;
  /**
   * The time, milliseconds, up to which everything that was accepted is stored: over the ingest processes heard within
   * {@link HEARD_WITHIN_MS} before `now`, the earliest of what they still hold and of when they beat. `null` when none
   * was heard. Late data can still arrive for times before it.
   */
  watermark(now: number): Promise<number | null>;
}

/** A process not heard for so long is gone, and its journal is read when it comes back. */
export const HEARD_WITHIN_MS = 30_000;

interface Beat {
  readonly process: string;
  readonly at: number;
  readonly oldestHeld: number | null;
}

const HEARTBEATS = defineTable<Beat>(
  'ingest_heartbeats',
  [
    column('Process', lowCardinality, (row) => row.process),
    column('BeatAt', dateTime64Milli, (row) => row.at),
    column('OldestHeld', nullable(dateTime64Milli), (row) => row.oldestHeld),
  ],
  { announced: false },
);

/** Opens the part of the ingest repository that reads and writes heartbeats. */
export function heartbeats(database: Database): Heartbeats {
  return {
    beat: (process, oldestHeld, now = Date.now()) =>
      database.insert({
        table: HEARTBEATS.name,
        format: 'RowBinary',
        columns: HEARTBEATS.columns,
        structure: HEARTBEATS.structure,
        chunks: [encodeRows(HEARTBEATS, [{ process, at: now, oldestHeld }])],
        tag: 'ingest.beat',
        token: `${process}:beat:${now}`,
      }),
    watermark: async (now) => {
      const [row] = await database.query<{ processes: string; watermark: string }>(
        `SELECT count() AS processes, min(held) AS watermark FROM (
           SELECT least(toUnixTimestamp64Milli(BeatAt), ifNull(toUnixTimestamp64Milli(OldestHeld), toInt64(9223372036854775807))) AS held
           FROM ingest_heartbeats
           WHERE BeatAt > fromUnixTimestamp64Milli({since:Int64}) AND BeatAt <= fromUnixTimestamp64Milli({now:Int64})
           ORDER BY BeatAt DESC LIMIT 1 BY Process
         )`,
        { since: now - HEARD_WITHIN_MS, now },
        { tag: 'ingest.watermark' },
      );
      return row === undefined || toNumber(row.processes) === 0 ? null : toNumber(row.watermark);
    },
  };
}
