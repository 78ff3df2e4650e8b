import type { TimeRange } from '@tidewatch/core';
import type { Database } from '../database.js';
import type { BatchRow } from '../ingest-batches-table.js';
import { ingestSink } from '../ingest-sink.js';
import type { IngestSink } from '../ingest-sink.js';
import { heartbeats } from './heartbeats.js';
import type { Heartbeats } from './heartbeats.js';
import { toNumber } from '../row-values.js';

/** What a project has sent, within retention. */
export interface IngestStatus {
  /** Metric points of every kind. Duplicates that were replaced later are counted. */
  readonly pointsStored: number;
  readonly predictionsStored: number;
  readonly spansStored: number;
  readonly logsStored: number;
  /** Event time of the newest, milliseconds; `null` when there is none. */
  readonly lastPointAt: number | null;
  readonly lastPredictionAt: number | null;
  readonly lastSpanAt: number | null;
  readonly lastLogAt: number | null;
}

/** Stores sealed batches; reads what was stored, when, and which event times it touched. */
export interface IngestRepository extends Heartbeats {
  /** Where the journal's flusher puts its batches. */
  readonly sink: IngestSink;
  status(project: string): Promise<IngestStatus>;
  /** Blocks stored at or after `storedAt`, oldest first, of one project or, with `null`, of all; at most `limit`. */
  batchesSince(project: string | null, storedAt: number, limit?: number): Promise<BatchRow[]>;
  /**
   * Blocks of `tables` that were stored at or after `storedAt`, oldest first, at most `limit`: what a reader that folds
   * data into something else has to look at. A block is visible a moment after its StoredAt ({@link VISIBILITY_MS}).
   */
  blocksOf(
    project: string,
    tables: readonly string[],
    storedAt: number,
    limit?: number,
  ): Promise<StoredBlock[]>;
  /**
   * The event times that blocks stored after `storedAt` touched in `tables`: from the earliest to just after the
   * latest; `null` when nothing was stored.
   *
   * A block is visible a moment after its StoredAt. Blocks of the {@link VISIBILITY_MS} before `storedAt` are therefore
   * included again: pass the time at which the previous call was made, and recompute what you are told.
   */
  touchedSince(project: string, tables: readonly string[], storedAt: number): Promise<TimeRange | null>;
}

/** A block of rows as `ingest_batches` has it. Times are milliseconds; `minTime` and `maxTime` are event times. */
export type StoredBlock = Pick<BatchRow, 'token' | 'minTime' | 'maxTime' | 'storedAt'>;

/** Longest that a row of `ingest_batches` takes from its StoredAt until readers see it. */
export const VISIBILITY_MS = 10_000;

const POINT_TABLES = ['metric_points', 'metric_histograms', 'metric_exp_histograms', 'metric_summaries'];

/** Opens the repository. */
export function ingestRepository(database: Database, processName: string): IngestRepository {
  return {
    sink: ingestSink(database, processName),
    ...heartbeats(database),
    status: (project) => status(database, project),
    batchesSince: async (project, storedAt, limit = 10_000) => {
      const rows = await database.query<Record<keyof BatchRow, string>>(
        `SELECT Project AS project, Process AS process, Token AS token, Table AS table, toUInt32(Day) AS day,
                toUnixTimestamp64Milli(MinTime) AS minTime, toUnixTimestamp64Milli(MaxTime) AS maxTime, Rows AS rows,
                toUnixTimestamp64Milli(StoredAt) AS storedAt
         FROM ingest_batches
         WHERE ({anyProject:Bool} OR Project = {project:String}) AND StoredAt >= fromUnixTimestamp64Milli({storedAt:Int64})
         ORDER BY ingest_batches.StoredAt, Token LIMIT {limit:UInt32}`,
        { anyProject: project === null, project: project ?? '', storedAt, limit },
        { tag: 'ingest.batches-since' },
      );
      return rows.map((row) => ({
        ...row,
        day: Number(row.day),
        minTime: Number(row.minTime),
        maxTime: Number(row.maxTime),
        rows: Number(row.rows),
        storedAt: Number(row.storedAt),
      }));
    },
    blocksOf: async (project, tables, storedAt, limit = 10_000) => {
      const rows = await database.query<Record<keyof StoredBlock, string>>(
        `SELECT Token AS token, toUnixTimestamp64Milli(MinTime) AS minTime, toUnixTimestamp64Milli(MaxTime) AS maxTime,
                toUnixTimestamp64Milli(StoredAt) AS storedAt
         FROM ingest_batches
         WHERE Project = {project:String} AND Table IN {tables:Array(String)}
           AND StoredAt >= fromUnixTimestamp64Milli({storedAt:Int64})
         ORDER BY ingest_batches.StoredAt, Token LIMIT {limit:UInt32}`,
        { project, tables, storedAt, limit },
        { tag: 'ingest.blocks-of' },
      );
      return rows.map((row) => ({
        token: row.token,
        minTime: Number(row.minTime),
        maxTime: Number(row.maxTime),
        storedAt: Number(row.storedAt),
      }));
    },
    touchedSince: async (project, tables, storedAt) => {
      const [row] = await database.query<{ blocks: string; earliest: string; latest: string }>(
        `SELECT count() AS blocks, toUnixTimestamp64Milli(min(MinTime)) AS earliest,
                toUnixTimestamp64Milli(max(MaxTime)) AS latest
         FROM ingest_batches
         WHERE Project = {project:String} AND Table IN {tables:Array(String)}
           AND StoredAt >= fromUnixTimestamp64Milli({since:Int64})`,
        { project, tables, since: storedAt - VISIBILITY_MS },
        { tag: 'ingest.touched-since' },
      );
      return row === undefined || toNumber(row.blocks) === 0
        ? null
        : { from: toNumber(row.earliest), to: toNumber(row.latest) + 1 };
    },
  };
}

async function status(database: Database, project: string): Promise<IngestStatus> {
  const rows = await database.query<{ table: string; rows: string; last: string }>(
    `SELECT Table AS table, sum(Rows) AS rows, toUnixTimestamp64Milli(max(MaxTime)) AS last
     FROM ingest_batches WHERE Project = {project:String} GROUP BY Table`,
    { project },
    { tag: 'ingest.status' },
  );
  const of = (...tables: readonly string[]): typeof rows =>
    rows.filter(({ table }) => tables.includes(table));
  const stored = (chosen: typeof rows): number => chosen.reduce((sum, row) => sum + toNumber(row.rows), 0);
  const last = (chosen: typeof rows): number | null =>
    chosen.length === 0 ? null : Math.max(...chosen.map((row) => toNumber(row.last)));
  const [points, predictions, spans, logs] = [
    of(...POINT_TABLES),
    of('predictions'),
    of('otel_traces'),
    of('otel_logs'),
  ];
  return {
    pointsStored: stored(points),
    predictionsStored: stored(predictions),
    spansStored: stored(spans),
    logsStored: stored(logs),
    lastPointAt: last(points),
    lastPredictionAt: last(predictions),
    lastSpanAt: last(spans),
    lastLogAt: last(logs),
  };
}
