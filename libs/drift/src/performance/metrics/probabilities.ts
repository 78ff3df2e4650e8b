import { SCORE_BINS, type PerformanceSums, type ScoreBin, type Sum } from '../performance-sums.js';
import type { PerformanceMetric } from './performance-metric.js';

/** Bins of the calibration error: ten are the custom (Guo and others 2017). */
const CALIBRATION_BINS = 10;

/**
 * Area under the receiver operating characteristic: the probability that a positive case has the higher score than a
 * negative one, ties counted half (Mann and Whitney). Scores that share a thousandth count as ties.
 */
export const rocAuc: PerformanceMetric = {
  name: 'rocAuc',
  label: 'ROC AUC',
  better: 'higher',
  relative: false,
  defaultMinimumEffect: 0.02,
  cases: labelledScores,
  value: (sums, { positive }) => {
    const byScore = positive === null ? [] : mergeSides(sums, SCORE_BINS);
    let below = 0;
    let pairs = 0;
    for (const bin of byScore) {
      const { hits, labelled } = bin;
      pairs += hits * (below + (labelled - hits) / 2);
      below += labelled - hits;
    }
    const positives = byScore.reduce((sum, { hits }) => sum + hits, 0);
    return positives === 0 || below === 0 ? null : pairs / (positives * below);
  },
};

/** Mean of `-ln` of the probability that the true class was given; a probability of 0 counts as 1e-15. */
export const logLoss = meanMetric('logLoss', 'log loss', (sums) => sums.logLoss, {
  relative: true,
  defaultMinimumEffect: 0.1,
});

/** Mean squared distance of the probabilities from what happened (G. Brier 1950); for several classes their sum. */
export const brier = meanMetric('brier', 'the Brier score', (sums) => sums.brier, {
  relative: false,
  defaultMinimumEffect: 0.02,
});

/** Expected calibration error: mean distance between what scores promise and what happens, over ten bins. */
export const calibrationError: PerformanceMetric = {
  name: 'calibrationError',
  label: 'the calibration error',
  better: 'lower',
  relative: false,
  defaultMinimumEffect: 0.02,
  cases: labelledScores,
  value: (sums) => {
    const total = labelledScores(sums);
    const gaps = mergeSides(sums, CALIBRATION_BINS).map(({ hits, scores }) => Math.abs(hits - scores));
    return total === 0 ? null : gaps.reduce((sum, gap) => sum + gap, 0) / total;
  },
};

function meanMetric(
  name: 'logLoss' | 'brier',
  label: string,
  of: (sums: PerformanceSums) => Sum,
  { relative, defaultMinimumEffect }: { relative: boolean; defaultMinimumEffect: number },
): PerformanceMetric {
  return {
    name,
    label,
    better: 'lower',
    relative,
    defaultMinimumEffect,
    cases: (sums) => of(sums).count,
    value: (sums) => (of(sums).count === 0 ? null : of(sums).sum / of(sums).count),
  };
}

/** Bins of scores whatever was predicted, `bins` of them. */
function mergeSides({ scores }: PerformanceSums, bins: number): ScoreBin[] {
  const merged = Array.from({ length: bins }, () => ({ predictions: 0, labelled: 0, hits: 0, scores: 0 }));
  for (const [key, bin] of scores) {
    const into = merged[Math.floor(((key >> 1) * bins) / SCORE_BINS)]!;
    into.predictions += bin.predictions;
    into.labelled += bin.labelled;
    into.hits += bin.hits;
    into.scores += bin.scores;
  }
  return merged;
}

function labelledScores({ scores }: PerformanceSums): number {
  let total = 0;
  for (const { labelled } of scores.values()) {
    total += labelled;
  }
  return total;
}
