import { AttributeWriter } from '../text/attribute-writer.js';
import { grown } from '../text/grown.js';
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from '../text/ids.js';
import { RangeColumn } from '../text/range-column.js';
import type { SpanLinks } from './batch.js';

const FIRST_CAPACITY = 4;

/** Columns of links that double as links arrive. The link being read is the one at `length`. */
export class LinkColumns {
  length = 0;
  traceId = new Uint8Array(FIRST_CAPACITY * TRACE_ID_BYTES);
  spanId = new Uint8Array(FIRST_CAPACITY * SPAN_ID_BYTES);
  readonly traceState = new RangeColumn(FIRST_CAPACITY);
  readonly attributes = new RangeColumn(FIRST_CAPACITY);
  readonly attributeWriter = new AttributeWriter(256);
  /** Lengths, as sent, of the ids of the link being read. */
  traceIdLength = 0;
  spanIdLength = 0;

  /** Starts a link, all of whose fields are unset. */
  open(): void {
    const row = this.length;
    if (row === this.attributes.start.length) {
      this.grow(2 * row);
    }
    this.traceId.fill(0, row * TRACE_ID_BYTES, (row + 1) * TRACE_ID_BYTES);
    this.spanId.fill(0, row * SPAN_ID_BYTES, (row + 1) * SPAN_ID_BYTES);
    this.traceIdLength = 0;
    this.spanIdLength = 0;
    this.traceState.set(row, 0, 0);
    this.attributes.start[row] = this.attributeWriter.open();
  }

  /**
   * Keeps the link.
   *
   * @returns false when an id has a length that no id has. Absent ids and zeros are legal: the specification keeps links
   *   without ids for the sake of their attributes.
   */
  close(): boolean {
    this.attributes.end[this.length++] = this.attributeWriter.close();
    return (
      (this.traceIdLength === 0 || this.traceIdLength === TRACE_ID_BYTES) &&
      (this.spanIdLength === 0 || this.spanIdLength === SPAN_ID_BYTES)
    );
  }

  /** Forgets all links from number `length` on. */
  cutTo(length: number): void {
    if (length < this.length) {
      this.attributeWriter.arena.length = this.attributes.start[length]!;
      this.length = length;
    }
  }

  finish(texts: Uint8Array): SpanLinks {
    const { length } = this;
    return {
      length,
      traceId: this.traceId.slice(0, length * TRACE_ID_BYTES),
      spanId: this.spanId.slice(0, length * SPAN_ID_BYTES),
      traceState: this.traceState.finish(texts, length),
      attributes: this.attributes.finish(this.attributeWriter.arena.finish(), length),
    };
  }

  private grow(capacity: number): void {
    this.traceId = grown(this.traceId, capacity * TRACE_ID_BYTES);
    this.spanId = grown(this.spanId, capacity * SPAN_ID_BYTES);
    this.traceState.grow(capacity);
    this.attributes.grow(capacity);
  }
}
