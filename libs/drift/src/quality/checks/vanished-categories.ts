import { rowsOf } from '../../grid/count-values.js';
import type { VariableComparison } from '../../grid/counted.js';
import { FIRST_CELL, type CategoricalGrid } from '../../grid/grid.js';
import { variableId } from '../../variables/variable.js';
import { countOf, listOf } from '../../wording.js';
import type { CheckFinding, QualityCheck } from '../check-finding.js';
import { shareText } from '../counted-share.js';
import { shareAbove } from '../share-above.js';

const NAMED = 3;

/**
 * Categories of the baseline that no sample of the window has. Tested by the most frequent of them: Fisher's exact p that a
 * category of its share is absent by chance, times the number of categories that could have been it (Bonferroni).
 */
export const vanishedCategories: QualityCheck<'vanishedCategories'> = {
  name: 'vanishedCategories',
  label: 'vanished categories',
  needsBaseline: true,
  find: ({ comparisons, monitor }, { minimumEffect }) =>
    comparisons
      .filter(({ grid }) => grid.type === 'categorical')
      .filter(({ current, reference }) => {
        const fewest = Math.min(rowsOf(current), rowsOf(reference));
        return fewest >= Math.max(1, monitor.minimumSamples);
      })
      .map((comparison) => vanished(comparison, minimumEffect)),
};

function vanished(comparison: VariableComparison, minimumEffect: number): CheckFinding {
  const { variable, segment, grid, current, reference } = comparison;
  const { categories } = grid as CategoricalGrid;
  const [n, m] = [rowsOf(current), rowsOf(reference)];
  const before = (index: number): number => reference.counts[FIRST_CELL + index]!;
  const gone = categories
    .map((name, index) => ({ name, index }))
    .filter(({ index }) => before(index) > 0 && current.counts[FIRST_CELL + index] === 0)
    .sort((a, b) => before(b.index) - before(a.index));
  const title = `${variableId(variable)}${segment === '' ? '' : ` in ${segment}`}`;
  const [largest] = gone;
  const lost = largest === undefined ? 0 : before(largest.index);
  const measured = shareAbove({ k: lost, n: m }, { l: 0, m: n }, minimumEffect);
  const names = listOf(
    gone.map(({ name }) => JSON.stringify(name)),
    NAMED,
  );
  return {
    variable: variableId(variable),
    segment,
    about: '',
    title,
    effectName: 'the share that the lost category had',
    n,
    m,
    measured: { ...measured, pValue: Math.min(1, measured.pValue * categories.length) },
    certain: false,
    finding:
      largest === undefined
        ? `${title} has every category of the baseline in ${countOf(n, 'sample')}`
        : `${title} has ${names} no more in ${countOf(n, 'sample')}; ${JSON.stringify(largest.name)} was ${shareText(lost, m)} of the baseline`,
  };
}
