import { MAX_JSON_DEPTH, nestsTooDeep } from '@tidewatch/core';
import { malformedJson } from '../malformed.js';

/** An object of the proto3 JSON mapping; fields are read one by one, and unknown ones never looked at. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses the body of an OTLP/JSON request: UTF-8, with or without a byte order mark, an object.
 *
 * `JSON.parse` cannot be interrupted: a body of 64 MiB holds up the event loop for about a second. Senders of
 * that much should use protobuf. Nesting is checked before, because 64 MiB of brackets take it ten seconds and two
 * gigabytes.
 */
export function parseJsonBody(body: Uint8Array): JsonObject {
  const text = new TextDecoder('utf-8').decode(body);
  if (nestsTooDeep(text)) {
    throw malformedJson('', `arrays and objects nest deeper than ${MAX_JSON_DEPTH} levels`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformedJson('', 'it is not JSON', error);
  }
  return objectAt(value, '') ?? {};
}

/** The object at `path`; undefined when the field is unset (absent or null). */
export function objectAt(value: unknown, path: string): JsonObject | undefined {
  if (value == null) {
    return undefined;
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw malformedJson(path, 'an object is expected');
  }
  return value as JsonObject;
}

/** The array at `path`; empty when unset. */
export function arrayAt(value: unknown, path: string): readonly unknown[] {
  if (value == null) {
    return [];
  }
  if (!Array.isArray(value)) {
    throw malformedJson(path, 'an array is expected');
  }
  return value;
}

/** The string at `path`; empty when unset. */
export function stringAt(value: unknown, path: string): string {
  if (value == null) {
    return '';
  }
  if (typeof value !== 'string') {
    throw malformedJson(path, 'a string is expected');
  }
  return value;
}

/** The bool at `path`; false when unset. */
export function booleanAt(value: unknown, path: string): boolean {
  if (value == null) {
    return false;
  }
  if (typeof value !== 'boolean') {
    throw malformedJson(path, 'true or false is expected');
  }
  return value;
}

/** Inclusive bounds of the integer types. */
export const INTEGER_RANGE = {
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
} as const satisfies Record<string, readonly [bigint, bigint]>;

/**
 * The integer at `path`: a decimal string, exact, or a number.
 *
 * A bare number beyond 2^53 counts with the double that JSON parsing made of it.
 *
 * @returns 0 when unset, undefined when it is an integer outside the range of `type`
 */
export function integerAt(
  value: unknown,
  path: string,
  type: keyof typeof INTEGER_RANGE,
): bigint | undefined {
  if (value == null) {
    return 0n;
  }
  const [lowest, highest] = INTEGER_RANGE[type];
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return undefined;
  }
  const isInteger = typeof value === 'number' ? Number.isInteger(value) : isDecimal(value);
  if (!isInteger) {
    throw malformedJson(path, 'an integer, or a string of decimal digits, is expected');
  }
  // Longer than any 64-bit integer: out of range, and not worth a conversion whose cost grows with the square.
  if (typeof value === 'string' && value.length > 40) {
    return undefined;
  }
  const integer = BigInt(value as string | number);
  return integer < lowest || integer > highest ? undefined : integer;
}

/**
 * The double at `path`: a number, `"NaN"`, `"Infinity"`, `"-Infinity"`, or a number in a string.
 *
 * @returns undefined when it is a number too large for a double. The caller handles unset fields.
 */
export function doubleAt(value: unknown, path: string): number | undefined {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? value : undefined;
  }
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') {
    return Number(value);
  }
  if (typeof value === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)) {
    const number = Number(value);
    return Number.isFinite(number) ? number : undefined;
  }
  throw malformedJson(path, 'a number, "NaN", "Infinity" or "-Infinity" is expected');
}

/** The one field of a oneof that is set, among `names`; undefined when none is. Two are malformed. */
export function oneOf<Name extends string>(
  object: JsonObject,
  names: readonly Name[],
  path: string,
): Name | undefined {
  let found: Name | undefined;
  for (const name of names) {
    if (object[name] != null) {
      if (found !== undefined) {
        throw malformedJson(path, `${found} and ${name} exclude each other`);
      }
      found = name;
    }
  }
  return found;
}

function isDecimal(value: unknown): boolean {
  return typeof value === 'string' && /^-?\d+$/.test(value);
}
