import { murmur3 } from './murmur3.js';

/**
 * 56 bits that decide about an item, in two parts: a double cannot hold them in one.
 *
 * For a trace they are the last seven bytes of its id, which W3C Trace Context level 2 wants to be random. Every
 * process that samples by them, whatever its ratio, keeps a subset of what one with a larger ratio keeps.
 */
export interface Randomness {
  /** The upper 24 bits. */
  readonly high: number;
  /** The lower 32 bits. */
  readonly low: number;
}

/** Items whose randomness is below it are dropped (OpenTelemetry, "Probability sampling", rejection threshold). */
export type RejectionThreshold = Randomness;

const RANGE = 2n ** 56n;
const TRACE_ID_BYTES = 16;

/**
 * The threshold that keeps the share `keep`, exact to 2^-52 of it.
 *
 * @param keep from 0 to 1. 0 keeps nothing: its threshold is above every randomness
 */
export function rejectionThreshold(keep: number): RejectionThreshold {
  // 2^56 * keep is exact: scaling by a power of two only moves a double's exponent.
  const threshold = RANGE - BigInt(Math.round(keep * 2 ** 56));
  return { high: Number(threshold >> 32n), low: Number(threshold & 0xffffffffn) };
}

/** Whether an item is kept. */
export function isKept(randomness: Randomness, threshold: RejectionThreshold): boolean {
  return (
    randomness.high > threshold.high ||
    (randomness.high === threshold.high && randomness.low >= threshold.low)
  );
}

/** The randomness of a trace id of 16 bytes; `undefined` for the absent id, which is all zeros or empty. */
export function traceRandomness(traceId: Uint8Array): Randomness | undefined {
  if (traceId.length !== TRACE_ID_BYTES || traceId.every((byte) => byte === 0)) {
    return undefined;
  }
  const [high1 = 0, high2 = 0, high3 = 0, low1 = 0, low2 = 0, low3 = 0, low4 = 0] = traceId.subarray(9);
  return {
    high: (high1 << 16) | (high2 << 8) | high3,
    low: ((low1 << 24) | (low2 << 16) | (low3 << 8) | low4) >>> 0,
  };
}

/** Randomness out of any bytes that tell an item from others: equal bytes, equal randomness. */
export function hashedRandomness(bytes: Uint8Array): Randomness {
  return { high: murmur3(bytes, 0x9747b28c) >>> 8, low: murmur3(bytes, 0x7f4a7c15) };
}
