import { count64, date, dateTime64Milli, lowCardinality, string } from './column-types.js';
import { column, defineTable } from './table-definition.js';

/** One stored block, as recorded in `ingest_batches`. Times in milliseconds since the epoch. */
export interface BatchRow {
  readonly project: string;
  readonly process: string;
  readonly token: string;
  readonly table: string;
  /** Days since the epoch. */
  readonly day: number;
  readonly minTime: number;
  readonly maxTime: number;
  readonly rows: number;
  readonly storedAt: number;
}

/** `ingest_batches`, written by the block writer only. */
export const INGEST_BATCHES = defineTable<BatchRow>(
  'ingest_batches',
  [
    column('Project', lowCardinality, (row) => row.project),
    column('Process', lowCardinality, (row) => row.process),
    column('Token', string, (row) => row.token),
    column('Table', lowCardinality, (row) => row.table),
    column('Day', date, (row) => row.day),
    column('MinTime', dateTime64Milli, (row) => row.minTime),
    column('MaxTime', dateTime64Milli, (row) => row.maxTime),
    column('Rows', count64, (row) => row.rows),
    column('StoredAt', dateTime64Milli, (row) => row.storedAt),
  ],
  { announced: false },
);
