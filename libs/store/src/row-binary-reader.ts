/** Reads RowBinary values from a result, in the order of the selected columns. */
export class RowBinaryReader {
  private readonly buffer: Buffer;
  private offset = 0;

  constructor(buffer: Buffer) {
    this.buffer = buffer;
  }

  /** Whether a further row follows. */
  get more(): boolean {
    return this.offset < this.buffer.length;
  }

  /** A UInt64 as a number: exact up to 2^53. */
  uint64(): number {
    const at = this.advance(8);
    return this.buffer.readUInt32LE(at) + this.buffer.readUInt32LE(at + 4) * 4_294_967_296;
  }

  /** An Int64, or a DateTime64 in its own unit, as a number: exact up to 2^53. */
  int64(): number {
    const at = this.advance(8);
    return this.buffer.readUInt32LE(at) + this.buffer.readInt32LE(at + 4) * 4_294_967_296;
  }

  /** A UInt64, exactly. */
  bigUint64(): bigint {
    return this.buffer.readBigUInt64LE(this.advance(8));
  }

  uint8(): number {
    return this.buffer.readUInt8(this.advance(1));
  }

  uint16(): number {
    return this.buffer.readUInt16LE(this.advance(2));
  }

  uint32(): number {
    return this.buffer.readUInt32LE(this.advance(4));
  }

  float32(): number {
    return this.buffer.readFloatLE(this.advance(4));
  }

  float64(): number {
    return this.buffer.readDoubleLE(this.advance(8));
  }

  /** A Nullable: `read` reads what it holds. */
  nullable<Value>(read: () => Value): Value | null {
    return this.buffer.readUInt8(this.advance(1)) === 1 ? null : read();
  }

  text(): string {
    const length = this.length128();
    const at = this.advance(length);
    return this.buffer.toString('utf8', at, at + length);
  }

  /** The bytes of a String, copied. */
  bytes(): Uint8Array {
    const length = this.length128();
    const at = this.advance(length);
    return new Uint8Array(this.buffer.subarray(at, at + length));
  }

  /** An Array: `read` reads an element. */
  array<Value>(read: () => Value): Value[] {
    return Array.from({ length: this.length128() }, read);
  }

  /** A Map with text keys: `read` reads a value. */
  map<Value>(read: () => Value): Record<string, Value> {
    return Object.fromEntries(this.array(() => [this.text(), read()] as const));
  }

  /** An Array(Float32) into `target` at `offset`. Returns its length; what does not fit is a mistake of the caller. */
  float32Into(target: Float32Array, offset: number): number {
    const length = this.length128();
    const at = this.advance(4 * length);
    const bytes = this.buffer.subarray(at, at + 4 * length);
    new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(bytes, 4 * offset);
    return length;
  }

  /** An Array(Float32). */
  float32Array(): Float32Array {
    const values = new Float32Array(this.length128());
    const at = this.advance(values.byteLength);
    Buffer.from(values.buffer).set(this.buffer.subarray(at, at + values.byteLength));
    return values;
  }

  /** An Array(Float64). */
  float64Array(): Float64Array {
    const values = new Float64Array(this.length128());
    const at = this.advance(values.byteLength);
    // Copied, because the values are not aligned within the result.
    Buffer.from(values.buffer).set(this.buffer.subarray(at, at + values.byteLength));
    return values;
  }

  /** An Array(String). */
  textArray(): string[] {
    return this.array(() => this.text());
  }

  private length128(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.buffer.readUInt8(this.advance(1));
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        return value;
      }
    }
  }

  private advance(bytes: number): number {
    const at = this.offset;
    this.offset += bytes;
    return at;
  }
}
