import type { TextColumn } from './text-column.js';

type Column = Uint8Array | Uint32Array | BigInt64Array | Float64Array;

/** Which rows sampling keeps. */
export interface KeptRows {
  /** Ascending. */
  readonly rows: Uint32Array;
  /** The weight of each kept row. */
  readonly weight: Float64Array;
  /** Every row is kept with the weight it had. */
  readonly isUnchanged: boolean;
}

/** Asks for the weight of every row; a row whose weight is not above 0 is not kept. */
export function keptRows(weights: Float64Array, weightOf: (row: number) => number): KeptRows {
  const rows = new Uint32Array(weights.length);
  const weight = new Float64Array(weights.length);
  let kept = 0;
  let isUnchanged = true;
  for (let row = 0; row < weights.length; row++) {
    const value = weightOf(row);
    isUnchanged &&= value === weights[row];
    if (value > 0) {
      rows[kept] = row;
      weight[kept++] = value;
    }
  }
  return { rows: rows.subarray(0, kept), weight: weight.slice(0, kept), isUnchanged };
}

/** The given rows of a column with `width` elements a row. */
export function takeRows<C extends Column>(column: C, rows: Uint32Array, width = 1): C {
  const taken = new (column.constructor as new (length: number) => C)(rows.length * width);
  for (let index = 0; index < rows.length; index++) {
    const from = rows[index]! * width;
    for (let offset = 0; offset < width; offset++) {
      taken[index * width + offset] = column[from + offset]!;
    }
  }
  return taken;
}

/** The given rows of a text column, over the same bytes. */
export function takeTexts(column: TextColumn, rows: Uint32Array): TextColumn {
  return { bytes: column.bytes, start: takeRows(column.start, rows), end: takeRows(column.end, rows) };
}

/** For rows that own blocks of other rows: which of those are kept, and their new offsets. */
export function takeBlocks(
  offsets: Uint32Array,
  rows: Uint32Array,
): { readonly rows: Uint32Array; readonly offsets: Uint32Array } {
  const newOffsets = new Uint32Array(rows.length + 1);
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!;
    newOffsets[index + 1] = newOffsets[index]! + offsets[row + 1]! - offsets[row]!;
  }
  const kept = new Uint32Array(newOffsets[rows.length]!);
  for (let index = 0; index < rows.length; index++) {
    const shift = offsets[rows[index]!]! - newOffsets[index]!;
    for (let at = newOffsets[index]!; at < newOffsets[index + 1]!; at++) {
      kept[at] = at + shift;
    }
  }
  return { rows: kept, offsets: newOffsets };
}
