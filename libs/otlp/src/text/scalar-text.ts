import type { ByteArena } from './byte-arena.js';

/** The longest text that the functions here write: a double such as -1.7976931348623157e+308. */
const MAX_LENGTH = 25;

/** Above it, a double may not hold an integer exactly, and `String` may use an exponent. */
const MAX_EXACT = Number.MAX_SAFE_INTEGER;

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;

/** Appends an int64, given as its unsigned halves, in decimal: as `attributeText`, without a bigint. */
export function appendInt64(arena: ByteArena, low: number, high: number): void {
  arena.reserve(MAX_LENGTH);
  const isNegative = high >= 0x8000_0000;
  if (isNegative) {
    arena.bytes[arena.length++] = MINUS;
    // Two's complement: invert and add one.
    const inverted = (~low >>> 0) + 1;
    low = inverted >>> 0;
    high = (~high >>> 0) + (inverted > 0xffff_ffff ? 1 : 0);
  }
  if (high < 0x20_0000) {
    appendDigits(arena, high * 0x1_0000_0000 + low);
  } else {
    appendLongDigits(arena, low, high);
  }
}

/** Appends a double as `attributeText` writes it. */
export function appendDouble(arena: ByteArena, value: number): void {
  arena.reserve(MAX_LENGTH);
  if (Number.isInteger(value) && value >= -MAX_EXACT && value <= MAX_EXACT) {
    if (value < 0 || Object.is(value, -0)) {
      arena.bytes[arena.length++] = MINUS;
    }
    appendDigits(arena, Math.abs(value));
    return;
  }
  if (!appendDecimal(arena, value)) {
    arena.length += arena.bytes.write(String(value), arena.length, 'latin1');
  }
}

/**
 * Appends a fraction of at most 15 significant digits, such as 0.25 or 637.704; false, with nothing written, for others.
 *
 * Of the decimals of that length no two are the same double, so the first that gives back `value`, trying fewer digits
 * first, is the shortest, which is what `String` finds at ten times the cost.
 */
function appendDecimal(arena: ByteArena, value: number): boolean {
  const magnitude = Math.abs(value);
  // Below it, `String` writes an exponent.
  if (!(magnitude >= 1e-6)) {
    return false;
  }
  for (let digits = 1, scale = 10; digits <= 15; digits++, scale *= 10) {
    const scaled = Math.round(magnitude * scale);
    if (scaled >= 1e15) {
      return false;
    }
    if (scaled / scale === magnitude) {
      if (value < 0) {
        arena.bytes[arena.length++] = MINUS;
      }
      const whole = Math.floor(scaled / scale);
      appendDigits(arena, whole);
      // The fraction behind a one has as many digits as it should; the one is where the point goes.
      const point = arena.length;
      appendDigits(arena, scale + (scaled - whole * scale));
      arena.bytes[point] = POINT;
      return true;
    }
  }
  return false;
}

/** Appends `true` or `false`. */
export function appendBool(arena: ByteArena, value: boolean): void {
  arena.reserve(MAX_LENGTH);
  arena.length += arena.bytes.write(String(value), arena.length, 'latin1');
}

/** Digits of an integer from 0 to 2^53. */
function appendDigits(arena: ByteArena, value: number): void {
  const { bytes } = arena;
  let end = arena.length + 1;
  for (let bound = 10; bound <= value; bound *= 10) {
    end++;
  }
  arena.length = end;
  let rest = value;
  // Whole-number division is several times faster on 32-bit integers than on doubles.
  while (rest > 0x7fff_ffff) {
    const quotient = Math.floor(rest / 10);
    bytes[--end] = ZERO + (rest - quotient * 10);
    rest = quotient;
  }
  let small = rest | 0;
  do {
    const quotient = (small / 10) | 0;
    bytes[--end] = ZERO + small - quotient * 10;
    small = quotient;
  } while (small > 0);
}

/** Digits of an unsigned 64-bit integer of at least 2^53: divided by 10^8 in limbs of 16 bits, all exact in doubles. */
function appendLongDigits(arena: ByteArena, low: number, high: number): void {
  const limbs = [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff];
  let rest = 0;
  for (let index = 0; index < limbs.length; index++) {
    const value = rest * 0x1_0000 + limbs[index]!;
    limbs[index] = Math.floor(value / 1e8);
    rest = value % 1e8;
  }
  // What is left is at most 2^64 / 10^8, below 2^38.
  appendDigits(arena, limbs[1]! * 0x1_0000_0000 + limbs[2]! * 0x1_0000 + limbs[3]!);
  const { bytes } = arena;
  for (let index = 7; index >= 0; index--) {
    bytes[arena.length + index] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  arena.length += 8;
}
