import { integerAt, stringAt } from '../json/reader.js';
import type { JsonObject } from '../json/reader.js';
import type { ByteArena } from './byte-arena.js';
import { parseId } from './ids.js';
import type { RangeColumn } from './range-column.js';

/** Appends the string field `name` to `texts` and notes its range; an unset one is empty. */
export function putText(
  object: JsonObject,
  name: string,
  path: string,
  target: { texts: ByteArena; column: RangeColumn; row: number },
): void {
  const { texts, column, row } = target;
  const start = texts.length;
  texts.appendText(stringAt(object[name], `${path}.${name}`));
  column.set(row, start, texts.length);
}

/** Writes the hex id of field `name` into element `row` of `ids`; returns its length as `parseId` does. */
export function putId(
  object: JsonObject,
  name: string,
  path: string,
  target: { ids: Uint8Array; row: number; size: number },
): number {
  const { ids, row, size } = target;
  return parseId(stringAt(object[name], `${path}.${name}`), ids, row * size, size);
}

/** Writes the fixed64 time of field `name` into element `row`; one that no uint64 can hold becomes the largest. */
export function putTime(
  object: JsonObject,
  name: string,
  path: string,
  target: { column: BigInt64Array; row: number },
): void {
  const time = integerAt(object[name], `${path}.${name}`, 'uint64') ?? 2n ** 64n - 1n;
  target.column[target.row] = BigInt.asIntN(64, time);
}

/** The uint32 in field `name`, 0 when unset; NaN when it is an integer out of range. */
export function uint32At(object: JsonObject, name: string, path: string): number {
  const value = integerAt(object[name], `${path}.${name}`, 'uint32');
  return value === undefined ? NaN : Number(value);
}

/**
 * The enum in field `name`: a number, a number in a string, or the name that the .proto file gives it.
 *
 * @param names by number
 * @returns 0 when unset; NaN for a name that is not in `names` or a number out of range
 */
export function enumAt(object: JsonObject, name: string, path: string, names: readonly string[]): number {
  const value = object[name];
  if (typeof value === 'string' && /^[A-Z]/.test(value)) {
    const number = names.indexOf(value);
    return number < 0 ? NaN : number;
  }
  return uint32At(object, name, path);
}
