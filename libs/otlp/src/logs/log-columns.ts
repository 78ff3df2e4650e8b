import { AttributeWriter } from '../text/attribute-writer.js';
import { grown, halvesOf } from '../text/grown.js';
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from '../text/ids.js';
import { RangeColumn } from '../text/range-column.js';
import type { LogBatch } from './batch.js';

/**
 * Columns of log records that double as records arrive. The record being read is the one at `length`, and counts only
 * once it is kept: a refused one is overwritten by the next.
 */
export class LogColumns {
  length = 0;
  scopeIndex: Uint32Array;
  timeUnixNano: BigInt64Array;
  observedTimeUnixNano: BigInt64Array;
  /** Halves of the times, low first. */
  time: Uint32Array;
  observedTime: Uint32Array;
  severityNumber: Uint8Array;
  traceId: Uint8Array;
  spanId: Uint8Array;
  flags: Uint32Array;
  readonly severityText: RangeColumn;
  readonly body: RangeColumn;
  readonly eventName: RangeColumn;
  readonly attributes: RangeColumn;
  readonly attributeWriter: AttributeWriter;

  /** @param bodyLength bytes of the request, from which the first capacity is guessed */
  constructor(bodyLength: number) {
    // Records take 100 to 1,000 bytes; doubling from here costs little when they are smaller.
    const capacity = 16 + (bodyLength >>> 8);
    this.scopeIndex = new Uint32Array(capacity);
    this.timeUnixNano = new BigInt64Array(capacity);
    this.observedTimeUnixNano = new BigInt64Array(capacity);
    this.time = halvesOf(this.timeUnixNano);
    this.observedTime = halvesOf(this.observedTimeUnixNano);
    this.severityNumber = new Uint8Array(capacity);
    this.traceId = new Uint8Array(capacity * TRACE_ID_BYTES);
    this.spanId = new Uint8Array(capacity * SPAN_ID_BYTES);
    this.flags = new Uint32Array(capacity);
    this.severityText = new RangeColumn(capacity);
    this.body = new RangeColumn(capacity);
    this.eventName = new RangeColumn(capacity);
    this.attributes = new RangeColumn(capacity);
    this.attributeWriter = new AttributeWriter(256 + (bodyLength >>> 2));
  }

  /** Starts a record, all of whose fields are unset; returns its row. */
  open(): number {
    const row = this.length;
    if (row === this.severityNumber.length) {
      this.grow(2 * row);
    }
    for (let half = 2 * row; half < 2 * row + 2; half++) {
      this.time[half] = 0;
      this.observedTime[half] = 0;
    }
    this.traceId.fill(0, row * TRACE_ID_BYTES, (row + 1) * TRACE_ID_BYTES);
    this.spanId.fill(0, row * SPAN_ID_BYTES, (row + 1) * SPAN_ID_BYTES);
    this.severityText.set(row, 0, 0);
    this.body.set(row, 0, 0);
    this.eventName.set(row, 0, 0);
    this.attributes.start[row] = this.attributeWriter.open();
    return row;
  }

  /** Forgets the record being read. */
  discard(): void {
    this.attributeWriter.arena.length = this.attributes.start[this.length]!;
  }

  /** The columns, cut to length; what the builder adds is left out. */
  finish(texts: Uint8Array): Omit<LogBatch, 'scopes' | 'rejections'> {
    const { length } = this;
    return {
      length,
      scopeIndex: this.scopeIndex.slice(0, length),
      timeUnixNano: this.timeUnixNano.slice(0, length),
      observedTimeUnixNano: this.observedTimeUnixNano.slice(0, length),
      severityNumber: this.severityNumber.slice(0, length),
      traceId: this.traceId.slice(0, length * TRACE_ID_BYTES),
      spanId: this.spanId.slice(0, length * SPAN_ID_BYTES),
      flags: this.flags.slice(0, length),
      severityText: this.severityText.finish(texts, length),
      body: this.body.finish(texts, length),
      eventName: this.eventName.finish(texts, length),
      attributes: this.attributes.finish(this.attributeWriter.arena.finish(), length),
      accepted: length,
      weight: new Float64Array(length).fill(1),
    };
  }

  private grow(capacity: number): void {
    this.scopeIndex = grown(this.scopeIndex, capacity);
    this.timeUnixNano = grown(this.timeUnixNano, capacity);
    this.observedTimeUnixNano = grown(this.observedTimeUnixNano, capacity);
    this.time = halvesOf(this.timeUnixNano);
    this.observedTime = halvesOf(this.observedTimeUnixNano);
    this.severityNumber = grown(this.severityNumber, capacity);
    this.traceId = grown(this.traceId, capacity * TRACE_ID_BYTES);
    this.spanId = grown(this.spanId, capacity * SPAN_ID_BYTES);
    this.flags = grown(this.flags, capacity);
    this.severityText.grow(capacity);
    this.body.grow(capacity);
    this.eventName.grow(capacity);
    this.attributes.grow(capacity);
  }
}
