import type { StorableTimes } from '../storable-times.js';
import { ByteArena } from '../text/byte-arena.js';
import { fixed32At } from '../text/fixed32.js';
import { readId, SPAN_ID_BYTES, TRACE_ID_BYTES } from '../text/ids.js';
import { KeyValueReader } from '../text/key-value.js';
import { ProtobufBlocks } from '../text/protobuf-blocks.js';
import type { RangeColumn } from '../text/range-column.js';
import { WireReader } from '../wire/reader.js';
import type { SpanBatch } from './batch.js';
import { SpanBuilder } from './span-builder.js';

/**
 * Decodes an ExportTraceServiceRequest into columns, in steps.
 *
 * A single pass writes each field where it belongs the moment it is read; nothing is kept per span but its row. Texts
 * stay where they are: the columns refer to `body`, which must not change while the batch is used. Texts are kept as
 * sent, whether they are UTF-8 or not: refusing them would cost the sender the span, and repairing them a pass over
 * every byte. Dropped-attribute, -event and -link counts and the flags of links are not stored.
 *
 * @throws AppError `otlp.malformed`, naming the byte offset
 */
export function* decodeSpansProtobuf(body: Uint8Array, times: StorableTimes): Generator<void, SpanBatch> {
  const reader = new WireReader(body);
  const builder = new SpanBuilder(ByteArena.over(body), body.length, times);
  const spans = new SpanReader(reader, builder);
  yield* new ProtobufBlocks(reader, builder.scopes, (scopeIndex) => spans.read(scopeIndex)).steps();
  return builder.finish();
}

class SpanReader {
  private readonly reader: WireReader;
  private readonly builder: SpanBuilder;
  private readonly keyValues: KeyValueReader;

  constructor(reader: WireReader, builder: SpanBuilder) {
    this.reader = reader;
    this.builder = builder;
    this.keyValues = new KeyValueReader(reader);
  }

  /**
   * Span: trace_id = 1, span_id = 2, trace_state = 3, parent_span_id = 4, name = 5, kind = 6 varint,
   * start_time_unix_nano = 7 fixed64, end_time_unix_nano = 8 fixed64, attributes = 9, dropped_attributes_count = 10,
   * events = 11, dropped_events_count = 12, links = 13, dropped_links_count = 14, status = 15, flags = 16 fixed32.
   */
  read(scopeIndex: number): boolean {
    const { reader, builder } = this;
    const { spans } = builder;
    const outer = this.enter();
    builder.openSpan();
    const { row } = builder;
    while (reader.next()) {
      switch (reader.field) {
        case 1:
          builder.traceIdLength = readId(reader, spans.traceId, row * TRACE_ID_BYTES, TRACE_ID_BYTES);
          break;
        case 2:
          builder.spanIdLength = readId(reader, spans.spanId, row * SPAN_ID_BYTES, SPAN_ID_BYTES);
          break;
        case 3:
          this.text(spans.traceState, row);
          break;
        case 4:
          builder.parentSpanIdLength = readId(reader, spans.parentSpanId, row * SPAN_ID_BYTES, SPAN_ID_BYTES);
          break;
        case 5:
          this.text(spans.name, row);
          break;
        case 6:
          builder.kind = reader.uint32();
          break;
        case 7:
          this.time(spans.startTime, row);
          break;
        case 8:
          this.time(spans.endTime, row);
          break;
        case 9:
          this.keyValues.readInto(spans.attributeWriter);
          break;
        case 11:
          this.event();
          break;
        case 13:
          this.link();
          break;
        case 15:
          this.status();
          break;
        case 16:
          builder.flags = fixed32At(reader);
          break;
        default:
          reader.skip();
      }
    }
    reader.limit = outer;
    return builder.closeSpan(scopeIndex);
  }

  /** Event: time_unix_nano = 1 fixed64, name = 2, attributes = 3, dropped_attributes_count = 4. */
  private event(): void {
    const { reader, builder } = this;
    if (!builder.openEvent()) {
      // The span is refused: what else it holds, a gigabyte perhaps, need not be read.
      reader.position = reader.limit;
      return;
    }
    const { events } = builder;
    const outer = this.enter();
    while (reader.next()) {
      switch (reader.field) {
        case 1:
          this.time(events.time, events.length);
          break;
        case 2:
          this.text(events.name, events.length);
          break;
        case 3:
          this.keyValues.readInto(events.attributeWriter);
          break;
        default:
          reader.skip();
      }
    }
    reader.limit = outer;
    builder.closeEvent();
  }

  /** Link: trace_id = 1, span_id = 2, trace_state = 3, attributes = 4, dropped_attributes_count = 5, flags = 6. */
  private link(): void {
    const { reader, builder } = this;
    if (!builder.openLink()) {
      reader.position = reader.limit;
      return;
    }
    const { links } = builder;
    const row = links.length;
    const outer = this.enter();
    while (reader.next()) {
      switch (reader.field) {
        case 1:
          links.traceIdLength = readId(reader, links.traceId, row * TRACE_ID_BYTES, TRACE_ID_BYTES);
          break;
        case 2:
          links.spanIdLength = readId(reader, links.spanId, row * SPAN_ID_BYTES, SPAN_ID_BYTES);
          break;
        case 3:
          this.text(links.traceState, row);
          break;
        case 4:
          this.keyValues.readInto(links.attributeWriter);
          break;
        default:
          reader.skip();
      }
    }
    reader.limit = outer;
    builder.closeLink();
  }

  /** Status: message = 2, code = 3 varint. */
  private status(): void {
    const { reader, builder } = this;
    const outer = this.enter();
    while (reader.next()) {
      switch (reader.field) {
        case 2:
          this.text(builder.spans.statusMessage, builder.row);
          break;
        case 3:
          builder.statusCode = reader.uint32();
          break;
        default:
          reader.skip();
      }
    }
    reader.limit = outer;
  }

  private text(column: RangeColumn, row: number): void {
    const end = this.reader.skipBytes();
    column.set(row, this.reader.contentStart, end);
  }

  private time(halves: Uint32Array, row: number): void {
    const { view } = this.reader;
    const at = this.reader.fixed64();
    halves[2 * row] = view.getUint32(at, true);
    halves[2 * row + 1] = view.getUint32(at + 4, true);
  }

  /** Enters the message in the current field; returns the limit to go back to. */
  private enter(): number {
    const { reader } = this;
    const outer = reader.limit;
    reader.limit = reader.bytesEnd();
    return outer;
  }
}
