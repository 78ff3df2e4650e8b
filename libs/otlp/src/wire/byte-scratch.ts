const FIRST_CAPACITY = 1_024;

/** A growing buffer in which the parts of a key are put side by side. */
export class ByteScratch {
  bytes = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  view = new DataView(this.bytes.buffer);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  /** Appends the bytes of `source` between two positions. */
  append(source: Uint8Array, start: number, end: number): void {
    const position = this.length;
    this.reserve(end - start);
    if (end - start < 32) {
      // Below this, a loop is faster than the call.
      for (let index = start, target = position; index < end; index++, target++) {
        this.bytes[target] = source[index]!;
      }
    } else {
      this.bytes.set(source.subarray(start, end), position);
    }
    this.length = position + end - start;
  }

  /** Appends a 32-bit integer. */
  uint32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.length, value, true);
    this.length += 4;
  }

  private reserve(count: number): void {
    const needed = this.length + count;
    if (needed > this.bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
  }
}
