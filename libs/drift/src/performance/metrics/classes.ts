import { classesOf, classPair, type PerformanceSums } from '../performance-sums.js';
import { shareMetric, type PerformanceMetric, type Share } from './performance-metric.js';

/** Share of predictions whose class is right. */
export const accuracy = shareMetric({
  name: 'accuracy',
  label: 'accuracy',
  better: 'higher',
  defaultMinimumEffect: 0.02,
  share: ({ correct, classified }) => ({ k: correct, n: classified }),
});

/** Of the cases predicted positive, the share that are; without a positive class the mean over the classes predicted. */
export const precision = averaged('precision', 'precision', (cell, { predicted }) => ({
  k: cell(predicted, predicted),
  n: cell(predicted, null),
}));

/** Of the positive cases, the share predicted so; without a positive class the mean over the true classes. */
export const recall = averaged('recall', 'recall', (cell, { truth }) => ({
  k: cell(truth, truth),
  n: cell(null, truth),
}));

/** Of the negative cases, the share predicted positive. */
export const falsePositiveRate = shareMetric({
  name: 'falsePositiveRate',
  label: 'the false-positive rate',
  better: 'lower',
  defaultMinimumEffect: 0.02,
  share: (sums, { positive }) => {
    if (positive === null) {
      return null;
    }
    const { tp, fp, fn } = binary(sums, positive);
    return { k: fp, n: sums.classified - tp - fn };
  },
});

/** Harmonic mean of precision and recall; without a positive class the mean over all classes. */
export const f1: PerformanceMetric = {
  name: 'f1',
  label: 'F1',
  better: 'higher',
  relative: false,
  defaultMinimumEffect: 0.02,
  cases: ({ classified }) => classified,
  value: (sums, { positive }) => {
    const classes = positive === null ? allClasses(sums) : [positive];
    const scores = classes.map((each) => {
      const { tp, fp, fn } = binary(sums, each);
      return (2 * tp) / Math.max(1, 2 * tp + fp + fn);
    });
    const judged =
      positive === null ? sums.classified > 0 : binary(sums, positive).tp + binary(sums, positive).fn > 0;
    return judged ? meanOf(scores) : null;
  },
};

type Cell = (predicted: string | null, truth: string | null) => number;

/** A share for the positive class, and the plain mean of it over the classes where there is none. */
function averaged(
  name: 'precision' | 'recall',
  label: string,
  of: (cell: Cell, pair: { predicted: string; truth: string }) => Share,
): PerformanceMetric {
  const shareOf = (sums: PerformanceSums, each: string): Share =>
    of((predicted, truth) => count(sums, predicted, truth), { predicted: each, truth: each });
  return {
    name,
    label,
    better: 'higher',
    relative: false,
    defaultMinimumEffect: 0.02,
    share: (sums, { positive }) => (positive === null ? null : shareOf(sums, positive)),
    cases: (sums, { positive }) => (positive === null ? sums.classified : shareOf(sums, positive).n),
    value: (sums, { positive }) => {
      const shares = (positive === null ? allClasses(sums) : [positive]).map((each) => shareOf(sums, each));
      if (positive !== null) {
        const [{ k, n }] = shares as [Share];
        return n === 0 ? null : k / n;
      }
      // A class that occurs on one side only counts as 0, as it does everywhere.
      return shares.length === 0 ? null : meanOf(shares.map(({ k, n }) => (n === 0 ? 0 : k / n)));
    },
  };
}

function count({ confusion }: PerformanceSums, predicted: string | null, truth: string | null): number {
  if (predicted !== null && truth !== null) {
    return confusion.get(classPair(predicted, truth)) ?? 0;
  }
  let total = 0;
  for (const [pair, cases] of confusion) {
    const classes = classesOf(pair);
    if (
      (predicted === null || classes.predicted === predicted) &&
      (truth === null || classes.truth === truth)
    ) {
      total += cases;
    }
  }
  return total;
}

function binary(sums: PerformanceSums, positive: string): { tp: number; fp: number; fn: number } {
  const tp = count(sums, positive, positive);
  return { tp, fp: count(sums, positive, null) - tp, fn: count(sums, null, positive) - tp };
}

function allClasses({ confusion }: PerformanceSums): string[] {
  return [
    ...new Set([...confusion.keys()].flatMap((pair) => [classesOf(pair).predicted, classesOf(pair).truth])),
  ];
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
