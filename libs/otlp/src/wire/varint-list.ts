import type { CountSlab } from './count-slab.js';
import { WIRE_TYPE } from './reader.js';
import type { WireReader } from './reader.js';

/**
 * A repeated field of uint64 varints, packed, unpacked or mixed.
 *
 * An element of one byte becomes one of eight, so what a hostile message can make of the list is bounded: of a
 * list with more than `maxLength` elements no more is known than that.
 */
export class VarintList {
  /** Number of elements in the message; anything above `maxLength` when there are more. */
  length = 0;
  private readonly maxLength: number;
  /** Two halves per element, the low one first. */
  private words = new Uint32Array(64);

  constructor(maxLength: number) {
    this.maxLength = maxLength;
  }

  clear(): void {
    this.length = 0;
  }

  /** Passes over the reader's current field and notes its elements. */
  add(reader: WireReader): void {
    if (reader.wireType !== WIRE_TYPE.bytes) {
      reader.uint32();
      this.push(reader.low, reader.high);
      return;
    }
    const end = reader.bytesEnd();
    const outer = reader.limit;
    reader.limit = end;
    while (reader.position < end && this.length <= this.maxLength) {
      reader.readVarint();
      this.push(reader.low, reader.high);
    }
    reader.position = end;
    reader.limit = outer;
  }

  /** The elements, at most `maxLength`, in a list of `slab`. */
  toUnsigned(slab: CountSlab): BigUint64Array {
    const length = Math.min(this.length, this.maxLength);
    const values = slab.take(length);
    slab.words.set(this.words.subarray(0, 2 * length), slab.offset);
    return values;
  }

  private push(low: number, high: number): void {
    if (this.length >= this.maxLength) {
      this.length++;
      return;
    }
    if (2 * this.length === this.words.length) {
      const grown = new Uint32Array(2 * this.words.length);
      grown.set(this.words);
      this.words = grown;
    }
    this.words[2 * this.length] = low;
    this.words[2 * this.length + 1] = high;
    this.length++;
  }
}
