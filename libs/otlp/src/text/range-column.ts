import { grown } from './grown.js';
import type { TextColumn } from './text-column.js';

/** A text column that is being filled: the ranges, without the bytes they refer to. */
export class RangeColumn {
  start: Uint32Array;
  end: Uint32Array;

  constructor(capacity: number) {
    this.start = new Uint32Array(capacity);
    this.end = new Uint32Array(capacity);
  }

  /** Sets the range of one text. */
  set(row: number, start: number, end: number): void {
    this.start[row] = start;
    this.end[row] = end;
  }

  grow(capacity: number): void {
    this.start = grown(this.start, capacity);
    this.end = grown(this.end, capacity);
  }

  /** The first `length` texts. */
  finish(bytes: Uint8Array, length: number): TextColumn {
    return { bytes, start: this.start.slice(0, length), end: this.end.slice(0, length) };
  }
}
