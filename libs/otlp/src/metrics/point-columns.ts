import type { PointColumns } from './batch.js';

/** A typed array of 64-bit elements, with its 32-bit halves: on little-endian hosts the low half comes first. */
export interface WordColumn<Column extends BigInt64Array | BigUint64Array | Float64Array> {
  readonly values: Column;
  readonly words: Uint32Array;
}

/** Signed, times for instance. */
export function signedColumn(capacity: number): WordColumn<BigInt64Array> {
  const values = new BigInt64Array(capacity);
  return { values, words: new Uint32Array(values.buffer) };
}

/** Unsigned, counts for instance. */
export function unsignedColumn(capacity: number): WordColumn<BigUint64Array> {
  const values = new BigUint64Array(capacity);
  return { values, words: new Uint32Array(values.buffer) };
}

/** Copies `source` to the start of `target`, which is at least as long, and returns `target`. */
export function copyInto<T extends { set(source: T): void }>(target: T, source: T): T {
  target.set(source);
  return target;
}

/** `column` with exactly `length` elements, in a buffer of its own. */
export function cut<T extends { readonly length: number; slice(start: number, end: number): T }>(
  column: T,
  length: number,
): T {
  return column.length === length ? column : column.slice(0, length);
}

/** `column` with room for `capacity` elements. */
export function widened<Column extends BigInt64Array | BigUint64Array>(
  column: WordColumn<Column>,
  capacity: number,
): WordColumn<Column> {
  const values = new (column.values.constructor as new (length: number) => Column)(capacity);
  const words = new Uint32Array(values.buffer);
  words.set(column.words);
  return { values, words };
}

const FIRST_CAPACITY = 16;

/**
 * Growing columns that points of every kind have. A decoder takes a row with `add` and writes its other columns in
 * place; rows are zero until then.
 *
 * 64-bit values are written as two halves through `words`, so that no bigint is made on the way.
 */
export class PointColumnsBuilder {
  length = 0;
  seriesIndex = new Uint32Array(0);
  time = signedColumn(0);
  startTime = signedColumn(0);
  flags = new Uint32Array(0);

  /** Makes room for `count` more points. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed > this.seriesIndex.length) {
      this.resize(Math.max(needed, Math.min(2 * this.length, this.length + 1_000_000), FIRST_CAPACITY));
    }
  }

  /** Appends a point, and returns its row. */
  add(seriesIndex: number, flags: number): number {
    const row = this.length;
    if (row === this.seriesIndex.length) {
      this.reserve(1);
    }
    this.length = row + 1;
    this.seriesIndex[row] = seriesIndex;
    this.flags[row] = flags;
    return row;
  }

  /** Gives every column room for `capacity` points. */
  protected resize(capacity: number): void {
    this.seriesIndex = copyInto(new Uint32Array(capacity), this.seriesIndex);
    this.time = widened(this.time, capacity);
    this.startTime = widened(this.startTime, capacity);
    this.flags = copyInto(new Uint32Array(capacity), this.flags);
  }

  /** The columns of this class, cut to length. */
  protected finishPoints(): PointColumns {
    const { length } = this;
    return {
      length,
      seriesIndex: cut(this.seriesIndex, length),
      timeUnixNano: cut(this.time.values, length),
      startTimeUnixNano: cut(this.startTime.values, length),
      flags: cut(this.flags, length),
    };
  }
}
