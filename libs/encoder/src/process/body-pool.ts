/** How many buffers are kept: one is filled while one is used, and one more is on its way. */
const KEPT = 3;
/** Larger ones are rare, and not worth the memory. */
const LARGEST_BYTES = 80 * 2 ** 20;

/**
 * Buffers for what comes batch after batch, used again and again: batches are of one size, and the pages of tens of fresh
 * megabytes for each cost as much as filling them.
 */
export class BodyPool {
  /** The largest first. */
  private readonly free: ArrayBuffer[] = [];

  /** As many bytes at the beginning of a buffer, with any content. */
  take(bytes: number): Uint8Array {
    const index = this.free.findLastIndex(({ byteLength }) => byteLength >= bytes);
    const [buffer] = index < 0 ? [] : this.free.splice(index, 1);
    return buffer === undefined ? new Uint8Array(bytes) : new Uint8Array(buffer, 0, bytes);
  }

  /** Gives a buffer back, of which nothing may be read any more. The largest are kept. */
  give({ buffer }: Uint8Array): void {
    if (buffer.byteLength <= LARGEST_BYTES) {
      this.free.push(buffer as ArrayBuffer);
      this.free.sort((a, b) => b.byteLength - a.byteLength);
      this.free.length = Math.min(this.free.length, KEPT);
    }
  }
}
