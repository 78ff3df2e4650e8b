import type { Database } from '../database.js';
import { VISIBILITY_MS } from '../repositories/ingest.js';
import { toNumber } from '../row-values.js';
import { LOOK_BACK_MS } from '../semantics/increase-sql.js';

/** An hour that batches touched after it was rolled up, or before it ever was. Times in milliseconds. */
export interface DueHour {
  readonly project: string;
  readonly hour: number;
  /** When its last computation began; `null`: it has none. */
  readonly rolledAt: number | null;
  /** When the first of those batches was stored. */
  readonly firstStored: number;
}

/**
 * The hours touched by batches stored at or after `storedSince` that no later computation covers, oldest first; and when
 * the last of all batches was stored, by the clocks of those who stored them.
 *
 * A point also touches the hour of the point after it, whose increase may be the difference from it.
 */
export async function dueHours(
  database: Database,
  storedSince: number,
): Promise<{ hours: DueHour[]; lastStored: number }> {
  const since = Math.max(0, storedSince);
  // First, so that no batch stored between the two queries is passed over.
  const [last] = await database.query<{ lastStored: string }>(
    `SELECT toUnixTimestamp64Milli(max(StoredAt)) AS lastStored FROM ingest_batches
     WHERE StoredAt >= fromUnixTimestamp64Milli({since:Int64})`,
    { since },
    { tag: 'rollups.last-stored', settings: { max_threads: 1 } },
  );
  const rows = await database.query<{ project: string; hour: string; rolledAt: string; firstStored: string }>(
    `SELECT project, hour, rolledAt, min(storedAt) AS firstStored
     FROM (
       SELECT Project AS project, toUnixTimestamp64Milli(StoredAt) AS storedAt,
         arrayJoin(range(toUInt32(intDiv(toUnixTimestamp64Milli(MinTime), 3600000)),
           toUInt32(intDiv(toUnixTimestamp64Milli(MaxTime) + ${LOOK_BACK_MS}, 3600000) + 1))) AS hour
       FROM ingest_batches
       WHERE Table IN ('metric_points', 'metric_histograms') AND StoredAt >= fromUnixTimestamp64Milli({since:Int64})
         AND MaxTime - MinTime < 90000) AS touched
     LEFT JOIN (
       SELECT Project AS project, toUInt32(intDiv(toUnixTimestamp(Hour), 3600)) AS hour,
         toUnixTimestamp64Milli(max(RolledAt)) AS rolledAt
       FROM rollup_hours GROUP BY project, hour) AS rolled USING (project, hour)
     WHERE storedAt + ${VISIBILITY_MS} >= rolledAt
     GROUP BY project, hour, rolledAt ORDER BY hour, project`,
    { since },
    { tag: 'rollups.due' },
  );
  const hours = rows.map((row) => ({
    project: row.project,
    hour: toNumber(row.hour) * 3_600_000,
    rolledAt: toNumber(row.rolledAt) === 0 ? null : toNumber(row.rolledAt),
    firstStored: toNumber(row.firstStored),
  }));
  return { hours, lastStored: Math.max(since, toNumber(last?.lastStored ?? 0)) };
}
