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

  text(): string {
    const length = this.length128();
    const at = this.advance(length);
    return this.buffer.toString('utf8', at, at + length);
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
    return Array.from({ length: this.length128() }, () => this.text());
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
