import { FIRST_CELL, type NumericGrid } from '../../grid/grid.js';
import { variableId } from '../../variables/variable.js';
import { countOf, shortNumber } from '../../wording.js';
import type { CheckFinding, QualityCheck } from '../check-finding.js';
import { countedShares, shareText } from '../counted-share.js';
import type { OutsideLimits } from '../quality-input.js';
import type { ValueLimits } from '../quality-monitor.js';
import { shareOfNone } from '../share-above.js';

/**
 * Values below the smallest or above the largest of the baseline, or outside the limits of the rule.
 *
 * Without limits the test is exact although the baseline chose its own ends: that the k largest of n + m values all lie in
 * the window has the probability C(n, k) / C(n + m, k), which is Fisher's for k against none.
 */
export const range: QualityCheck<'range'> = {
  name: 'range',
  label: 'range',
  needsBaseline: true,
  find: (input, { minimumEffect, limits }) => [
    ...countedShares(input, {
      effectName: 'the rise of the share out of range',
      predicate: 'is beyond every value of the baseline',
      minimumEffect,
      applies: ({ grid, variable }) =>
        grid.type === 'numeric' && grid.edges.length > 0 && limits[variableId(variable)] === undefined,
      count: (counts, { grid }) =>
        counts[FIRST_CELL]! + counts[FIRST_CELL + (grid as NumericGrid).edges.length]!,
    }),
    ...input.outside.flatMap((outside) => {
      const limit = limits[outside.variable];
      return limit === undefined ? [] : [beyondLimits(outside, limit, minimumEffect)];
    }),
  ],
};

/** Limits are the rule's, not learned: it promises that no value lies outside. */
function beyondLimits(
  { variable, values, below, above }: OutsideLimits,
  { min, max }: ValueLimits,
  minimumEffect: number,
): CheckFinding {
  const between = `between ${min === null ? 'anything' : shortNumber(min)} and ${max === null ? 'anything' : shortNumber(max)}`;
  const about = { variable, segment: '', about: 'limits', title: variable, n: values, m: 0, certain: true };
  const effectName = 'the share outside the limits';
  if (values === 0) {
    return { ...about, effectName, measured: null, finding: `${variable} has no values in the window` };
  }
  return {
    ...about,
    effectName,
    measured: shareOfNone(below + above, values, minimumEffect),
    finding: `${variable} must lie ${between}, and does not in ${shareText(below + above, values)} of ${countOf(values, 'value')} (${countOf(below, 'value')} below, ${countOf(above, 'value')} above)`,
  };
}
