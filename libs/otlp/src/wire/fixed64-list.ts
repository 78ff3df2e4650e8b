import { malformedProtobuf } from '../malformed.js';
import { WIRE_TYPE } from './reader.js';
import type { WireReader } from './reader.js';

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
    this.positions.length = 0;
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

  /** The elements as unsigned integers. */
  toUnsigned(view: DataView): BigUint64Array {
    const values = new BigUint64Array(this.length);
    for (let index = 0; index < values.length; index++) {
      values[index] = view.getBigUint64(this.positionOf(index), true);
    }
    return values;
  }

  /** The elements as doubles; `previous` itself when it holds exactly the same bits. */
  toDoubles(view: DataView, previous: Float64Array): Float64Array {
    const { length } = this;
    let index = 0;
    if (previous.length === length) {
      while (index < length && Object.is(view.getFloat64(this.positionOf(index), true), previous[index])) {
        index++;
      }
      if (index === length) {
        return previous;
      }
    }
    const values = new Float64Array(length);
    for (index = 0; index < length; index++) {
      values[index] = view.getFloat64(this.positionOf(index), true);
    }
    return values;
  }

  private positionOf(index: number): number {
    return this.positions.length > 0 ? this.positions[index]! : this.start + 8 * index;
  }

  private spill(): void {
    for (let position = this.start; position < this.end; position += 8) {
      this.positions.push(position);
    }
    this.start = 0;
    this.end = 0;
  }
}
