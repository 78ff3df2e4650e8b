import { AttributeWriter } from '../text/attribute-writer.js';
import { grown, halvesOf } from '../text/grown.js';
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from '../text/ids.js';
import { RangeColumn } from '../text/range-column.js';
import type { SpanBatch } from './batch.js';

/**
 * Columns of spans that double as spans arrive. The span being read is the one at `length`, and counts only once it is
 * kept: a refused one is overwritten by the next.
 */
export class SpanColumns {
  length = 0;
  scopeIndex: Uint32Array;
  traceId: Uint8Array;
  spanId: Uint8Array;
  parentSpanId: Uint8Array;
  flags: Uint32Array;
  startTimeUnixNano: BigInt64Array;
  endTimeUnixNano: BigInt64Array;
  /** Halves of the times, low first. */
  startTime: Uint32Array;
  endTime: Uint32Array;
  kind: Uint8Array;
  statusCode: Uint8Array;
  readonly name: RangeColumn;
  readonly traceState: RangeColumn;
  readonly statusMessage: RangeColumn;
  readonly attributes: RangeColumn;
  readonly attributeWriter: AttributeWriter;
  eventOffsets: Uint32Array;
  linkOffsets: Uint32Array;

  /** @param bodyLength bytes of the request, from which the first capacity is guessed */
  constructor(bodyLength: number) {
    // Spans of instrumented services take 250 to 1,000 bytes; doubling from here costs little when they are smaller.
    const capacity = 16 + (bodyLength >>> 8);
    this.scopeIndex = new Uint32Array(capacity);
    this.traceId = new Uint8Array(capacity * TRACE_ID_BYTES);
    this.spanId = new Uint8Array(capacity * SPAN_ID_BYTES);
    this.parentSpanId = new Uint8Array(capacity * SPAN_ID_BYTES);
    this.flags = new Uint32Array(capacity);
    this.startTimeUnixNano = new BigInt64Array(capacity);
    this.endTimeUnixNano = new BigInt64Array(capacity);
    this.startTime = halvesOf(this.startTimeUnixNano);
    this.endTime = halvesOf(this.endTimeUnixNano);
    this.kind = new Uint8Array(capacity);
    this.statusCode = new Uint8Array(capacity);
    this.name = new RangeColumn(capacity);
    this.traceState = new RangeColumn(capacity);
    this.statusMessage = new RangeColumn(capacity);
    this.attributes = new RangeColumn(capacity);
    this.attributeWriter = new AttributeWriter(256 + (bodyLength >>> 1));
    this.eventOffsets = new Uint32Array(capacity + 1);
    this.linkOffsets = new Uint32Array(capacity + 1);
  }

  /** Starts a span, all of whose fields are unset; returns its row. */
  open(): number {
    const row = this.length;
    if (row === this.kind.length) {
      this.grow(2 * row);
    }
    this.flags[row] = 0;
    this.startTime[2 * row] = 0;
    this.startTime[2 * row + 1] = 0;
    this.endTime[2 * row] = 0;
    this.endTime[2 * row + 1] = 0;
    this.parentSpanId.fill(0, row * SPAN_ID_BYTES, (row + 1) * SPAN_ID_BYTES);
    this.name.set(row, 0, 0);
    this.traceState.set(row, 0, 0);
    this.statusMessage.set(row, 0, 0);
    this.attributes.start[row] = this.attributeWriter.open();
    return row;
  }

  /** Forgets the span being read. */
  discard(): void {
    this.attributeWriter.arena.length = this.attributes.start[this.length]!;
  }

  /** The columns, cut to length; what the builder adds is left out. */
  finish(texts: Uint8Array): Omit<SpanBatch, 'scopes' | 'events' | 'links' | 'rejections'> {
    const { length } = this;
    return {
      length,
      scopeIndex: this.scopeIndex.slice(0, length),
      traceId: this.traceId.slice(0, length * TRACE_ID_BYTES),
      spanId: this.spanId.slice(0, length * SPAN_ID_BYTES),
      parentSpanId: this.parentSpanId.slice(0, length * SPAN_ID_BYTES),
      flags: this.flags.slice(0, length),
      startTimeUnixNano: this.startTimeUnixNano.slice(0, length),
      endTimeUnixNano: this.endTimeUnixNano.slice(0, length),
      kind: this.kind.slice(0, length),
      statusCode: this.statusCode.slice(0, length),
      name: this.name.finish(texts, length),
      traceState: this.traceState.finish(texts, length),
      statusMessage: this.statusMessage.finish(texts, length),
      attributes: this.attributes.finish(this.attributeWriter.arena.finish(), length),
      eventOffsets: this.eventOffsets.slice(0, length + 1),
      linkOffsets: this.linkOffsets.slice(0, length + 1),
      accepted: length,
      weight: new Float64Array(length).fill(1),
    };
  }

  private grow(capacity: number): void {
    this.scopeIndex = grown(this.scopeIndex, capacity);
    this.traceId = grown(this.traceId, capacity * TRACE_ID_BYTES);
    this.spanId = grown(this.spanId, capacity * SPAN_ID_BYTES);
    this.parentSpanId = grown(this.parentSpanId, capacity * SPAN_ID_BYTES);
    this.flags = grown(this.flags, capacity);
    this.startTimeUnixNano = grown(this.startTimeUnixNano, capacity);
    this.endTimeUnixNano = grown(this.endTimeUnixNano, capacity);
    this.startTime = halvesOf(this.startTimeUnixNano);
    this.endTime = halvesOf(this.endTimeUnixNano);
    this.kind = grown(this.kind, capacity);
    this.statusCode = grown(this.statusCode, capacity);
    this.name.grow(capacity);
    this.traceState.grow(capacity);
    this.statusMessage.grow(capacity);
    this.attributes.grow(capacity);
    this.eventOffsets = grown(this.eventOffsets, capacity + 1);
    this.linkOffsets = grown(this.linkOffsets, capacity + 1);
  }
}
