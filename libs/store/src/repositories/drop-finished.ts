import { floorTime, type TimeRange } from '@tidewatch/core';
import type { Database } from '../database.js';
import { sqlLiteral } from '../parameters.js';
import { toNumber } from '../row-values.js';
import { VISIBILITY_MS } from './ingest.js';
import { PENDING_PARTITION_MS, pendingSpans, RECEIVED_WITHIN, UNMARKED } from './pending-inputs.js';

/**
 * Drops raw inputs of which all is done, and the markers that nothing refers to any more.
 *
 * Parts are dropped by name and not whole partitions: what comes late into an old partition, as after a long outage, is in
 * a part that was not looked at and stays. ClickHouse deletes the files of a dropped part at once.
 *
 * @returns how many inputs were dropped
 */
export async function dropFinished(database: Database, now: number): Promise<number> {
  // A partition whose time has not passed is still being filled.
  const until = floorTime(now - VISIBILITY_MS, PENDING_PARTITION_MS);
  let dropped = 0;
  for (const span of await pendingSpans(database, until)) {
    for (const { part, rows } of await finishedParts(database, span)) {
      dropped += (await dropPart(database, part)) ? rows : 0;
    }
  }
  for (const id of await orphanedPartitions(database, until)) {
    // A marker written meanwhile for an input that came late goes as well: that input is encoded once more.
    await database.command(`ALTER TABLE encoded_inputs DROP PARTITION ID ${sqlLiteral(id)}`, {
      tag: 'encoding.drop-markers',
    });
  }
  return dropped;
}

async function finishedParts(
  database: Database,
  span: TimeRange,
): Promise<{ readonly part: string; readonly rows: number }[]> {
  const rows = await database.query<{ part: string; rows: string }>(
    `SELECT _part AS part, count() AS rows FROM pending_inputs WHERE ${RECEIVED_WITHIN}
     GROUP BY part HAVING countIf(${UNMARKED}) = 0 ORDER BY part`,
    { ...span },
    { tag: 'encoding.finished' },
  );
  return rows.map(({ part, rows: inputs }) => ({ part, rows: toNumber(inputs) }));
}

/** `false` when the part is not there any more: it was merged, and what it became is looked at the next time. */
async function dropPart(database: Database, part: string): Promise<boolean> {
  try {
    await database.command(`ALTER TABLE pending_inputs DROP PART ${sqlLiteral(part)}`, {
      tag: 'encoding.drop-inputs',
    });
    return true;
  } catch (error) {
    const [found] = await database.query<{ rows: string }>(
      'SELECT count() AS rows FROM pending_inputs WHERE _part = {part:String}',
      { part },
      { tag: 'encoding.find-part' },
    );
    if (toNumber(found?.rows ?? 0) > 0) {
      throw error;
    }
    return false;
  }
}

/** Partitions that hold markers only. */
async function orphanedPartitions(database: Database, until: number): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `SELECT DISTINCT _partition_id AS id FROM encoded_inputs
     WHERE ReceivedAt < fromUnixTimestamp64Milli({until:Int64})
       AND _partition_id NOT IN (SELECT _partition_id FROM pending_inputs)
     ORDER BY id`,
    { until },
    { tag: 'encoding.orphaned' },
  );
  return rows.map(({ id }) => id);
}
