import { mergeMoments, momentsOf } from '@tidewatch/stats';
import type { Counted } from './counted.js';
import { NO_MOMENTS } from './counted.js';
import { CELL, cellCount, FIRST_CELL, type Grid } from './grid.js';

/** A value as a sample has it; `undefined` when the sample lacks the variable. */
export type SampleValue = number | string | boolean | null | undefined;

/** The cell that a value belongs to. Total: every value has exactly one. */
export function cellOf(grid: Grid, value: SampleValue): number {
  if (value === null || value === undefined) {
    return CELL.null;
  }
  return grid.type === 'numeric' ? numericCell(grid.edges, value) : categoricalCell(grid, value);
}

function numericCell(edges: Float64Array, value: number | string | boolean): number {
  if (typeof value === 'number') {
    return Number.isNaN(value)
      ? CELL.nan
      : Number.isFinite(value)
        ? FIRST_CELL + edgesAtOrBelow(edges, value)
        : CELL.infinity;
  }
  // JSON has no such numbers: services send them as words.
  if (value === 'NaN') {
    return CELL.nan;
  }
  return value === 'Infinity' || value === '-Infinity' ? CELL.infinity : CELL.wrongType;
}

function categoricalCell(
  grid: Extract<Grid, { type: 'categorical' }>,
  value: number | string | boolean,
): number {
  if (typeof value === 'number') {
    return CELL.wrongType;
  }
  const index = indexOf(grid).get(String(value));
  return index === undefined ? CELL.unseen : FIRST_CELL + index;
}

const INDEXES = new WeakMap<Grid, ReadonlyMap<string, number>>();

function indexOf(grid: Extract<Grid, { type: 'categorical' }>): ReadonlyMap<string, number> {
  let index = INDEXES.get(grid);
  if (index === undefined) {
    index = new Map(grid.categories.map((category, position) => [category, position]));
    INDEXES.set(grid, index);
  }
  return index;
}

function edgesAtOrBelow(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle]! <= value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** The first cell of the upper half: what {@link Counted.lag} takes as the other side. */
export function splitCell(grid: Grid): number {
  return FIRST_CELL + (grid.type === 'numeric' ? Math.floor((grid.edges.length + 1) / 2) : 1);
}

/** Counts values in the order given, which is taken as their order in time within one session. */
export function countValues(grid: Grid, values: ArrayLike<SampleValue>): Counted {
  const counts = new Float64Array(cellCount(grid));
  const split = splitCell(grid);
  const finite: number[] = [];
  let [pairs, sameSide] = [0, 0];
  let before: boolean | null = null;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    const cell = cellOf(grid, value);
    counts[cell]! += 1;
    if (cell < FIRST_CELL) {
      continue;
    }
    if (grid.type === 'numeric') {
      finite.push(value as number);
    }
    const side = cell < split;
    if (before !== null) {
      pairs += 1;
      sameSide += side === before ? 1 : 0;
    }
    before = side;
  }
  return {
    counts,
    moments: grid.type === 'numeric' ? momentsOf(finite) : null,
    lag: { pairs, sameSide },
  };
}

/** Nothing, over the cells of a grid. */
export function emptyCounted(grid: Grid): Counted {
  return {
    counts: new Float64Array(cellCount(grid)),
    moments: grid.type === 'numeric' ? NO_MOMENTS : null,
    lag: { pairs: 0, sameSide: 0 },
  };
}

/** Two counts over the same grid together. What is not known of one is not known of both. */
export function addCounted(a: Counted, b: Counted): Counted {
  return {
    counts: a.counts.map((count, index) => count + b.counts[index]!),
    moments: a.moments === null || b.moments === null ? null : mergeMoments(a.moments, b.moments),
    lag:
      a.lag === null || b.lag === null
        ? null
        : { pairs: a.lag.pairs + b.lag.pairs, sameSide: a.lag.sameSide + b.lag.sameSide },
  };
}

/** Samples in all cells. */
export function rowsOf({ counts }: Counted): number {
  return sum(counts, 0, counts.length);
}

/** Values in bins or categories; of a categorical variable also those that its grid does not know. */
export function valuesOf(grid: Grid, counted: Counted): Float64Array {
  return counted.counts.subarray(grid.type === 'numeric' ? FIRST_CELL : CELL.unseen);
}

/** Sum of `counts[from … to - 1]`. */
export function sum(counts: ArrayLike<number>, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i += 1) {
    total += counts[i]!;
  }
  return total;
}
