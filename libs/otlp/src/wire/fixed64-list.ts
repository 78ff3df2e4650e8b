import { malformedProtobuf } from '../malformed.js';
import { equalBytes } from './byte-compare.js';
import type { CountSlab } from './count-slab.js';
import { WIRE_TYPE } from './reader.js';
import type { WireReader } from './reader.js';

const NO_DOUBLES = new Float64Array(0);

/**
 * A repeated field of 8-byte numbers, packed, unpacked or mixed, held as positions until its message is complete.
 *
 * One packed run, which is what encoders write, is held as a range; anything else as one position per element.
 */
export class Fixed64List {
  private start = 0;
  private end = 0;
  private readonly positions: number[] = [];

  /** Number of elements. */
  get length(): number {
    return this.positions.length > 0 ? this.positions.length : (this.end - this.start) / 8;
  }

  clear(): void {
    this.start = 0;
    this.end = 0;
    if (this.positions.length > 0) {
      this.positions.length = 0;
    }
  }

  /** Passes over the reader's current field and notes its elements. */
  add(reader: WireReader): void {
    if (reader.wireType !== WIRE_TYPE.bytes) {
      this.spill();
      this.positions.push(reader.fixed64());
      return;
    }
    const end = reader.skipBytes();
    const start = reader.contentStart;
    if ((end - start) % 8 !== 0) {
      throw malformedProtobuf(start, `packed field ${reader.field} is not a multiple of 8 bytes long`);
    }
    if (this.length === 0) {
      this.start = start;
      this.end = end;
      return;
    }
    this.spill();
    for (let position = start; position < end; position += 8) {
      this.positions.push(position);
    }
  }

  /** The elements as unsigned integers, in a list of `slab`. */
  toUnsigned(view: DataView, slab: CountSlab): BigUint64Array {
    const values = slab.take(this.length);
    this.copyTo(slab.words, slab.offset, view);
    return values;
  }

  /** The elements as doubles; `previous` itself when it holds exactly the same bits. */
  toDoubles(view: DataView, previous: Float64Array): Float64Array {
    const { length } = this;
    if (length === 0) {
      return NO_DOUBLES;
    }
    if (previous.length === length && this.holds(view, previous)) {
      return previous;
    }
    const values = new Float64Array(length);
    this.copyTo(new Uint32Array(values.buffer), 0, view);
    return values;
  }

  private holds(view: DataView, values: Float64Array): boolean {
    const held = new DataView(values.buffer);
    if (this.positions.length === 0) {
      return equalBytes(held, 0, view, this.start, 8 * values.length);
    }
    return this.positions.every((position, index) => equalBytes(held, 8 * index, view, position, 8));
  }

  /** Copies the elements as halves, the low one first. */
  private copyTo(words: Uint32Array, offset: number, view: DataView): void {
    const { length } = this;
    for (let index = 0, target = offset; index < length; index++, target += 2) {
      const position = this.positions.length > 0 ? this.positions[index]! : this.start + 8 * index;
      words[target] = view.getUint32(position, true);
      words[target + 1] = view.getUint32(position + 4, true);
    }
  }

  private spill(): void {
    for (let position = this.start; position < this.end; position += 8) {
      this.positions.push(position);
    }
    this.start = 0;
    this.end = 0;
  }
}
