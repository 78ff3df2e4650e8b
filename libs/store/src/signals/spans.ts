import type { RowBlock } from '@tidewatch/core';
import type { SpanBatch } from '@tidewatch/otlp';
import { rowLayout } from '../row-blocks.js';
import { RowBinaryWriter } from '../row-binary.js';
import { tableShape } from '../table-definition.js';
import { dayBlocks } from './day-rows.js';
import { halvesOf } from './days.js';
import { SCOPE_COLUMNS, scopePrefixes } from './scope-prefix.js';
import { writeSet, writeText } from './text-columns.js';
import { traceTimeBlocks } from './trace-times.js';

const ATTRIBUTES = 'Map(String, String)';
const NANO = "DateTime64(9, 'UTC')";
const NAME = 'String';

/** `otel_traces`. */
export const SPANS = rowLayout(
  tableShape(
    'otel_traces',
    [
      ...SCOPE_COLUMNS,
      { name: 'Timestamp', sql: NANO },
      { name: 'Duration', sql: 'UInt64' },
      { name: 'TraceId', sql: 'String' },
      { name: 'SpanId', sql: 'String' },
      { name: 'ParentSpanId', sql: 'String' },
      { name: 'TraceState', sql: 'String' },
      { name: 'TraceFlags', sql: 'UInt32' },
      { name: 'SpanName', sql: NAME },
      { name: 'SpanKind', sql: NAME },
      { name: 'StatusCode', sql: NAME },
      { name: 'StatusMessage', sql: 'String' },
      { name: 'SpanAttributes', sql: ATTRIBUTES },
      { name: 'SampleWeight', sql: 'Float64' },
      { name: 'Events.Timestamp', sql: `Array(${NANO})` },
      { name: 'Events.Name', sql: `Array(${NAME})` },
      { name: 'Events.Attributes', sql: `Array(${ATTRIBUTES})` },
      { name: 'Links.TraceId', sql: 'Array(String)' },
      { name: 'Links.SpanId', sql: 'Array(String)' },
      { name: 'Links.TraceState', sql: 'Array(String)' },
      { name: 'Links.Attributes', sql: `Array(${ATTRIBUTES})` },
    ],
    { announced: true },
  ),
  1,
);

/** OTLP's numbers in the exporter's words. */
const KINDS = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'].map(encodedText);
const STATUS_CODES = ['Unset', 'Ok', 'Error'].map(encodedText);

/** The spans as blocks, and after them the times of their traces. */
export function spanBlocks(project: string, batch: SpanBatch): RowBlock[] {
  const prefixes = scopePrefixes(project, batch.scopes);
  const starts = halvesOf(batch.startTimeUnixNano);
  const spans = dayBlocks({
    layout: SPANS,
    times: batch.startTimeUnixNano,
    rowBytes: 512,
    write: (writer, index) => {
      writer.raw(prefixes[batch.scopeIndex[index]!]!);
      writer.halves64(starts[2 * index]!, starts[2 * index + 1]!);
      writeDuration(writer, batch, index);
      writeIdentity(writer, batch, index);
      writer.uint32(batch.flags[index]!);
      writeText(writer, batch.name, index);
      writer.raw(KINDS[batch.kind[index]!] ?? KINDS[0]!);
      writer.raw(STATUS_CODES[batch.statusCode[index]!] ?? STATUS_CODES[0]!);
      writeText(writer, batch.statusMessage, index);
      writeSet(writer, batch.attributes, index);
      writer.float64(batch.weight[index]!);
      writeEvents(writer, batch, index);
      writeLinks(writer, batch, index);
    },
  });
  return [...spans, ...traceTimeBlocks(project, batch)];
}

/** A text that {@link writeText} would write again and again. */
function encodedText(text: string): Buffer {
  const writer = new RowBinaryWriter(32);
  writer.text(text);
  return writer.finish();
}

/** Nanoseconds between start and end. */
function writeDuration(writer: RowBinaryWriter, batch: SpanBatch, index: number): void {
  const duration = batch.endTimeUnixNano[index]! - batch.startTimeUnixNano[index]!;
  writer.uint64(duration < 0n ? 0n : duration);
}

function writeIdentity(writer: RowBinaryWriter, batch: SpanBatch, index: number): void {
  writer.hexRange(batch.traceId, 16 * index, 16 * index + 16);
  writer.hexRange(batch.spanId, 8 * index, 8 * index + 8);
  writer.hexRange(batch.parentSpanId, 8 * index, 8 * index + 8);
  writeText(writer, batch.traceState, index);
}

/** An Array, element by element from `[from, to)`. */
function writeList(
  writer: RowBinaryWriter,
  from: number,
  to: number,
  element: (index: number) => void,
): void {
  writer.length128(to - from);
  for (let index = from; index < to; index++) {
    element(index);
  }
}

function writeEvents(writer: RowBinaryWriter, { eventOffsets, events }: SpanBatch, span: number): void {
  const from = eventOffsets[span]!;
  const to = eventOffsets[span + 1]!;
  writeList(writer, from, to, (index) => writer.int64(events.timeUnixNano[index]!));
  writeList(writer, from, to, (index) => writeText(writer, events.name, index));
  writeList(writer, from, to, (index) => writeSet(writer, events.attributes, index));
}

function writeLinks(writer: RowBinaryWriter, { linkOffsets, links }: SpanBatch, span: number): void {
  const from = linkOffsets[span]!;
  const to = linkOffsets[span + 1]!;
  writeList(writer, from, to, (index) => writer.hexRange(links.traceId, 16 * index, 16 * index + 16));
  writeList(writer, from, to, (index) => writer.hexRange(links.spanId, 8 * index, 8 * index + 8));
  writeList(writer, from, to, (index) => writeText(writer, links.traceState, index));
  writeList(writer, from, to, (index) => writeSet(writer, links.attributes, index));
}
