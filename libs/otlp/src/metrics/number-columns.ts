import type { NumberPoints } from './batch.js';

const FIRST_CAPACITY = 64;

/** Typed arrays that double as points arrive. A caller takes a row with `add` and writes the rest of it in place. */
export class NumberColumns {
  length = 0;
  seriesIndex = new Uint32Array(FIRST_CAPACITY);
  timeUnixNano = new BigInt64Array(FIRST_CAPACITY);
  startTimeUnixNano = new BigInt64Array(FIRST_CAPACITY);
  value = new Float64Array(FIRST_CAPACITY);
  valueInt = new BigInt64Array(FIRST_CAPACITY);
  isInt = new Uint8Array(FIRST_CAPACITY);
  flags = new Uint32Array(FIRST_CAPACITY);

  /** Appends a point whose other columns are zero, and returns its row. */
  add(seriesIndex: number, flags: number): number {
    const row = this.length++;
    if (row === this.seriesIndex.length) {
      this.grow(2 * row);
    }
    this.seriesIndex[row] = seriesIndex;
    this.flags[row] = flags;
    return row;
  }

  /** The columns, cut to length, each in a buffer of its own. */
  finish(): NumberPoints {
    const { length } = this;
    return {
      length,
      seriesIndex: this.seriesIndex.slice(0, length),
      timeUnixNano: this.timeUnixNano.slice(0, length),
      startTimeUnixNano: this.startTimeUnixNano.slice(0, length),
      value: this.value.slice(0, length),
      valueInt: this.valueInt.slice(0, length),
      isInt: this.isInt.slice(0, length),
      flags: this.flags.slice(0, length),
    };
  }

  private grow(capacity: number): void {
    this.seriesIndex = copyInto(new Uint32Array(capacity), this.seriesIndex);
    this.timeUnixNano = copyInto(new BigInt64Array(capacity), this.timeUnixNano);
    this.startTimeUnixNano = copyInto(new BigInt64Array(capacity), this.startTimeUnixNano);
    this.value = copyInto(new Float64Array(capacity), this.value);
    this.valueInt = copyInto(new BigInt64Array(capacity), this.valueInt);
    this.isInt = copyInto(new Uint8Array(capacity), this.isInt);
    this.flags = copyInto(new Uint32Array(capacity), this.flags);
  }
}

/** Copies `source` to the start of `target`, which is at least as long, and returns `target`. */
export function copyInto<T extends { set(source: T): void }>(target: T, source: T): T {
  target.set(source);
  return target;
}
