import type { ExpositionValue } from './exposition.js';

const DECIMAL = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d{1,4}))?$/;
const INTEGER = /^[+-]?\d{1,20}$/;
const INFINITY = /^([+-]?)inf(?:inity)?$/i;
const NOT_A_NUMBER = /^[+-]?nan$/i;
/** The largest time that 64-bit signed nanoseconds hold: the year 2262. */
const LAST_NANOSECOND = 2n ** 63n - 1n;

/**
 * Reads a value: a decimal number, `NaN`, `Inf`, `+Inf` or `-Inf` in any case.
 *
 * @returns `undefined` when the text is no number, or a finite one that is beyond the range of a double
 */
export function parseValue(text: string): ExpositionValue | undefined {
  if (DECIMAL.test(text)) {
    const number = Number(text);
    if (Math.abs(number) > Number.MAX_SAFE_INTEGER && INTEGER.test(text)) {
      return { number, integer: BigInt(text.startsWith('+') ? text.slice(1) : text) };
    }
    return Number.isFinite(number) ? { number, integer: null } : undefined;
  }
  const infinite = INFINITY.exec(text);
  if (infinite !== null) {
    return { number: infinite[1] === '-' ? -Infinity : Infinity, integer: null };
  }
  return NOT_A_NUMBER.test(text) ? { number: NaN, integer: null } : undefined;
}

/**
 * Reads a time in seconds since the Unix epoch, written as a decimal with or without exponent, as nanoseconds.
 * Exact to the nanosecond; further digits are rounded half up. A double would be off by 100 ns or more.
 *
 * @returns `undefined` when the text is no decimal number, not after 1970 or beyond 2262
 */
export function parseSeconds(text: string): bigint | undefined {
  const [, sign, mantissa = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  if (sign === undefined || sign === '-' || mantissa.length > 60) {
    return undefined;
  }
  const point = mantissa.indexOf('.');
  const fraction = point === -1 ? 0 : mantissa.length - point - 1;
  const digits = BigInt(mantissa.replace('.', ''));
  const scale = Number(exponent) - fraction + 9;
  if (Math.abs(scale) > 80) {
    return undefined;
  }
  const power = 10n ** BigInt(Math.abs(scale));
  const nanoseconds = scale >= 0 ? digits * power : (digits + power / 2n) / power;
  return nanoseconds > 0n && nanoseconds <= LAST_NANOSECOND ? nanoseconds : undefined;
}

/** Reads a time in whole milliseconds since the Unix epoch as nanoseconds; `undefined` as for {@link parseSeconds}. */
export function parseMilliseconds(text: string): bigint | undefined {
  if (!INTEGER.test(text) || text.startsWith('-')) {
    return undefined;
  }
  const nanoseconds = BigInt(text.startsWith('+') ? text.slice(1) : text) * 1_000_000n;
  return nanoseconds > 0n && nanoseconds <= LAST_NANOSECOND ? nanoseconds : undefined;
}

/**
 * A count as a whole number, exact also beyond 2^53.
 *
 * @returns `undefined` for negative, fractional and infinite values, and beyond 64 unsigned bits
 */
export function wholeCount(value: ExpositionValue): bigint | undefined {
  if (value.integer === null && !Number.isInteger(value.number)) {
    return undefined;
  }
  const count = value.integer ?? BigInt(value.number);
  return count >= 0n && count < 2n ** 64n ? count : undefined;
}
