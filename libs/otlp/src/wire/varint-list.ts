import { WIRE_TYPE } from './reader.js';
import type { WireReader } from './reader.js';

const NO_COUNTS = new BigUint64Array(0);

/**
 * A repeated field of uint64 varints, packed, unpacked or mixed.
 *
 * An element of one byte becomes one of eight, so what a hostile message can make of the list is bounded: elements
 * after the first `maxLength` are counted and not kept.
 */
export class VarintList {
  /** Number of elements in the message. */
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
    while (reader.position < end) {
      reader.readVarint();
      this.push(reader.low, reader.high);
    }
    reader.limit = outer;
  }

  /** The elements, at most `maxLength`, in an array of their own. */
  toUnsigned(): BigUint64Array {
    if (this.length === 0) {
      return NO_COUNTS;
    }
    return new BigUint64Array(this.words.slice(0, 2 * Math.min(this.length, this.maxLength)).buffer);
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
