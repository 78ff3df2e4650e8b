import type { RowBlock } from '@tidewatch/core';
import type { LogBatch } from '@tidewatch/otlp';
import { rowLayout } from '../row-blocks.js';
import { tableShape } from '../table-definition.js';
import { dayBlocks } from './day-rows.js';
import { SCOPE_COLUMNS, scopePrefixes } from './scope-prefix.js';
import { writeSet, writeText } from './text-columns.js';

/** `otel_logs`. */
export const LOGS = rowLayout(
  tableShape(
    'otel_logs',
    [
      ...SCOPE_COLUMNS,
      { name: 'Timestamp', sql: "DateTime64(9, 'UTC')" },
      { name: 'ObservedTimestamp', sql: "DateTime64(9, 'UTC')" },
      { name: 'TraceId', sql: 'String' },
      { name: 'SpanId', sql: 'String' },
      { name: 'TraceFlags', sql: 'UInt8' },
      { name: 'SeverityText', sql: 'String' },
      { name: 'SeverityNumber', sql: 'UInt8' },
      { name: 'Body', sql: 'String' },
      { name: 'LogAttributes', sql: 'Map(String, String)' },
      { name: 'EventName', sql: 'String' },
      { name: 'SampleWeight', sql: 'Float64' },
    ],
    { announced: true },
  ),
  1,
);

/** The records as blocks. */
export function logBlocks(project: string, batch: LogBatch): RowBlock[] {
  const prefixes = scopePrefixes(project, batch.scopes);
  return dayBlocks({
    layout: LOGS,
    times: batch.timeUnixNano,
    rowBytes: 384,
    write: (writer, index) => {
      writer.raw(prefixes[batch.scopeIndex[index]!]!);
      writer.int64(batch.timeUnixNano[index]!);
      writer.int64(batch.observedTimeUnixNano[index]!);
      writer.hexRange(batch.traceId, 16 * index, 16 * index + 16);
      writer.hexRange(batch.spanId, 8 * index, 8 * index + 8);
      // The column has the exporter's width: bits 0-7 are the W3C trace flags, the others are reserved.
      writer.uint8(batch.flags[index]! & 0xff);
      writeText(writer, batch.severityText, index);
      writer.uint8(batch.severityNumber[index]!);
      writeText(writer, batch.body, index);
      writeSet(writer, batch.attributes, index);
      writeText(writer, batch.eventName, index);
      writer.float64(batch.weight[index]!);
    },
  });
}
