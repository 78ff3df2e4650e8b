import {
  addPerformance,
  classPair,
  NO_PERFORMANCE,
  PERFORMANCE_GROUPS,
  SCORE_BINS,
  scoreBin,
  type PerformanceSums,
} from '@tidewatch/drift';

/** One prediction, and its truth where that is known. */
export interface PerformanceRow {
  readonly predicted?: string;
  readonly truth?: string;
  /** Probability of the event: the positive class, or that the predicted one is right. */
  readonly score?: number;
  readonly value?: number;
  readonly trueValue?: number;
  readonly outcome?: number;
}

/** The sums of rows, in groups in turn. */
export function performanceGroups(
  rows: readonly PerformanceRow[],
  positive: string | null = null,
): PerformanceSums[] {
  const groups = Array.from({ length: PERFORMANCE_GROUPS }, (): PerformanceSums[] => []);
  rows.forEach((row, index) => groups[index % PERFORMANCE_GROUPS]!.push(sumsOf(row, positive)));
  return groups.map(total);
}

/** Halves first: adding copies the bins of both sides, and one row at a time would copy all of them for every row. */
function total(sums: readonly PerformanceSums[]): PerformanceSums {
  if (sums.length <= 1) {
    return sums[0] ?? NO_PERFORMANCE;
  }
  const middle = sums.length >> 1;
  return addPerformance(total(sums.slice(0, middle)), total(sums.slice(middle)));
}

function sumsOf(row: PerformanceRow, positive: string | null): PerformanceSums {
  const { predicted, truth, score, value, trueValue, outcome } = row;
  const classified = predicted !== undefined && truth !== undefined;
  const hit = positive === null ? predicted === truth : truth === positive;
  const binned = score !== undefined && predicted !== undefined;
  const bin = {
    predictions: 1,
    labelled: classified ? 1 : 0,
    hits: classified && hit ? 1 : 0,
    scores: classified ? (score ?? 0) : 0,
  };
  const scored = binned && classified;
  const likelihood = hit ? (score ?? 0) : 1 - (score ?? 0);
  const numeric = value !== undefined && trueValue !== undefined;
  const error = numeric ? value - trueValue : 0;
  return {
    predictions: 1,
    labelled: classified || numeric || outcome !== undefined ? 1 : 0,
    classified: classified ? 1 : 0,
    correct: classified && predicted === truth ? 1 : 0,
    confusion: classified ? new Map([[classPair(predicted, truth), 1]]) : new Map(),
    logLoss: scored ? { count: 1, sum: -Math.log(Math.max(likelihood, 1e-15)) } : { count: 0, sum: 0 },
    brier: scored ? { count: 1, sum: (1 - likelihood) ** 2 } : { count: 0, sum: 0 },
    scores: binned
      ? new Map([
          [
            scoreBin(
              Math.min(SCORE_BINS - 1, Math.floor(score * SCORE_BINS + 1e-9)),
              positive === null || predicted === positive,
            ),
            bin,
          ],
        ])
      : new Map(),
    errors: {
      error,
      absolute: Math.abs(error),
      squared: error ** 2,
      truth: numeric ? { count: 1, mean: trueValue, m2: 0 } : { count: 0, mean: 0, m2: 0 },
    },
    outcome: outcome === undefined ? { count: 0, sum: 0 } : { count: 1, sum: outcome },
  };
}
