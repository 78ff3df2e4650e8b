/** The typed arrays that columns are made of. */
type ColumnArray = Uint8Array | Uint32Array | BigInt64Array | Float64Array;

/** A copy of `column` with room for `capacity` elements, zero behind the old ones. */
export function grown<Column extends ColumnArray>(column: Column, capacity: number): Column {
  const larger = new (column.constructor as new (length: number) => Column)(capacity);
  (larger as { set(source: Column): void }).set(column);
  return larger;
}

/** The 32-bit halves of a column of 64-bit integers, low half first: what lets a decoder fill it without bigints. */
export function halvesOf(column: BigInt64Array): Uint32Array {
  return new Uint32Array(column.buffer, column.byteOffset, 2 * column.length);
}
