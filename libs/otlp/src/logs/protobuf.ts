import { ByteArena } from '../text/byte-arena.js';
import { fixed32At } from '../text/fixed32.js';
import { readId, SPAN_ID_BYTES, TRACE_ID_BYTES } from '../text/ids.js';
import { KeyValueReader } from '../text/key-value.js';
import { ProtobufBlocks } from '../text/protobuf-blocks.js';
import type { RangeColumn } from '../text/range-column.js';
import { KIND, mergedText, ValueScanner } from '../text/value-scanner.js';
import { WireReader } from '../wire/reader.js';
import type { LogBatch } from './batch.js';
import type { LogContext } from './decode.js';
import { LogBuilder } from './log-builder.js';

/**
 * Decodes an ExportLogsServiceRequest into columns, in steps.
 *
 * A single pass writes each field where it belongs the moment it is read. Texts stay where they are, as sent, whether
 * they are UTF-8 or not, and the columns refer to `body`, which must not change while the batch is used; only when a
 * record's body is no string, the request is copied and that body's text appended to the copy. Dropped-attribute counts
 * are not stored.
 *
 * @throws AppError `otlp.malformed`, naming the byte offset
 */
export function* decodeLogsProtobuf(body: Uint8Array, context: LogContext): Generator<void, LogBatch> {
  const reader = new WireReader(body);
  const builder = new LogBuilder(ByteArena.over(body), body.length, context);
  const records = new RecordReader(reader, builder);
  yield* new ProtobufBlocks(reader, builder.scopes, (scopeIndex) => records.read(scopeIndex)).steps();
  return builder.finish();
}

class RecordReader {
  private readonly reader: WireReader;
  private readonly builder: LogBuilder;
  private readonly keyValues: KeyValueReader;
  private readonly value = new ValueScanner();
  /** Where the body field of the record being read occurred: start, end, start, end, ... */
  private readonly bodies: number[] = [];

  constructor(reader: WireReader, builder: LogBuilder) {
    this.reader = reader;
    this.builder = builder;
    this.keyValues = new KeyValueReader(reader);
  }

  /**
   * LogRecord: time_unix_nano = 1 fixed64, severity_number = 2 varint, severity_text = 3, body = 5 AnyValue,
   * attributes = 6, dropped_attributes_count = 7, flags = 8 fixed32, trace_id = 9, span_id = 10,
   * observed_time_unix_nano = 11 fixed64, event_name = 12.
   */
  read(scopeIndex: number): boolean {
    const { reader, builder, bodies } = this;
    const { records } = builder;
    const outer = reader.limit;
    reader.limit = reader.bytesEnd();
    builder.openRecord();
    bodies.length = 0;
    const { row } = builder;
    while (reader.next()) {
      switch (reader.field) {
        case 1:
          this.time(records.time, row);
          break;
        case 2:
          builder.severityNumber = reader.uint32();
          break;
        case 3:
          this.text(records.severityText, row);
          break;
        case 5: {
          const end = reader.skipBytes();
          bodies.push(reader.contentStart, end);
          break;
        }
        case 6:
          this.keyValues.readInto(records.attributeWriter);
          break;
        case 8:
          builder.flags = fixed32At(reader);
          break;
        case 9:
          builder.traceIdLength = readId(reader, records.traceId, row * TRACE_ID_BYTES, TRACE_ID_BYTES);
          break;
        case 10:
          builder.spanIdLength = readId(reader, records.spanId, row * SPAN_ID_BYTES, SPAN_ID_BYTES);
          break;
        case 11:
          this.time(records.observedTime, row);
          break;
        case 12:
          this.text(records.eventName, row);
          break;
        default:
          reader.skip();
      }
    }
    if (bodies.length > 0) {
      this.body(row);
    }
    reader.limit = outer;
    return builder.closeRecord(scopeIndex);
  }

  /** Notes where the body's text lies; a text that the request does not hold is appended to it. */
  private body(row: number): void {
    const { reader, builder, bodies, value } = this;
    const { position } = reader;
    const { texts } = builder;
    const column = builder.records.body;
    value.scan(reader, bodies[0]!, bodies[1]!);
    if (bodies.length === 2 && value.isString) {
      column.set(row, value.start, value.end);
    } else if (bodies.length > 2 || value.kind !== KIND.none) {
      const start = texts.length;
      if (bodies.length > 2) {
        texts.appendText(mergedText(reader, bodies));
      } else if (value.isScalar) {
        value.appendScalar(reader, texts);
      } else {
        texts.appendText(value.text(reader));
      }
      column.set(row, start, texts.length);
    }
    reader.position = position;
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
}
