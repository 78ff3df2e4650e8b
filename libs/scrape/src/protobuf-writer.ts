/** Writes protobuf messages front to back into one growing buffer. Integers are unsigned unless a method says otherwise. */
export class ProtobufWriter {
  private bytes = new Uint8Array(4096);
  private view = new DataView(this.bytes.buffer);
  private length = 0;
  private readonly encoder = new TextEncoder();

  /** The bytes written so far, copied. */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  /** A varint field. @param value a whole number up to 2^53 */
  uint(field: number, value: number): void {
    this.tag(field, 0);
    this.varint(value);
  }

  /** A field of type `fixed64`, or `sfixed64` for negative values. */
  fixed64(field: number, value: bigint): void {
    this.tag(field, 1);
    this.word(value);
  }

  double(field: number, value: number): void {
    this.tag(field, 1);
    this.ensure(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  string(field: number, value: string): void {
    this.tag(field, 2);
    this.varint(value.length);
    this.ensure(value.length);
    for (let index = 0; index < value.length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) {
        this.afterAscii(index, value);
        return;
      }
      this.bytes[this.length++] = code;
    }
  }

  raw(field: number, value: Uint8Array): void {
    this.tag(field, 2);
    this.varint(value.length);
    this.ensure(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }

  packedFixed64(field: number, values: readonly bigint[]): void {
    this.tag(field, 2);
    this.varint(values.length * 8);
    values.forEach((value) => this.word(value));
  }

  packedDouble(field: number, values: readonly number[]): void {
    this.tag(field, 2);
    this.varint(values.length * 8);
    this.ensure(values.length * 8);
    for (const value of values) {
      this.view.setFloat64(this.length, value, true);
      this.length += 8;
    }
  }

  /** A message whose fields `write` writes. */
  message(field: number, write: () => void): void {
    this.tag(field, 2);
    const at = this.length;
    this.ensure(1);
    // One byte is kept free for the length, which most messages fit; the others move up once their length is known.
    this.length += 1;
    write();
    const size = this.length - at - 1;
    const moved = varintSize(size) - 1;
    this.ensure(moved);
    this.bytes.copyWithin(at + 1 + moved, at + 1, this.length);
    this.length = at;
    this.varint(size);
    this.length += size;
  }

  /** Takes back what {@link string} wrote of a text that turned out not to be ASCII, and writes it as UTF-8. */
  private afterAscii(written: number, value: string): void {
    this.length -= written + varintSize(value.length);
    const encoded = this.encoder.encode(value);
    this.varint(encoded.length);
    this.ensure(encoded.length);
    this.bytes.set(encoded, this.length);
    this.length += encoded.length;
  }

  private tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType);
  }

  private word(value: bigint): void {
    this.ensure(8);
    this.view.setBigUint64(this.length, BigInt.asUintN(64, value), true);
    this.length += 8;
  }

  private varint(value: number): void {
    this.ensure(10);
    let rest = value;
    while (rest > 127) {
      this.bytes[this.length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.length++] = rest;
  }

  private ensure(more: number): void {
    if (this.length + more <= this.bytes.length) {
      return;
    }
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    grown.set(this.bytes);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) {
    size += 1;
  }
  return size;
}
