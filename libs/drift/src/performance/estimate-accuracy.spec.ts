import { describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { performanceGroups, type PerformanceRow } from '../../../../test/harness/performance-rows.js';
import { backTest } from './back-test.js';
import { estimateAccuracy, type EstimatedAccuracy } from './estimate-accuracy.js';
import { sumPerformance, type PerformanceSums } from './performance-sums.js';

const random = seededRandom(31);
const context = { positive: 'yes' };

/** Scores that promise too much: the truth is less sure than they are. The mean says how hard the cases are. */
const cases = (size: number, spread: number, flipped = 0): PerformanceRow[] =>
  Array.from({ length: size }, () => {
    const logit = spread * seededNormal(random);
    const probability = 1 / (1 + Math.exp(-logit));
    const truth = random() < probability !== random() < flipped;
    const score = 1 / (1 + Math.exp(-2 * logit));
    return { predicted: score >= 0.5 ? 'yes' : 'no', truth: truth ? 'yes' : 'no', score };
  });
const accuracyOf = (rows: readonly PerformanceRow[]): number =>
  rows.filter(({ predicted, truth }) => predicted === truth).length / rows.length;
const hidden = (rows: readonly PerformanceRow[]) =>
  sumPerformance(
    performanceGroups(
      rows.map(({ predicted, score }) => ({ predicted: predicted!, score: score! })),
      'yes',
    ),
  );
/** A reference, grouped once for all estimates by it. */
const grouped = (rows: readonly PerformanceRow[]): readonly PerformanceSums[] =>
  performanceGroups(rows, 'yes');
const estimated = (
  rows: readonly PerformanceRow[],
  reference: readonly PerformanceSums[],
): EstimatedAccuracy => {
  const result = estimateAccuracy(hidden(rows), reference, context);
  if ('off' in result) {
    throw new Error(result.off);
  }
  return result;
};

describe('accuracy without labels', () => {
  test('harder cases lower it, as labels confirm, although the scores promise too much', () => {
    const reference = grouped(cases(20_000, 2));
    for (const spread of [2, 1.5, 1]) {
      const rows = cases(5_000, spread);
      const { accuracy, low, high } = estimated(rows, reference);
      const truth = accuracyOf(rows);
      expect(Math.abs(accuracy - truth)).toBeLessThan(0.02);
      expect(low).toBeLessThan(accuracy);
      expect(high).toBeGreaterThan(accuracy);
      // The scores themselves would say far more.
      const promised = rows.reduce((sum, { score }) => sum + Math.max(score!, 1 - score!), 0) / rows.length;
      expect(promised - truth).toBeGreaterThan(0.05);
    }
  });

  test('its interval holds the truth about 95 times in 100', () => {
    const reference = grouped(cases(5_000, 2));
    let misses = 0;
    for (let run = 0; run < 100; run += 1) {
      const rows = cases(1_000, 1.5);
      const { low, high } = estimated(rows, reference);
      const truth = accuracyOf(rows);
      misses += low <= truth && truth <= high ? 0 : 1;
    }
    // 5 are expected; one reference serves all runs, so that they miss together.
    expect(misses).toBeLessThanOrEqual(15);
  });

  test('a concept that changed goes unseen: it is an estimate', () => {
    const rows = cases(5_000, 2, 0.3);
    expect(estimated(rows, grouped(cases(20_000, 2))).accuracy - accuracyOf(rows)).toBeGreaterThan(0.1);
  });

  test('several classes: the confidence of the answer is calibrated', () => {
    const confident = (size: number): PerformanceRow[] =>
      Array.from({ length: size }, () => {
        const score = 0.5 + 0.5 * random();
        return { predicted: 'cat', truth: random() < score ** 2 ? 'cat' : 'dog', score };
      });
    const rows = confident(4_000);
    const unlabelled = sumPerformance(
      performanceGroups(rows.map(({ predicted, score }) => ({ predicted: predicted!, score: score! }))),
    );
    const result = estimateAccuracy(unlabelled, performanceGroups(confident(8_000)), { positive: null });
    expect(result).toHaveProperty('accuracy', expect.closeTo(accuracyOf(rows), 1));
  });

  test('is off outside the reference, with too few labels, and without scores', () => {
    const narrow = cases(2_000, 0.2);
    expect(estimateAccuracy(hidden(cases(2_000, 3)), performanceGroups(narrow, 'yes'), context)).toEqual({
      off: expect.stringContaining('of the scores lie where the reference has none') as unknown,
    });
    expect(estimateAccuracy(hidden(narrow), performanceGroups(cases(100, 1), 'yes'), context)).toEqual({
      off: 'only 100 labelled scores are known to calibrate by, and it takes 500',
    });
    const scoreless = sumPerformance(performanceGroups([{ predicted: 'yes' }], 'yes'));
    expect(estimateAccuracy(scoreless, performanceGroups(narrow, 'yes'), context)).toEqual({
      off: 'the window has no predictions with a score',
    });
  });
});

test('a back-test says how far estimates were off and how often they held', () => {
  const window = (estimated_: number, realised: number) => ({
    from: 0,
    to: 1,
    estimated: estimated_,
    low: estimated_ - 0.02,
    high: estimated_ + 0.02,
    realised,
  });
  const result = backTest([window(0.9, 0.91), window(0.9, 0.85)]);
  expect(result.meanError).toBeCloseTo(0.03, 12);
  expect(result.covered).toBe(0.5);
  expect(backTest([])).toEqual({ windows: [], meanError: null, covered: null });
});
