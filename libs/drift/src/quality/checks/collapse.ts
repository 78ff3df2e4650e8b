import { sum } from '../../grid/count-values.js';
import type { VariableComparison } from '../../grid/counted.js';
import { CELL, cellCount, FIRST_CELL } from '../../grid/grid.js';
import { shortNumber } from '../../wording.js';
import type { QualityCheck } from '../check-finding.js';
import { countedShares } from '../counted-share.js';

/** What nearly all answers have in common: no usable value, or one cell of the grid. */
type Answer = 'none' | number;

/**
 * Outputs that say the same whatever they are asked: no usable answer, one class, or one number in at least `share` of the
 * samples, and so much more often than in the baseline. A constant answer is well-formed and fast, so nothing else notices.
 *
 * The most frequent answer is chosen after looking, so Fisher's p counts once for each answer that it could have been
 * (Bonferroni). A share below the limit has p = 1: a change of the mix is drift and no collapse.
 */
export const collapse: QualityCheck<'collapse'> = {
  name: 'collapse',
  label: 'collapse',
  needsBaseline: true,
  find: (input, { share, minimumEffect }) => {
    const outputs = input.comparisons.filter(({ variable }) => variable.source === 'output');
    const findings = countedShares(
      { ...input, comparisons: outputs },
      {
        effectName: 'the rise of the share of one answer',
        predicate: (comparison) => predicateOf(comparison, mostFrequent(comparison)),
        minimumEffect,
        applies: () => true,
        count: (counts, comparison) => countOf(counts, mostFrequent(comparison)),
      },
    );
    return findings.map((finding, index) => {
      const { measured, n } = finding;
      if (measured === null) {
        return finding;
      }
      const comparison = outputs[index]!;
      const collapsed = countOf(comparison.current.counts, mostFrequent(comparison)) >= share * n;
      const pValue = collapsed
        ? Math.min(1, measured.pValue * (cellCount(comparison.grid) - FIRST_CELL + 1))
        : 1;
      return { ...finding, measured: { ...measured, pValue } };
    });
  },
};

/** The answer that most samples of the window have. */
function mostFrequent({ grid, current: { counts, moments } }: VariableComparison): Answer {
  let best: Answer = 'none';
  let most = countOf(counts, best);
  const consider = (cell: number): void => {
    if (counts[cell]! > most) {
      [best, most] = [cell, counts[cell]!];
    }
  };
  if (grid.type === 'categorical') {
    // Classes that the baseline does not know stand for one answer: a model that suddenly says only such is broken.
    consider(CELL.unseen);
  }
  // What lies beyond all values of the baseline is one answer only when it is one number.
  const constant = moments !== null && moments.min === moments.max;
  const last = counts.length - 1;
  for (let cell = FIRST_CELL; cell <= last; cell += 1) {
    if (grid.type === 'categorical' || constant || (cell > FIRST_CELL && cell < last)) {
      consider(cell);
    }
  }
  return best;
}

function countOf(counts: Float64Array, answer: Answer): number {
  return answer === 'none' ? sum(counts, 0, CELL.unseen) : counts[answer]!;
}

function predicateOf({ grid, current }: VariableComparison, answer: Answer): string {
  if (answer === 'none') {
    return 'has no usable value';
  }
  if (answer === CELL.unseen) {
    return 'has a class that the baseline does not know';
  }
  if (grid.type === 'categorical') {
    return `is ${JSON.stringify(grid.categories[answer - FIRST_CELL])}`;
  }
  const { moments } = current;
  const constant = moments !== null && moments.min === moments.max;
  return `is ${shortNumber(constant ? moments.min : grid.edges[answer - FIRST_CELL - 1]!)}`;
}
