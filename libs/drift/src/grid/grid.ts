/** Cells that every grid begins with, in this order; bins or categories follow. */
export const SPECIAL_CELLS = ['null', 'nan', 'infinity', 'wrong-type', 'unseen'] as const;

/** Index of each special cell. */
export const CELL = { null: 0, nan: 1, infinity: 2, wrongType: 3, unseen: 4 } as const;

/** Index of the first bin or category. */
export const FIRST_CELL = SPECIAL_CELLS.length;

/** Quantile bins of a numeric variable; beside them one bin below the smallest and one above the largest value. */
export const BINS = 1_000;

/** Categories with a cell of their own, most frequent first; beyond it, values share the cell `unseen`. */
export const MAX_CATEGORIES = 1_000;

/**
 * The cells over which a numeric variable is counted: bin `i` holds the values with exactly `i` edges at or below them,
 * so that bin 0 lies below the first edge and bin `edges.length` at or above the last.
 *
 * Edges are ascending and distinct. The first is the smallest value of the baseline and the last the next double above
 * its largest: bin 0 and the last bin count what the baseline never had.
 */
export interface NumericGrid {
  readonly type: 'numeric';
  readonly edges: Float64Array;
}

/** The cells over which a categorical variable is counted. */
export interface CategoricalGrid {
  readonly type: 'categorical';
  /** Most frequent first, by code point among equals. */
  readonly categories: readonly string[];
  /** Whether the baseline had more categories than have a cell: then `unseen` holds known ones too. */
  readonly capped: boolean;
}

/** The cells over which a variable is counted, fixed when its baseline is made. */
export type Grid = NumericGrid | CategoricalGrid;

/** Number of cells of a grid, special ones included. */
export function cellCount(grid: Grid): number {
  return FIRST_CELL + (grid.type === 'numeric' ? grid.edges.length + 1 : grid.categories.length);
}
