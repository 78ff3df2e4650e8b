import {
  binomialConfidenceSequence,
  quantileConfidenceSequence,
  timeUniformCdfHalfWidth,
} from '@tidewatch/stats';
import type { Arm, Weighted, WeightedCounts } from './arm.js';
import type { CanaryMargins } from './canary-input.js';
import { binEnd } from './value-bins.js';

/** What a metric says of two arms: larger effects are worse. */
export interface ArmDifference {
  readonly control: number | null;
  readonly candidate: number | null;
  readonly effect: number;
  /** Ends of an interval that holds at all looks at once; infinite where there is no end yet. */
  readonly low: number;
  readonly high: number;
  readonly n: number;
  readonly m: number;
}

/** A metric that arms are compared by. */
export interface CanaryMetricRule {
  readonly name: string;
  readonly label: string;
  readonly margin: keyof CanaryMargins;
  /**
   * @param alpha probability that the interval ever misses the truth
   * @returns `null` where an arm lacks what it takes
   */
  readonly compare: (control: Arm, candidate: Arm, alpha: number) => ArmDifference | null;
}

const LEVEL = 0.95;

/** All metrics that arms are compared by. */
export const canaryMetrics: readonly CanaryMetricRule[] = [
  {
    name: 'success',
    label: 'success rate',
    margin: 'success',
    compare: (control, candidate, alpha) =>
      rateLoss(
        { size: control.requests, good: control.requests.total - control.failures },
        { size: candidate.requests, good: candidate.requests.total - candidate.failures },
        alpha,
      ),
  },
  {
    name: 'latency',
    label: 'latency p95',
    margin: 'latency',
    compare: (control, candidate, alpha) => latencyRise(control.latencies, candidate.latencies, alpha),
  },
  {
    name: 'accuracy',
    label: 'accuracy',
    margin: 'accuracy',
    compare: (control, candidate, alpha) =>
      rateLoss(
        { size: control.labelled, good: control.correct },
        { size: candidate.labelled, good: candidate.correct },
        alpha,
      ),
  },
  {
    name: 'label-drift',
    label: 'predicted classes',
    margin: 'drift',
    compare: (control, candidate, alpha) => shareDistance(control.labels, candidate.labels, alpha),
  },
  {
    name: 'score-drift',
    label: 'scores',
    margin: 'drift',
    compare: (control, candidate, alpha) => cdfDistance(control.scores, candidate.scores, alpha),
  },
  {
    name: 'value-drift',
    label: 'predicted values',
    margin: 'drift',
    compare: (control, candidate, alpha) => cdfDistance(control.values, candidate.values, alpha),
  },
];

interface Rate {
  readonly size: Weighted;
  readonly good: number;
}

/** By how much the rate of good requests is lower: the confidence sequences of both rates, each at half of alpha. */
function rateLoss(control: Rate, candidate: Rate, alpha: number): ArmDifference | null {
  if (control.size.samples === 0 || candidate.size.samples === 0) {
    return null;
  }
  const [p, q] = [control.good / control.size.total, candidate.good / candidate.size.total];
  const sequence = (rate: number, { effective }: Weighted) =>
    binomialConfidenceSequence(clip(rate) * effective, effective, alpha / 2);
  const [before, now] = [sequence(p, control.size), sequence(q, candidate.size)];
  return {
    control: p,
    candidate: q,
    effect: p - q,
    low: before.low - now.high,
    high: before.high - now.low,
    ...sizes(control.size, candidate.size),
  };
}

/** The relative rise of the 95th percentile, between the ends of what either may be. */
function latencyRise(
  control: WeightedCounts<number>,
  candidate: WeightedCounts<number>,
  alpha: number,
): ArmDifference | null {
  if (control.size.samples === 0 || candidate.size.samples === 0) {
    return null;
  }
  const bounds = (arm: WeightedCounts<number>) => {
    const { low, high } = quantileConfidenceSequence(arm.size.effective, LEVEL, alpha / 2);
    return {
      value: quantile(arm, LEVEL),
      low: quantile(arm, low),
      // Beyond the largest value nobody knows where the quantile lies.
      high: high >= 1 ? Infinity : quantile(arm, high),
    };
  };
  const [before, now] = [bounds(control), bounds(candidate)];
  return {
    control: before.value,
    candidate: now.value,
    effect: now.value / before.value - 1,
    low: before.high === Infinity ? -1 : now.low / before.high - 1,
    high: now.high === Infinity || before.low === 0 ? Infinity : now.high / before.low - 1,
    ...sizes(control.size, candidate.size),
  };
}

/** The largest distance of the distribution functions, and the time-uniform bands around both. */
function cdfDistance(
  control: WeightedCounts<number>,
  candidate: WeightedCounts<number>,
  alpha: number,
): ArmDifference | null {
  const keys = [...new Set([...control.counts.keys(), ...candidate.counts.keys()])].sort((a, b) => a - b);
  let [below, under] = [0, 0];
  let distance = 0;
  for (const key of keys) {
    below += (control.counts.get(key) ?? 0) / control.size.total;
    under += (candidate.counts.get(key) ?? 0) / candidate.size.total;
    distance = Math.max(distance, Math.abs(below - under));
  }
  return distanceOf(control, candidate, distance, alpha);
}

/**
 * The largest change of a class's share. A share is a difference of two values of the distribution function over classes in
 * any order, and one class against all others is a distribution function of two values: so the band holds for it.
 */
function shareDistance(
  control: WeightedCounts<string>,
  candidate: WeightedCounts<string>,
  alpha: number,
): ArmDifference | null {
  const keys = new Set([...control.counts.keys(), ...candidate.counts.keys()]);
  const changes = [...keys].map((key) =>
    Math.abs(
      (control.counts.get(key) ?? 0) / control.size.total -
        (candidate.counts.get(key) ?? 0) / candidate.size.total,
    ),
  );
  // All classes at once: each has a band of its own.
  return distanceOf(control, candidate, Math.max(0, ...changes), alpha / Math.max(1, keys.size));
}

function distanceOf(
  control: WeightedCounts<unknown>,
  candidate: WeightedCounts<unknown>,
  effect: number,
  alpha: number,
): ArmDifference | null {
  const { size: before } = control;
  const { size: now } = candidate;
  if (before.effective < 1 || now.effective < 1) {
    return null;
  }
  const width =
    timeUniformCdfHalfWidth(before.effective, alpha / 2) + timeUniformCdfHalfWidth(now.effective, alpha / 2);
  return {
    control: null,
    candidate: null,
    effect,
    low: Math.max(0, effect - width),
    high: Math.min(1, effect + width),
    ...sizes(before, now),
  };
}

/** The smallest end of a bin at or below which at least the share `level` lies. */
function quantile({ counts, size }: WeightedCounts<number>, level: number): number {
  let below = 0;
  let last = 0;
  for (const [bin, count] of [...counts].sort(([a], [b]) => a - b)) {
    below += count;
    last = binEnd(bin);
    if (below >= level * size.total * (1 - 1e-12)) {
      return last;
    }
  }
  return last;
}

function sizes(control: Weighted, candidate: Weighted): { readonly n: number; readonly m: number } {
  return { n: control.samples, m: candidate.samples };
}

function clip(rate: number): number {
  return Math.min(1, Math.max(0, rate));
}
