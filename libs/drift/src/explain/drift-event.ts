import { CELL, FIRST_CELL, type Grid } from '../grid/grid.js';
import { sum } from '../grid/count-values.js';
import type { Counted } from '../grid/counted.js';
import type { DriftLocation } from '../metrics/drift-metric.js';

/** A condition on a single sample that tells a drifted distribution from its baseline: what a scan counts by segment. */
export type DriftEvent =
  /** The value is a number below the threshold, or at or above it. */
  | { readonly kind: 'below' | 'at-or-above'; readonly threshold: number }
  /** The value is this category. */
  | { readonly kind: 'category'; readonly category: string }
  /** The value is none of these categories. */
  | { readonly kind: 'unseen'; readonly categories: readonly string[] }
  /** There is no usable value. */
  | { readonly kind: 'missing' };

/** An event and how often it is met on either side. */
export interface MeasuredEvent {
  readonly event: DriftEvent;
  readonly referenceShare: number;
  readonly rows: number;
  readonly inEvent: number;
}

/**
 * The event behind an effect, turned so that it is more frequent in the window than in the baseline where that is possible
 * by taking its complement. `null` where the effect has no single place.
 */
export function eventOf(
  grid: Grid,
  location: DriftLocation | null,
  sides: { readonly reference: Counted; readonly current: Counted },
): MeasuredEvent | null {
  const event = location === null ? null : toEvent(grid, location);
  if (event === null) {
    return null;
  }
  const [reference, current] = [count(grid, event, sides.reference), count(grid, event, sides.current)];
  return { event, referenceShare: reference.inEvent / Math.max(1, reference.rows), ...current };
}

function toEvent(grid: Grid, location: DriftLocation): DriftEvent | null {
  switch (location.kind) {
    case 'value':
      return { kind: location.moreBelow ? 'below' : 'at-or-above', threshold: location.value };
    case 'category':
      if (location.category !== null) {
        return { kind: 'category', category: location.category };
      }
      return grid.type === 'categorical' ? { kind: 'unseen', categories: grid.categories } : null;
    case 'missing':
      return { kind: 'missing' };
  }
}

/** How many samples there are and how many are in the event. A numeric event is a share of values, others of all samples. */
function count(grid: Grid, event: DriftEvent, { counts }: Counted): { rows: number; inEvent: number } {
  const all = sum(counts, 0, counts.length);
  switch (event.kind) {
    case 'missing':
      return { rows: all, inEvent: sum(counts, 0, CELL.unseen) };
    case 'below':
    case 'at-or-above': {
      const edges = grid.type === 'numeric' ? grid.edges : new Float64Array();
      const below = sum(counts, FIRST_CELL, FIRST_CELL + edges.indexOf(event.threshold) + 1);
      const values = sum(counts, FIRST_CELL, counts.length);
      return { rows: values, inEvent: event.kind === 'below' ? below : values - below };
    }
    case 'category': {
      const index = grid.type === 'categorical' ? grid.categories.indexOf(event.category) : -1;
      return { rows: sum(counts, CELL.unseen, counts.length), inEvent: counts[FIRST_CELL + index] ?? 0 };
    }
    case 'unseen':
      return { rows: sum(counts, CELL.unseen, counts.length), inEvent: counts[CELL.unseen] ?? 0 };
  }
}
