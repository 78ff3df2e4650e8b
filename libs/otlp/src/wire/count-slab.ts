const NO_COUNTS = new BigUint64Array(0);

const FIRST_ELEMENTS = 128;
const MAX_ELEMENTS = 8_192;

/** Longer lists get a buffer of their own. */
const MAX_SHARED_LENGTH = 1_024;

/**
 * Lists of 64-bit counts that share buffers. A list of its own buffer takes some 400 bytes beside its elements, so that
 * a body of 64 MiB with three million histograms of one bucket would take 2 GB; a view of a shared one takes about 100.
 */
export class CountSlab {
  /** The halves of the list taken last, low one first, from `offset` on: to be filled in. */
  words = new Uint32Array(0);
  offset = 0;
  private values = NO_COUNTS;
  private used = 0;

  /** A list of zeros. */
  take(length: number): BigUint64Array {
    if (length === 0) {
      return NO_COUNTS;
    }
    if (length > MAX_SHARED_LENGTH) {
      const own = new BigUint64Array(length);
      this.words = new Uint32Array(own.buffer);
      this.offset = 0;
      this.values = NO_COUNTS;
      this.used = 0;
      return own;
    }
    if (this.used + length > this.values.length) {
      const elements = Math.min(Math.max(2 * this.values.length, FIRST_ELEMENTS, length), MAX_ELEMENTS);
      this.values = new BigUint64Array(elements);
      this.words = new Uint32Array(this.values.buffer);
      this.used = 0;
    }
    this.offset = 2 * this.used;
    this.used += length;
    return this.values.subarray(this.used - length, this.used);
  }
}
