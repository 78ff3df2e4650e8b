import { describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import type { BoundedCounts } from '@tidewatch/stats';
import { measureHistogram } from './measure-histogram.js';

const BOUNDS = [-2, -1, -0.5, 0, 0.5, 1, 2];

function histogram(values: readonly number[], bounds = BOUNDS): BoundedCounts {
  const counts = new Array<number>(bounds.length + 1).fill(0);
  values.forEach((value) => (counts[bounds.filter((bound) => value > bound).length]! += 1));
  return { bounds, counts };
}

describe('D of two histograms', () => {
  test('where bounds agree it is that of the buckets, with where it is seen', () => {
    const reference = [{ bounds: [1, 2], counts: [500, 300, 200] }];
    const current = [
      { bounds: [1, 2], counts: [100, 60, 40] },
      { bounds: [1, 2], counts: [20, 100, 80] },
    ];
    expect(measureHistogram({ current, reference })).toMatchObject({
      statistic: 0.2,
      location: { kind: 'value', value: 1, moreBelow: false },
      n: 400,
      m: 1_000,
    });
  });

  test('where bounds differ, it is what those they share allow for, and the most says how far off that may be', () => {
    const found = measureHistogram({
      current: [{ bounds: [1, 4], counts: [0, 100, 100] }],
      reference: [{ bounds: [2, 4], counts: [50, 50, 100] }],
    })!;
    // At 4 both have half. Between 1 and 4 the window may hold all of its hundred below 2.
    expect(found).toMatchObject({ statistic: 0, most: 0.5, pValue: 1 });
    expect(found.high).toBeGreaterThan(0.5);
  });

  test('histograms without a bound in common, or without observations, say nothing', () => {
    expect(
      measureHistogram({
        current: [{ bounds: [1], counts: [5, 5] }],
        reference: [{ bounds: [2], counts: [5, 5] }],
      }),
    ).toMatchObject({ statistic: 0, pValue: 1, most: 1 });
    expect(measureHistogram({ current: [], reference: [{ bounds: [2], counts: [5, 5] }] })).toBeNull();
  });

  test('finds a shift, and none where there is none, at about its level', () => {
    const random = seededRandom(5);
    const hour = (shift = 0) =>
      Array.from({ length: 12 }, () =>
        histogram(Array.from({ length: 40 }, () => seededNormal(random) + shift)),
      );
    const reference = Array.from({ length: 4 }, () => hour()).flat();
    expect(measureHistogram({ current: hour(0.5), reference })!.pValue).toBeLessThan(1e-6);
    const level = Array.from({ length: 200 }, () => measureHistogram({ current: hour(), reference })!.pValue);
    // Bounds make ties, which only raise p-values: binomial(200, 0.05) exceeds 20 once in a thousand.
    expect(level.filter((p) => p < 0.05).length).toBeLessThanOrEqual(20);
  });

  test('stretches that vary more than chance are worth fewer observations', () => {
    const random = seededRandom(6);
    // Every stretch has a mean of its own, as minutes of traffic have.
    const hour = () =>
      Array.from({ length: 12 }, () => {
        const mean = 0.3 * seededNormal(random);
        return histogram(Array.from({ length: 40 }, () => seededNormal(random) + mean));
      });
    const reference = Array.from({ length: 10 }, () => hour()).flat();
    const found = Array.from({ length: 200 }, () => measureHistogram({ current: hour(), reference })!);
    expect(found[0]!.inflation).toBeGreaterThan(1.5);
    expect(found.filter(({ pValue }) => pValue < 0.05).length).toBeLessThanOrEqual(20);
  });
});
