import { CELL } from '../../grid/grid.js';
import type { QualityCheck } from '../check-finding.js';
import { countedShares } from '../counted-share.js';

/** Values of another type than the baseline's: a text where numbers are expected, a number where categories are. */
export const type: QualityCheck<'type'> = {
  name: 'type',
  label: 'type',
  needsBaseline: true,
  find: (input, { minimumEffect }) =>
    countedShares(input, {
      effectName: 'the rise of the share of another type',
      predicate: 'has a value of another type',
      minimumEffect,
      applies: () => true,
      count: (counts) => counts[CELL.wrongType]!,
    }),
};
