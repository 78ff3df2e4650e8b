import { sum } from '../../grid/count-values.js';
import { CELL } from '../../grid/grid.js';
import type { QualityCheck } from '../check-finding.js';
import { countedShares } from '../counted-share.js';

/** Values that are null, absent, NaN or infinite. */
export const missing: QualityCheck<'missing'> = {
  name: 'missing',
  label: 'missing',
  needsBaseline: true,
  find: (input, { minimumEffect }) =>
    countedShares(input, {
      effectName: 'the rise of the share without a value',
      predicate: 'has no value',
      minimumEffect,
      applies: () => true,
      count: (counts) => sum(counts, 0, CELL.wrongType),
    }),
};
