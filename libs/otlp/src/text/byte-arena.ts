/** Bytes that grow at their end; the buffer doubles, so that appending costs constant time on average. */
export class ByteArena {
  /** Valid up to `length`. Replaced when it grows: read it again after `reserve`. */
  bytes: Buffer;
  length: number;

  private constructor(bytes: Buffer, length: number) {
    this.bytes = bytes;
    this.length = length;
  }

  /** An empty arena with room for `capacity` bytes. */
  static empty(capacity: number): ByteArena {
    return new ByteArena(Buffer.allocUnsafeSlow(capacity), 0);
  }

  /** An arena that holds `bytes`, which it never writes to: the first append copies them. */
  static over(bytes: Uint8Array): ByteArena {
    return new ByteArena(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), bytes.byteLength);
  }

  /** Makes room for `count` more bytes behind `length`. */
  reserve(count: number): void {
    if (this.length + count > this.bytes.length) {
      this.grow(count);
    }
  }

  /** Appends a text in UTF-8; `length` before and after are its range. Lone surrogates become U+FFFD. */
  appendText(text: string): void {
    // UTF-8 needs at most three bytes for one UTF-16 code unit.
    this.reserve(3 * text.length);
    this.length += this.bytes.write(text, this.length, 'utf8');
  }

  /** What was appended, without the room behind it. */
  finish(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private grow(count: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.length + count, 256));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
