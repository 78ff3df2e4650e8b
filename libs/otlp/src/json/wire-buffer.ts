import { WIRE_TYPE } from '../wire/reader.js';

/** A length that is filled in later takes five bytes, whatever it is: a varint may have needless ones. */
const LONG_LENGTH_BYTES = 5;

/** A growing buffer into which a whole request is written as protobuf. Unlike `WireWriter` it writes defaults too. */
export class WireBuffer {
  position = 0;
  private bytes: Buffer;
  private view: DataView;

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafeSlow(Math.max(capacity, 64));
    this.view = new DataView(this.bytes.buffer);
  }

  /** What was written. */
  finish(): Uint8Array {
    return this.bytes.subarray(0, this.position);
  }

  varintField(field: number, value: bigint): void {
    this.tag(field, WIRE_TYPE.varint);
    this.varint64(BigInt.asUintN(64, value));
  }

  fixed64Field(field: number, value: bigint): void {
    this.tag(field, WIRE_TYPE.fixed64);
    this.fixed64(value);
  }

  doubleField(field: number, value: number): void {
    this.tag(field, WIRE_TYPE.fixed64);
    this.double(value);
  }

  stringField(field: number, text: string): void {
    const length = Buffer.byteLength(text, 'utf8');
    this.tag(field, WIRE_TYPE.bytes);
    this.varint(length);
    this.reserve(length);
    this.bytes.write(text, this.position, 'utf8');
    this.position += length;
  }

  bytesField(field: number, content: Uint8Array): void {
    this.tag(field, WIRE_TYPE.bytes);
    this.varint(content.length);
    this.reserve(content.length);
    this.bytes.set(content, this.position);
    this.position += content.length;
  }

  /** Begins a message that is likely to be short; `end` takes what this returns. */
  begin(field: number): number {
    this.tag(field, WIRE_TYPE.bytes);
    this.reserve(1);
    return ++this.position;
  }

  /** Ends a message, moving its content if its length takes more than one byte. */
  end(start: number): void {
    const length = this.position - start;
    if (length < 0x80) {
      this.bytes[start - 1] = length;
      return;
    }
    const lengthBytes = Math.ceil((32 - Math.clz32(length)) / 7);
    this.reserve(lengthBytes);
    this.bytes.copyWithin(start - 1 + lengthBytes, start, this.position);
    this.position = start - 1;
    this.varint(length);
    this.position += length;
  }

  /** Begins a message that may be of any length, whose length `endLong` writes in place. */
  beginLong(field: number): number {
    this.tag(field, WIRE_TYPE.bytes);
    this.reserve(LONG_LENGTH_BYTES);
    this.position += LONG_LENGTH_BYTES;
    return this.position;
  }

  endLong(start: number): void {
    let rest = this.position - start;
    for (let index = LONG_LENGTH_BYTES; index > 1; index--) {
      this.bytes[start - index] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[start - 1] = rest;
  }

  tag(field: number, wireType: number): void {
    this.varint((field << 3) | wireType);
  }

  fixed64(value: bigint): void {
    this.reserve(8);
    this.view.setBigUint64(this.position, BigInt.asUintN(64, value), true);
    this.position += 8;
  }

  double(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.position, value, true);
    this.position += 8;
  }

  /** Writes a varint of up to 32 bits. */
  varint(value: number): void {
    this.reserve(5);
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.position++] = rest;
  }

  varint64(value: bigint): void {
    let rest = value;
    this.reserve(10);
    while (rest >= 0x80n) {
      this.bytes[this.position++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.bytes[this.position++] = Number(rest);
  }

  private reserve(count: number): void {
    const needed = this.position + count;
    if (needed > this.bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
      this.bytes.copy(grown, 0, 0, this.position);
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
  }
}
