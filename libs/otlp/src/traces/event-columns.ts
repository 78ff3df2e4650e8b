import { AttributeWriter } from '../text/attribute-writer.js';
import { grown, halvesOf } from '../text/grown.js';
import { RangeColumn } from '../text/range-column.js';
import type { SpanEvents } from './batch.js';

const FIRST_CAPACITY = 16;

/** Columns of events that double as events arrive. The event being read is the one at `length`. */
export class EventColumns {
  length = 0;
  timeUnixNano = new BigInt64Array(FIRST_CAPACITY);
  /** Halves of `timeUnixNano`, low first. */
  time = halvesOf(this.timeUnixNano);
  readonly name = new RangeColumn(FIRST_CAPACITY);
  readonly attributes = new RangeColumn(FIRST_CAPACITY);
  readonly attributeWriter = new AttributeWriter(256);

  /** Starts an event, all of whose fields are unset. */
  open(): void {
    const row = this.length;
    if (row === this.timeUnixNano.length) {
      this.grow(2 * row);
    }
    this.time[2 * row] = 0;
    this.time[2 * row + 1] = 0;
    this.name.set(row, 0, 0);
    this.attributes.start[row] = this.attributeWriter.open();
  }

  /** Keeps the event. */
  close(): void {
    this.attributes.end[this.length++] = this.attributeWriter.close();
  }

  /** Forgets all events from number `length` on. */
  cutTo(length: number): void {
    if (length < this.length) {
      this.attributeWriter.arena.length = this.attributes.start[length]!;
      this.length = length;
    }
  }

  finish(texts: Uint8Array): SpanEvents {
    const { length } = this;
    return {
      length,
      timeUnixNano: this.timeUnixNano.slice(0, length),
      name: this.name.finish(texts, length),
      attributes: this.attributes.finish(this.attributeWriter.arena.finish(), length),
    };
  }

  private grow(capacity: number): void {
    this.timeUnixNano = grown(this.timeUnixNano, capacity);
    this.time = halvesOf(this.timeUnixNano);
    this.name.grow(capacity);
    this.attributes.grow(capacity);
  }
}
