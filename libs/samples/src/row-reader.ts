import { formatDuration } from '@tidewatch/core';

import { LIMITS, MAX_AHEAD_MS } from './limits.js';
import { parseTimestamp } from './timestamp.js';

/** A JSON object whose fields have not been looked at. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads the fields of one row and remembers the first thing that is wrong.
 *
 * Reading goes on with a stand-in value after a fault, so that no exception is raised per row: whoever builds the row
 * checks `fault` once, at the end, and throws the row away when there is one. Null and absent are the same.
 */
export class RowReader {
  /** The first fault found, or undefined. */
  fault: { readonly field: string; readonly reason: string } | undefined;

  /** Notes a fault unless there is one already. */
  refuse(field: string, reason: string): void {
    this.fault ??= { field, reason };
  }

  /** The row itself, or undefined with a fault. */
  row(value: unknown): JsonObject | undefined {
    return this.required(value, '') ? this.object(value, '') : undefined;
  }

  /** The object at `field`, undefined when absent. */
  object(value: unknown, field: string): JsonObject | undefined {
    if (value == null) {
      return undefined;
    }
    if (typeof value !== 'object' || Array.isArray(value)) {
      this.refuse(field, 'an object is expected');
      return undefined;
    }
    return value as JsonObject;
  }

  /** The array at `field`, undefined when absent. */
  array(value: unknown, field: string): readonly unknown[] | undefined {
    if (value == null) {
      return undefined;
    }
    if (!Array.isArray(value)) {
      this.refuse(field, 'an array is expected');
      return undefined;
    }
    return value as readonly unknown[];
  }

  /** Refuses fields outside `known` by name: a misspelt field must not vanish. */
  onlyKnown(object: JsonObject, known: ReadonlySet<string>, prefix = ''): void {
    for (const key in object) {
      if (!known.has(key)) {
        this.refuse(
          prefix + key.slice(0, LIMITS.nameLength),
          'there is no such field; your own values go into tags',
        );
        return;
      }
    }
  }

  /** The text at `field`, `fallback` when absent. */
  text(value: unknown, field: string, limit: number = LIMITS.nameLength, fallback = ''): string {
    if (value == null) {
      return fallback;
    }
    if (typeof value !== 'string') {
      this.refuse(field, 'a string is expected');
      return fallback;
    }
    if (value.length > limit) {
      this.refuse(field, `longer than ${limit} characters`);
      return fallback;
    }
    return value;
  }

  /** Text that must be there and not be empty. */
  requiredText(value: unknown, field: string): string {
    const text = this.text(value, field);
    if (text === '') {
      this.refuse(field, 'required');
    }
    return text;
  }

  /** The finite number at `field`, null when absent. */
  number(value: unknown, field: string, lowest = -Infinity, highest = Infinity): number | null {
    if (value == null) {
      return null;
    }
    if (typeof value !== 'number') {
      this.refuse(field, 'a number is expected');
      return null;
    }
    if (!Number.isFinite(value)) {
      this.refuse(field, 'the number is too large');
    } else if (value < lowest || value > highest) {
      this.refuse(field, rangeText(lowest, highest));
    }
    return value;
  }

  /** A whole number of at most 32 bits, null when absent. */
  count(value: unknown, field: string): number | null {
    const number = this.number(value, field, 0, 4_294_967_295);
    if (number !== null && !Number.isInteger(number)) {
      this.refuse(field, 'a whole number is expected');
    }
    return number;
  }

  /** A weight: above 0, and 1 when absent. */
  weight(value: unknown, field: string): number {
    const weight = this.number(value, field) ?? 1;
    if (weight <= 0) {
      this.refuse(field, 'must be above 0');
    }
    return weight;
  }

  /** The name of an entry of the map `field`. `__proto__` is refused: it cannot be a key of a JavaScript object. */
  entryName(name: string, field: string): void {
    if (name === '' || name === '__proto__') {
      this.refuse(field, `a name may not be ${name === '' ? 'empty' : name}`);
    } else if (name.length > LIMITS.nameLength) {
      this.refuse(`${field}.${name.slice(0, 32)}…`, `a name longer than ${LIMITS.nameLength} characters`);
    }
  }

  /** Reads every entry of the map at `field` with `read`; an empty record when absent. */
  record<T>(value: unknown, field: string, read: (value: unknown, field: string) => T): Record<string, T> {
    const record: Record<string, T> = {};
    const object = this.object(value, field);
    if (object === undefined) {
      return record;
    }
    let entries = 0;
    for (const name in object) {
      this.entryName(name, field);
      if (++entries > LIMITS.entries) {
        this.refuse(field, `more than ${LIMITS.entries} entries`);
      }
      if (this.fault !== undefined) {
        return record;
      }
      record[name] = read(object[name], `${field}.${name}`);
    }
    return record;
  }

  /** A number in a map: unlike a field of the row, it may not be null. */
  entryNumber(value: unknown, field: string): number {
    return this.required(value, field) ? (this.number(value, field) ?? 0) : 0;
  }

  /** A number from 0 to 1 that must be there. */
  entryShare(value: unknown, field: string): number {
    return this.required(value, field) ? (this.number(value, field, 0, 1) ?? 0) : 0;
  }

  /** A text in a map: it may not be null either. */
  entryText(value: unknown, field: string): string {
    return this.required(value, field) ? this.text(value, field, LIMITS.textLength) : '';
  }

  /**
   * The time at `field`: an RFC 3339 string or milliseconds since the epoch; `now` when absent.
   *
   * Refused when more than 10 minutes ahead of `now` or more than `maxAge` milliseconds before it.
   */
  timestamp(value: unknown, field: string, now: number, maxAge: number): number {
    if (value == null) {
      return now;
    }
    const time =
      typeof value === 'string' ? parseTimestamp(value) : typeof value === 'number' ? value : undefined;
    if (time === undefined) {
      this.refuse(field, 'an RFC 3339 time with an offset, or milliseconds since the epoch, is expected');
      return now;
    }
    // Written so that NaN and the infinities are refused too.
    if (!(time <= now + MAX_AHEAD_MS)) {
      this.refuse(field, `more than ${formatDuration(MAX_AHEAD_MS)} in the future; numbers are milliseconds`);
    } else if (!(time >= now - maxAge)) {
      this.refuse(field, `older than ${maxAge / 86_400_000} days; numbers are milliseconds`);
    }
    return Math.floor(time);
  }

  private required(value: unknown, field: string): boolean {
    if (value == null) {
      this.refuse(field, field === '' ? 'an object is expected' : 'null is not allowed here');
      return false;
    }
    return true;
  }
}

function rangeText(lowest: number, highest: number): string {
  return highest === Infinity ? `must be at least ${lowest}` : `must be between ${lowest} and ${highest}`;
}
