import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { performanceGroups, type PerformanceRow } from '../../../../test/harness/performance-rows.js';
import { worsening } from './compare-metric.js';
import { groupPerformance, measureMetric } from './measure-metric.js';
import { performanceMetrics } from './metrics/index.js';
import type { PerformanceMetricName } from './metrics/performance-metric.js';

const fixture = JSON.parse(
  readFileSync(new URL('../../../stats/fixtures/performance.json', import.meta.url), 'utf8'),
) as {
  binary: ({ truth: number[]; score: number[] } & Record<string, number>)[];
  multiclass: ({ truth: string[]; predicted: string[] } & Record<string, number>)[];
  regression: ({ truth: number[]; predicted: number[] } & Record<string, number>)[];
};

function expectMetrics(
  rows: readonly PerformanceRow[],
  positive: string | null,
  expected: Readonly<Record<string, unknown>>,
  names: readonly PerformanceMetricName[],
): void {
  const { whole } = groupPerformance(performanceGroups(rows, positive));
  for (const name of names) {
    const value = performanceMetrics[name].value(whole, { positive });
    expect([name, value! - (expected[name] as number)]).toEqual([name, expect.closeTo(0, 10)]);
  }
}

describe('metrics are those of scikit-learn', () => {
  test.each(fixture.binary)('of two classes %#', (expected) => {
    const rows = expected.truth.map((truth, i) => ({
      predicted: expected.score[i]! >= 0.5 ? 'fraud' : 'fine',
      truth: truth === 1 ? 'fraud' : 'fine',
      score: expected.score[i]!,
    }));
    expectMetrics(rows, 'fraud', expected, [
      'accuracy',
      'precision',
      'recall',
      'f1',
      'falsePositiveRate',
      'rocAuc',
      'logLoss',
      'brier',
    ]);
  });

  test.each(fixture.multiclass)('of several classes %#', (expected) => {
    const rows = expected.truth.map((truth, i) => ({ predicted: expected.predicted[i]!, truth }));
    expectMetrics(rows, null, expected, ['accuracy', 'precision', 'recall', 'f1']);
  });

  test.each(fixture.regression)('of values %#', (expected) => {
    const rows = expected.truth.map((trueValue, i) => ({ value: expected.predicted[i]!, trueValue }));
    expectMetrics(rows, null, expected, ['mae', 'mse', 'rmse', 'r2']);
  });
});

const random = seededRandom(17);
/** Scores that mean what they say. */
const calibrated = (size: number, spread = 1): PerformanceRow[] =>
  Array.from({ length: size }, () => {
    const score = 0.5 + 0.5 * Math.tanh(spread * seededNormal(random));
    return {
      predicted: score >= 0.5 ? 'yes' : 'no',
      truth: random() < score ? 'yes' : 'no',
      score,
    };
  });

test('a calibrated model has a calibration error near 0, one that is too sure of itself does not', () => {
  const of = (rows: readonly PerformanceRow[]): number =>
    performanceMetrics.calibrationError.value(groupPerformance(performanceGroups(rows, 'yes')).whole, {
      positive: 'yes',
    })!;
  const honest = calibrated(20_000);
  expect(of(honest)).toBeLessThan(0.02);
  const boast = honest.map((row) => ({ ...row, score: row.score! >= 0.5 ? 0.99 : 0.01 }));
  expect(of(boast)).toBeGreaterThan(0.1);
});

describe('intervals and tests', () => {
  const names: PerformanceMetricName[] = ['accuracy', 'f1', 'rocAuc', 'logLoss', 'brier'];

  test('95 % intervals hold the truth about 95 times in 100', () => {
    const context = { positive: 'yes' };
    // Eleven times as sure as the samples of 400 are.
    const truth = groupPerformance(performanceGroups(calibrated(50_000), 'yes')).whole;
    const misses = Object.fromEntries(names.map((name) => [name, 0]));
    const runs = 200;
    for (let run = 0; run < runs; run += 1) {
      const sample = groupPerformance(performanceGroups(calibrated(400), 'yes'));
      for (const name of names) {
        const { low, high } = measureMetric(performanceMetrics[name], sample, context)!;
        const value = performanceMetrics[name].value(truth, context)!;
        misses[name]! += low <= value && value <= high ? 0 : 1;
      }
    }
    // 10 of 200 are expected; beyond 22 has a probability below 0.0005.
    names.forEach((name) => expect([name, misses[name]! <= 22]).toEqual([name, true]));
  });

  test('p-values of unchanged models are below 0.05 about as often as promised', () => {
    const context = { positive: 'yes' };
    const flagged = Object.fromEntries(names.map((name) => [name, 0]));
    for (let run = 0; run < 200; run += 1) {
      const [a, b] = [calibrated(300), calibrated(300)].map((rows) =>
        groupPerformance(performanceGroups(rows, 'yes')),
      ) as [ReturnType<typeof groupPerformance>, ReturnType<typeof groupPerformance>];
      for (const name of names) {
        const metric = performanceMetrics[name];
        const { pValue } = worsening(
          metric,
          measureMetric(metric, a, context)!,
          measureMetric(metric, b, context)!,
          0,
        );
        flagged[name]! += pValue < 0.05 ? 1 : 0;
      }
    }
    // Only worse counts, so 5 of 200 are expected at most; beyond 14 has a probability below 0.0005.
    names.forEach((name) => expect([name, flagged[name]! <= 14]).toEqual([name, true]));
  });

  test('a metric without cases is not known', () => {
    const none = groupPerformance(performanceGroups([]));
    Object.values(performanceMetrics).forEach((metric) =>
      expect(measureMetric(metric, none, { positive: 'yes' })).toBeNull(),
    );
    const oneClass = groupPerformance(
      performanceGroups(
        Array.from({ length: 100 }, () => ({ predicted: 'no', truth: 'no', score: 0.1 })),
        'yes',
      ),
    );
    const at = (name: PerformanceMetricName) =>
      measureMetric(performanceMetrics[name], oneClass, { positive: 'yes' });
    expect(at('accuracy')?.value).toBe(1);
    expect(at('recall')).toBeNull();
    expect(at('precision')).toBeNull();
    expect(at('rocAuc')).toBeNull();
    const constant = groupPerformance(
      performanceGroups(Array.from({ length: 100 }, () => ({ value: 3, trueValue: 3 }))),
    );
    expect(measureMetric(performanceMetrics.r2, constant, { positive: null })).toBeNull();
    expect(measureMetric(performanceMetrics.mae, constant, { positive: null })?.value).toBe(0);
  });
});
