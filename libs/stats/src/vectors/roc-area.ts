import { domainError } from '../domain-error.js';
import { normalQuantile, normalSurvival } from '../normal.js';
import type { Interval } from '../wilson-interval.js';

/** The area under a ROC curve, how well it is known, and whether it is above 1/2. */
export interface RocArea extends Interval {
  /** Chance that a positive scores higher than a negative, ties counted half. */
  readonly auc: number;
  /** DeLong's; 0 when all pairs agree. */
  readonly standardError: number;
  /** One-sided, for an area above 1/2. */
  readonly pValue: number;
}

/** Scores in order, with what ties share out. */
interface Ranks {
  /** Rank of every score, of equal ones the mean of theirs, from 1. */
  readonly ranks: Float64Array;
  /** `sum t^3 - t` over groups of `t` equal scores. */
  readonly ties: number;
}

/**
 * The area under the ROC curve of scores of positives and negatives.
 *
 * - Area: Mann & Whitney's U over the number of pairs.
 * - Standard error: DeLong, DeLong & Clarke-Pearson, Biometrics 44 (1988), 837-845, from ranks (Sun & Xu, IEEE Signal
 *   Processing Letters 21 (2014), 1389-1393).
 * - Interval: on the logit scale, so that it stays between 0 and 1 (M. S. Pepe, The Statistical Evaluation of Medical Tests,
 *   2003, 5.2). When all pairs agree DeLong's error is 0 and knows nothing; then, of `min(n, m)` pairs without a common score
 *   all came out alike, and at least a share of `(1 - confidence)^(1 / min(n, m))` of all pairs does.
 * - P-value: the normal law of U with its variance under ties and a correction for continuity, as
 *   `scipy.stats.mannwhitneyu(alternative='greater', method='asymptotic')`: good from some 10 scores on either side.
 *
 * O(N log N).
 *
 * @param confidence of the interval, in (0, 1)
 * @throws AppError `stats.domain` unless there are two scores on either side at least, none NaN
 */
export function rocArea(positives: Float64Array, negatives: Float64Array, confidence: number): RocArea {
  const [n, m] = [positives.length, negatives.length];
  if (!(n >= 2 && m >= 2 && confidence > 0 && confidence < 1)) {
    throw domainError(
      'An area under a ROC curve',
      'two scores of either kind and a confidence between 0 and 1',
      {
        n,
        m,
        confidence,
      },
    );
  }
  if (positives.some(Number.isNaN) || negatives.some(Number.isNaN)) {
    throw domainError('An area under a ROC curve', 'scores that are numbers', { score: Number.NaN });
  }
  const pooled = new Float64Array(n + m);
  pooled.set(positives);
  pooled.set(negatives, n);
  const { ranks, ties } = midranks(pooled);
  // Ranks among all less ranks among its own kind: how many of the other kind lie below.
  const above = shareOfOthers(ranks.subarray(0, n), midranks(positives).ranks, m);
  const below = shareOfOthers(ranks.subarray(n), midranks(negatives).ranks, n);
  const auc = mean(above);
  const standardError = Math.sqrt(variance(above) / n + variance(below) / m);
  return {
    auc,
    standardError,
    ...(standardError > 0
      ? logitInterval(auc, standardError, confidence)
      : uniformInterval(auc, Math.min(n, m), confidence)),
    pValue: mannWhitney(auc * n * m, { n, m, ties }),
  };
}

function midranks(scores: Float64Array): Ranks {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  const ranks = new Float64Array(scores.length);
  let ties = 0;
  for (let first = 0; first < order.length;) {
    let end = first + 1;
    while (end < order.length && scores[order[end]!] === scores[order[first]!]) {
      end += 1;
    }
    for (let index = first; index < end; index += 1) {
      ranks[order[index]!] = (first + 1 + end) / 2;
    }
    ties += (end - first) ** 3 - (end - first);
    first = end;
  }
  return { ranks, ties };
}

function shareOfOthers(among: Float64Array, own: Float64Array, others: number): Float64Array {
  return among.map((rank, index) => (rank - own[index]!) / others);
}

function logitInterval(auc: number, standardError: number, confidence: number): Interval {
  const logit = Math.log(auc / (1 - auc));
  const half = (normalQuantile((1 + confidence) / 2) * standardError) / (auc * (1 - auc));
  return { low: 1 / (1 + Math.exp(half - logit)), high: 1 / (1 + Math.exp(-half - logit)) };
}

/** All pairs are alike: won, lost, or equal. */
function uniformInterval(auc: number, pairs: number, confidence: number): Interval {
  const alike = (1 - confidence) ** (1 / pairs);
  return { low: auc * alike, high: 1 - (1 - auc) * alike };
}

function mannWhitney(u: number, { n, m, ties }: { n: number; m: number; ties: number }): number {
  const total = n + m;
  const spread = Math.sqrt(((n * m) / 12) * (total + 1 - ties / (total * (total - 1))));
  return spread > 0 ? normalSurvival((u - (n * m) / 2 - 0.5) / spread) : 1;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** With n - 1 below the line. */
function variance(values: Float64Array): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
