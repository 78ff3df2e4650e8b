import type { DriftEvent } from '../explain/drift-event.js';
import type { VariableComparison } from '../grid/counted.js';
import { CELL, FIRST_CELL } from '../grid/grid.js';
import type { QualityCheckName } from './quality-monitor.js';

/** What the samples that a check found have in common, to look for some of them; `null` where no single sample shows it. */
export function checkEvent(
  check: QualityCheckName,
  { grid, current: { counts } }: Pick<VariableComparison, 'grid' | 'current'>,
): DriftEvent | null {
  if (check === 'missing' || check === 'type') {
    return { kind: 'missing' };
  }
  if (check === 'newCategories' && grid.type === 'categorical' && counts[CELL.unseen]! > 0) {
    return { kind: 'unseen', categories: grid.categories };
  }
  if (check === 'range' && grid.type === 'numeric' && grid.edges.length > 0) {
    const last = grid.edges.length - 1;
    return counts[FIRST_CELL]! > counts[FIRST_CELL + last + 1]!
      ? { kind: 'below', threshold: grid.edges[0]! }
      : { kind: 'at-or-above', threshold: grid.edges[last]! };
  }
  return null;
}
