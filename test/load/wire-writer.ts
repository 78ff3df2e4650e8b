/**
 * Writes protobuf messages, remembering where fixed-width fields lie so that they can be overwritten later.
 *
 * Only what the payloads of the load generator need; lengths are minimal, as a real encoder writes them.
 */
export class WireWriter {
  private buffer = Buffer.allocUnsafe(1_024);
  private length = 0;
  private readonly marks = new Map<string, number[]>();

  /** A varint field (wire type 0). `value` is a non-negative safe integer. */
  varint(field: number, value: number): this {
    this.raw(field * 8);
    this.raw(value);
    return this;
  }

  /** A field of eight bytes (wire type 1) that stays as it is, as the two halves of its value. */
  fixed64(field: number, { low, high }: { readonly low: number; readonly high: number }): this {
    const value = Buffer.alloc(8);
    value.writeUInt32LE(low, 0);
    value.writeUInt32LE(high, 4);
    this.raw(field * 8 + 1);
    this.append(value);
    return this;
  }

  /** A field of eight bytes (wire type 1), zero for now. Its offset is remembered under `mark`. */
  reserved64(field: number, mark: string): this {
    this.raw(field * 8 + 1);
    return this.reserve(8, mark);
  }

  /** A length-delimited field of text. */
  text(field: number, text: string): this {
    return this.bytes(field, Buffer.from(text));
  }

  /** A field of bytes. */
  bytes(field: number, bytes: Uint8Array): this {
    this.raw(field * 8 + 2);
    this.raw(bytes.length);
    this.append(bytes);
    return this;
  }

  /** A length-delimited field of `size` zero bytes, remembered under `mark`. */
  reserved(field: number, size: number, mark: string): this {
    this.raw(field * 8 + 2);
    this.raw(size);
    return this.reserve(size, mark);
  }

  /** A varint field that takes exactly `size` bytes when filled in later; remembered under `mark`. */
  reservedVarint(field: number, size: number, mark: string): this {
    this.raw(field * 8);
    return this.reserve(size, mark);
  }

  /** A nested message. */
  message(field: number, build: (inner: WireWriter) => void): this {
    const inner = new WireWriter();
    build(inner);
    this.raw(field * 8 + 2);
    this.raw(inner.length);
    const base = this.length;
    this.append(inner.buffer.subarray(0, inner.length));
    for (const [mark, offsets] of inner.marks) {
      this.offsets(mark).push(...offsets.map((offset) => base + offset));
    }
    return this;
  }

  /** What was written, and the offsets of the fields under each mark, in the order of writing. */
  finish(): { readonly bytes: Buffer; readonly offsetsOf: (mark: string) => Uint32Array } {
    return {
      bytes: Buffer.from(this.buffer.subarray(0, this.length)),
      offsetsOf: (mark) => Uint32Array.from(this.marks.get(mark) ?? []),
    };
  }

  private reserve(size: number, mark: string): this {
    this.offsets(mark).push(this.length);
    this.append(Buffer.alloc(size));
    return this;
  }

  private offsets(mark: string): number[] {
    const offsets = this.marks.get(mark) ?? [];
    this.marks.set(mark, offsets);
    return offsets;
  }

  private raw(value: number): void {
    this.room(10);
    let rest = value;
    while (rest >= 0x80) {
      this.buffer[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.buffer[this.length++] = rest;
  }

  private append(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  private room(more: number): void {
    if (this.length + more <= this.buffer.length) {
      return;
    }
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + more));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
}

/** An OTLP `KeyValue` with a text, under field `field` of the message being written. */
export function attribute(writer: WireWriter, field: number, key: string, value: string | number): void {
  writer.message(field, (pair) => {
    pair.text(1, key);
    pair.message(2, (any) => (typeof value === 'string' ? any.text(1, value) : any.varint(3, value)));
  });
}
