import { groupJackknife, isotonicRegression, studentQuantile } from '@tidewatch/stats';
import { CONFIDENCE } from '../metrics/drift-metric.js';
import { onlyCountOf } from '../wording.js';
import { groupPerformance } from './measure-metric.js';
import { SCORE_BINS, type PerformanceSums, type ScoreBin } from './performance-sums.js';

/** Accuracy as scores promise it, before any label is known. */
export interface EstimatedAccuracy {
  readonly accuracy: number;
  /** Ends of a 95 % interval, which holds as long as scores mean what they meant in the reference. */
  readonly low: number;
  readonly high: number;
  /** Predictions with a score, and labelled ones that the scores were calibrated by. */
  readonly n: number;
  readonly m: number;
}

/** Why there is no estimate. */
export interface NoEstimate {
  readonly off: string;
}

/** Fewer labelled scores make no calibration. */
const LEAST_LABELLED = 500;
/** The estimate rests on scores that the reference knows: more than this share beyond them switches it off. */
const LARGEST_UNSUPPORTED = 0.02;
/** A score is known when labelled ones lie within so many thousandths of it. */
const REACH = 10;

/**
 * Confidence-based performance estimation: scores are calibrated by the labels of a reference (isotonic regression), and the
 * accuracy of predictions without labels is the mean of the calibrated probabilities that they are right (NannyML's CBPE;
 * the idea is Guerra and others'). The interval adds the spread of outcomes under those probabilities and the uncertainty of
 * the calibration, by leaving out groups of the reference.
 *
 * It is an estimate: inputs may move, as long as a score still means what it meant. Where scores lie outside the reference
 * nobody knows what they mean, and there is none.
 *
 * @param groups labelled predictions of the reference, in groups by a hash of their id
 */
export function estimateAccuracy(
  current: PerformanceSums,
  groups: readonly PerformanceSums[],
  context: { readonly positive: string | null },
): EstimatedAccuracy | NoEstimate {
  const { whole, without } = groupPerformance(groups);
  const m = total(whole, ({ labelled }) => labelled);
  const n = total(current, ({ predictions }) => predictions);
  if (m < LEAST_LABELLED) {
    return {
      off: `${onlyCountOf(m, 'labelled score')} are known to calibrate by, and it takes ${LEAST_LABELLED}`,
    };
  }
  if (n === 0) {
    return { off: 'the window has no predictions with a score' };
  }
  const unsupported = unsupportedShare(current, whole) / n;
  if (unsupported > LARGEST_UNSUPPORTED) {
    return {
      off: `${(100 * unsupported).toFixed(1)} % of the scores lie where the reference has none, so that nobody knows what they mean`,
    };
  }
  const { accuracy, variance } = apply(current, calibration(whole), context);
  const calibrationError = groupJackknife(
    without.map((sums) => apply(current, calibration(sums), context).accuracy),
  );
  const half =
    studentQuantile((1 + CONFIDENCE) / 2, groups.length - 1) *
    Math.hypot(Math.sqrt(variance), calibrationError);
  return { accuracy, low: Math.max(0, accuracy - half), high: Math.min(1, accuracy + half), n, m };
}

/** The probability of the event by bin of scores. Bins without labels take that of the nearest one with. */
function calibration({ scores }: PerformanceSums): Float64Array {
  const bins = Array.from({ length: SCORE_BINS }, () => ({ labelled: 0, hits: 0 }));
  for (const [key, { labelled, hits }] of scores) {
    const bin = bins[key >> 1]!;
    bin.labelled += labelled;
    bin.hits += hits;
  }
  const known = bins.flatMap(({ labelled }, index) => (labelled > 0 ? [index] : []));
  const fitted = isotonicRegression(
    known.map((index) => bins[index]!.hits / bins[index]!.labelled),
    known.map((index) => bins[index]!.labelled),
  );
  const probabilities = new Float64Array(SCORE_BINS);
  let next = 0;
  for (let index = 0; index < SCORE_BINS; index += 1) {
    while (next < known.length - 1 && Math.abs(known[next + 1]! - index) <= Math.abs(known[next]! - index)) {
      next += 1;
    }
    probabilities[index] = fitted[next] ?? 0;
  }
  return probabilities;
}

function apply(
  { scores }: PerformanceSums,
  probabilities: Float64Array,
  { positive }: { readonly positive: string | null },
): { readonly accuracy: number; readonly variance: number } {
  let n = 0;
  let right = 0;
  let variance = 0;
  for (const [key, { predictions }] of scores) {
    const event = probabilities[key >> 1]!;
    // With a positive class the event is that it is true: who predicted another is right when it is not.
    const correct = positive === null || (key & 1) === 1 ? event : 1 - event;
    n += predictions;
    right += predictions * correct;
    variance += predictions * correct * (1 - correct);
  }
  return { accuracy: right / n, variance: variance / (n * n) };
}

/** Predictions whose score lies further than {@link REACH} bins from any labelled one. */
function unsupportedShare(current: PerformanceSums, reference: PerformanceSums): number {
  const near = new Uint8Array(SCORE_BINS);
  for (const [key, { labelled }] of reference.scores) {
    if (labelled > 0) {
      const bin = key >> 1;
      near.fill(1, Math.max(0, bin - REACH), Math.min(SCORE_BINS, bin + REACH + 1));
    }
  }
  let outside = 0;
  for (const [key, { predictions }] of current.scores) {
    outside += near[key >> 1] === 1 ? 0 : predictions;
  }
  return outside;
}

function total({ scores }: PerformanceSums, of: (bin: ScoreBin) => number): number {
  let sum = 0;
  for (const bin of scores.values()) {
    sum += of(bin);
  }
  return sum;
}
