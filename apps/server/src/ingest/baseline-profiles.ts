import {
  cellCount,
  cellOf,
  countValues,
  gridFromCategories,
  gridFromQuantiles,
  BINS,
  CELL,
  variableId,
  variableOf,
  type Counted,
  type Grid,
} from '@tidewatch/drift';
import type { BaselineTable, FeatureColumn } from '@tidewatch/samples';
import type { BaselineProfile } from '@tidewatch/store';

/**
 * The profiles of an uploaded dataset: each column becomes cells of its own and how often each occurred. Columns without
 * any value have no distribution to compare with and are left out. A column is a feature, unless its name is that of something
 * else: `output:score`, `truth:label`.
 */
export function profilesOf({ features }: BaselineTable): BaselineProfile[] {
  return Object.entries(features).flatMap(([name, column]) => {
    const profile = column.type === 'numeric' ? numericProfile(column) : categoricalProfile(column);
    return profile === null
      ? []
      : [{ variable: variableId(variableOf(name)), type: column.type, ...profile }];
  });
}

interface Cells {
  readonly grid: Grid;
  readonly counted: Counted;
}

function numericProfile({ values, nulls, notFinite }: FeatureColumn): Cells | null {
  if (values.length === 0) {
    return null;
  }
  const sorted = Float64Array.from(values).sort();
  const last = sorted.length - 1;
  const grid = gridFromQuantiles(
    Array.from({ length: BINS + 1 }, (_, level) => sorted[Math.floor((level / BINS) * last)]!),
  );
  const counted = countValues(grid, sorted);
  counted.counts[CELL.null]! += nulls;
  counted.counts[CELL.nan]! += notFinite;
  // Rows of a file are in no order of time.
  return { grid, counted: { ...counted, lag: null } };
}

function categoricalProfile({ categories, nulls }: FeatureColumn): Cells | null {
  const entries = Object.entries(categories);
  if (entries.length === 0) {
    return null;
  }
  const grid = gridFromCategories(entries);
  const counts = new Float64Array(cellCount(grid));
  counts[CELL.null] = nulls;
  entries.forEach(([category, count]) => (counts[cellOf(grid, category)]! += count));
  return { grid, counted: { counts, moments: null, lag: null } };
}
