import { CELL } from '../../grid/grid.js';
import type { QualityCheck } from '../check-finding.js';
import { countedShares } from '../counted-share.js';

/**
 * Categories that the baseline does not know. One new value is no alarm, its share is: where the baseline is a sample of a
 * long-tailed variable, some values are new every day. Of a baseline with more categories than have a cell of their own
 * the rare ones count as unknown on both sides.
 */
export const newCategories: QualityCheck<'newCategories'> = {
  name: 'newCategories',
  label: 'new categories',
  needsBaseline: true,
  find: (input, { minimumEffect }) =>
    countedShares(input, {
      effectName: 'the rise of the share of unknown categories',
      predicate: 'has a category that the baseline does not know',
      minimumEffect,
      applies: ({ grid }) => grid.type === 'categorical',
      count: (counts) => counts[CELL.unseen]!,
    }),
};
