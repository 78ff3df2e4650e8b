import { mergeMoments, type MomentSums } from '@tidewatch/stats';

/** Predictions whose score lies in one bin. */
export interface ScoreBin {
  readonly predictions: number;
  /** Those with a label, and those of them that the event happened for. */
  readonly labelled: number;
  readonly hits: number;
  /** Sum of the scores of those with a label. */
  readonly scores: number;
}

/** A sum of so many terms. */
export interface Sum {
  readonly count: number;
  readonly sum: number;
}

/** True values and the errors of predicted ones. */
export interface ErrorSums {
  /** Sums of `predicted - true`, of its absolute value and of its square. */
  readonly error: number;
  readonly absolute: number;
  readonly squared: number;
  /** Count, mean and sum of squared distances of the true values. */
  readonly truth: Pick<MomentSums, 'count' | 'mean' | 'm2'>;
}

/**
 * What predictions and their labels sum up to: enough for every metric, and mergeable.
 *
 * Where the rule names a positive class the event is that it is true, and the score is the probability of it. Where it
 * does not the event is that the predicted class is right, and the score is the confidence.
 */
export interface PerformanceSums {
  readonly predictions: number;
  readonly labelled: number;
  /** Predictions with both a predicted and a true class, and those where they agree. */
  readonly classified: number;
  readonly correct: number;
  /** How often each pair of classes occurred; see {@link classPair}. */
  readonly confusion: ReadonlyMap<string, number>;
  readonly logLoss: Sum;
  readonly brier: Sum;
  /** Bins of a thousandth, by {@link scoreBin}. */
  readonly scores: ReadonlyMap<number, ScoreBin>;
  readonly errors: ErrorSums;
  readonly outcome: Sum;
}

/** Bins of scores from 0 to 1. */
export const SCORE_BINS = 1_000;

/** Nothing yet. */
export const NO_PERFORMANCE: PerformanceSums = {
  predictions: 0,
  labelled: 0,
  classified: 0,
  correct: 0,
  confusion: new Map(),
  logLoss: { count: 0, sum: 0 },
  brier: { count: 0, sum: 0 },
  scores: new Map(),
  errors: { error: 0, absolute: 0, squared: 0, truth: { count: 0, mean: 0, m2: 0 } },
  outcome: { count: 0, sum: 0 },
};

/** Key of a pair of classes. */
export function classPair(predicted: string, truth: string): string {
  return `${predicted}\0${truth}`;
}

/** The two classes of a {@link classPair}. */
export function classesOf(pair: string): { readonly predicted: string; readonly truth: string } {
  const [predicted = '', truth = ''] = pair.split('\0');
  return { predicted, truth };
}

/** Number of a bin: predictions of the event and others with the same score are kept apart. */
export function scoreBin(index: number, predictedEvent: boolean): number {
  return 2 * index + (predictedEvent ? 1 : 0);
}

/** The sums of two disjoint sets of predictions together. */
export function addPerformance(a: PerformanceSums, b: PerformanceSums): PerformanceSums {
  const truth = mergeMoments({ ...NO_HIGHER, ...a.errors.truth }, { ...NO_HIGHER, ...b.errors.truth });
  return {
    predictions: a.predictions + b.predictions,
    labelled: a.labelled + b.labelled,
    classified: a.classified + b.classified,
    correct: a.correct + b.correct,
    confusion: addMaps(a.confusion, b.confusion, (x, y) => x + y),
    logLoss: addSums(a.logLoss, b.logLoss),
    brier: addSums(a.brier, b.brier),
    scores: addMaps(a.scores, b.scores, addBins),
    errors: {
      error: a.errors.error + b.errors.error,
      absolute: a.errors.absolute + b.errors.absolute,
      squared: a.errors.squared + b.errors.squared,
      truth: { count: truth.count, mean: truth.mean, m2: truth.m2 },
    },
    outcome: addSums(a.outcome, b.outcome),
  };
}

/** The sums of all parts together. */
export function sumPerformance(parts: readonly PerformanceSums[]): PerformanceSums {
  return parts.reduce(addPerformance, NO_PERFORMANCE);
}

const NO_HIGHER = { m3: 0, m4: 0, min: 0, max: 0 };

function addSums(a: Sum, b: Sum): Sum {
  return { count: a.count + b.count, sum: a.sum + b.sum };
}

function addBins(a: ScoreBin, b: ScoreBin): ScoreBin {
  return {
    predictions: a.predictions + b.predictions,
    labelled: a.labelled + b.labelled,
    hits: a.hits + b.hits,
    scores: a.scores + b.scores,
  };
}

function addMaps<K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>, add: (x: V, y: V) => V): Map<K, V> {
  const [large, small] = a.size >= b.size ? [a, b] : [b, a];
  const merged = new Map(large);
  for (const [key, value] of small) {
    const before = merged.get(key);
    merged.set(key, before === undefined ? value : add(before, value));
  }
  return merged;
}
