/** Bytes up to which a loop is faster than a view and a copy. */
const SHORT_COPY = 32;

const HEX_DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/**
 * Grows a buffer of ClickHouse RowBinary values: little-endian numbers, and strings, arrays and maps behind an unsigned
 * LEB128 length (https://clickhouse.com/docs/interfaces/formats/RowBinary).
 */
export class RowBinaryWriter {
  private buffer: Buffer;
  private view: DataView;
  private offset = 0;

  constructor(initialBytes = 4096) {
    this.buffer = Buffer.allocUnsafe(initialBytes);
    this.view = viewOf(this.buffer);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.offset;
  }

  /** What was written. Shares memory with the writer: write nothing afterwards. */
  finish(): Buffer {
    return this.buffer.subarray(0, this.offset);
  }

  uint8(value: number): void {
    const at = this.reserve(1);
    this.view.setUint8(at, value);
  }

  int8(value: number): void {
    const at = this.reserve(1);
    this.view.setInt8(at, value);
  }

  uint16(value: number): void {
    const at = this.reserve(2);
    this.view.setUint16(at, value, true);
  }

  uint32(value: number): void {
    const at = this.reserve(4);
    this.view.setUint32(at, value, true);
  }

  int32(value: number): void {
    const at = this.reserve(4);
    this.view.setInt32(at, value, true);
  }

  uint64(value: bigint): void {
    const at = this.reserve(8);
    this.view.setBigUint64(at, value, true);
  }

  int64(value: bigint): void {
    const at = this.reserve(8);
    this.view.setBigInt64(at, value, true);
  }

  /** A 64-bit integer from its low and high half. */
  halves64(low: number, high: number): void {
    const at = this.reserve(8);
    this.view.setUint32(at, low, true);
    this.view.setUint32(at + 4, high, true);
  }

  /** An integer up to 2^53 in either direction as Int64, without a bigint on the way. */
  int64FromNumber(value: number): void {
    const high = Math.floor(value / 4_294_967_296);
    const at = this.reserve(8);
    this.view.setUint32(at, value - high * 4_294_967_296, true);
    this.view.setInt32(at + 4, high, true);
  }

  float32(value: number): void {
    const at = this.reserve(4);
    this.view.setFloat32(at, value, true);
  }

  float64(value: number): void {
    const at = this.reserve(8);
    this.view.setFloat64(at, value, true);
  }

  /** An unsigned LEB128 number, as in front of strings and arrays. */
  length128(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.uint8((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.uint8(rest);
  }

  /** A String as UTF-8. */
  text(value: string): void {
    if (value.length > 127 / 3) {
      // Long enough that the length may need two bytes: measure first.
      const bytes = Buffer.byteLength(value);
      this.length128(bytes);
      const at = this.reserve(bytes);
      this.buffer.write(value, at);
      return;
    }
    // At most 127 bytes: one length byte, filled in afterwards.
    const at = this.reserve(1 + value.length * 3);
    const bytes = this.buffer.write(value, at + 1);
    this.buffer[at] = bytes;
    this.offset = at + 1 + bytes;
  }

  /** A String of arbitrary bytes. */
  bytes(value: Uint8Array): void {
    this.length128(value.byteLength);
    this.raw(value);
  }

  /** Bytes that are RowBinary already. */
  raw(value: Uint8Array): void {
    const at = this.reserve(value.byteLength);
    this.buffer.set(value, at);
  }

  /** `source[start..end)`, as it is. */
  range(source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    const at = this.reserve(length);
    if (length > SHORT_COPY) {
      this.buffer.set(source.subarray(start, end), at);
      return;
    }
    // For a few bytes the view made for a copy costs more than the copy.
    for (let offset = 0; offset < length; offset++) {
      this.buffer[at + offset] = source[start + offset]!;
    }
  }

  /** The String `source[start..end)`. */
  textRange(source: Uint8Array, start: number, end: number): void {
    this.length128(end - start);
    this.range(source, start, end);
  }

  /** A String of the lower-case hexadecimal digits of `source[start..end)`; empty when all are zero. */
  hexRange(source: Uint8Array, start: number, end: number): void {
    let any = 0;
    for (let index = start; index < end; index++) {
      any |= source[index]!;
    }
    if (any === 0) {
      this.uint8(0);
      return;
    }
    this.length128(2 * (end - start));
    let at = this.reserve(2 * (end - start));
    for (let index = start; index < end; index++) {
      const byte = source[index]!;
      this.buffer[at++] = HEX_DIGITS[byte >>> 4]!;
      this.buffer[at++] = HEX_DIGITS[byte & 15]!;
    }
  }

  private reserve(bytes: number): number {
    const at = this.offset;
    const needed = at + bytes;
    if (needed > this.buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
      this.buffer.copy(grown, 0, 0, at);
      this.buffer = grown;
      this.view = viewOf(grown);
    }
    this.offset = needed;
    return at;
  }
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
