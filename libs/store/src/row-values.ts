/** What ClickHouse's JSON holds for a number: itself, a quoted 64-bit integer, or `"nan"`, `"inf"`, `"-inf"`. */
export type JsonNumber = number | string;

/** A number column as a number. Integers beyond 2^53 are rounded: select them as text where that matters. */
export function toNumber(value: JsonNumber): number {
  if (value === 'inf') {
    return Infinity;
  }
  return value === '-inf' ? -Infinity : Number(value);
}

/** A nullable number column; NaN, which the tables use for "none" inside arrays, also becomes `null`. */
export function toNumberOrNull(value: JsonNumber | null): number | null {
  const number = value === null ? NaN : toNumber(value);
  return Number.isNaN(number) ? null : number;
}
