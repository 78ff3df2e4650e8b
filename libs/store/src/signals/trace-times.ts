import type { RowBlock } from '@tidewatch/core';
import type { SpanBatch } from '@tidewatch/otlp';
import { date, dateTime, lowCardinality, string } from '../column-types.js';
import { recordLayout, rowBlocks } from '../row-blocks.js';
import { column, defineTable } from '../table-definition.js';

const DAY_MS = 86_400_000;

/** When the spans of one trace in one batch began; milliseconds since the epoch. */
interface TraceTime {
  readonly project: string;
  /** Lower-case hex. */
  readonly traceId: string;
  start: number;
  end: number;
}

/**
 * `otel_traces_trace_id_ts`. Written here and not by a materialized view, so that a batch that is sent again is the
 * same rows of the same tables.
 */
export const TRACE_TIMES = recordLayout(
  defineTable<TraceTime>(
    'otel_traces_trace_id_ts',
    [
      column('Project', lowCardinality, (row) => row.project),
      column('TraceId', string, (row) => row.traceId),
      column('Start', dateTime, (row) => row.start),
      column('End', dateTime, (row) => row.end),
      column('Day', date, (row) => Math.floor(row.start / DAY_MS)),
    ],
    { announced: false },
  ),
  (row) => row.start,
);

/** One row per trace and day. */
export function traceTimeBlocks(project: string, batch: SpanBatch): RowBlock[] {
  const ids = Buffer.from(batch.traceId.buffer, batch.traceId.byteOffset, batch.traceId.byteLength);
  const rows = new Map<string, TraceTime>();
  for (let index = 0; index < batch.length; index++) {
    const time = Math.floor(Number(batch.startTimeUnixNano[index]!) / 1e6);
    const traceId = ids.toString('hex', 16 * index, 16 * index + 16);
    const key = `${traceId}${Math.floor(time / DAY_MS)}`;
    const row = rows.get(key);
    if (row === undefined) {
      rows.set(key, { project, traceId, start: time, end: time });
    } else {
      row.start = Math.min(row.start, time);
      row.end = Math.max(row.end, time);
    }
  }
  return rowBlocks(TRACE_TIMES, [...rows.values()]);
}
