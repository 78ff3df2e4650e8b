import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';
import { benjaminiHochberg } from '../benjamini-hochberg.js';
import { chiSquareHomogeneity } from '../chi-square-homogeneity.js';
import { differenceOfProportionsInterval } from '../difference-of-proportions.js';
import { twoProportionExact } from '../two-proportion-exact.js';
import { clusterShares } from './cluster-shares.js';

const reference = [500, 300, 150, 50];
const window = [100, 66, 8, 26];

describe('clusterShares', () => {
  test('puts the most changed cluster first, with its tests and intervals', () => {
    const found = clusterShares(reference, window, 0.95);
    expect(found.clusters.map(({ cluster }) => cluster)).toEqual([2, 3, 1, 0]);
    expect(found.homogeneity).toEqual(chiSquareHomogeneity(window, reference));
    // Shares 0.5, 0.33, 0.04, 0.13 against 0.5, 0.3, 0.15, 0.05.
    expect(found.distance).toBeCloseTo(0.11, 12);
    const pValues = window.map((k, index) => twoProportionExact(k, 200, reference[index]!, 1000).pValue);
    const adjusted = benjaminiHochberg(pValues);
    for (const share of found.clusters) {
      expect(share.pValue).toBe(pValues[share.cluster]);
      expect(share.adjustedPValue).toBe(adjusted[share.cluster]);
      expect(share.windowShare).toBe(window[share.cluster]! / 200);
      expect(share.referenceShare).toBe(reference[share.cluster]! / 1000);
      expect(share.change).toEqual(
        differenceOfProportionsInterval(window[share.cluster]!, 200, reference[share.cluster]!, 1000, 0.95),
      );
    }
  });

  test('the interval of the distance is that of Bretagnolle and Huber for both samples', () => {
    const { distance, interval } = clusterShares([50_000, 50_000], [7_000, 3_000], 0.95);
    const half = Math.sqrt((2 * Math.log(2) + Math.log(40)) / 2) * (1 / 100 + 1 / Math.sqrt(100_000));
    expect(interval.low).toBeCloseTo(distance - half, 12);
    expect(interval.high).toBeCloseTo(distance + half, 12);
    expect(clusterShares(reference, reference, 0.95).interval.low).toBe(0);
    expect(clusterShares([9, 0], [0, 9], 0.95).interval.high).toBe(1);
  });

  test('equal shares are no change; swapping the samples turns every change round', () => {
    const same = clusterShares([30, 20, 0], [60, 40, 0], 0.9);
    expect(same.distance).toBe(0);
    expect(same.homogeneity.pValue).toBeCloseTo(1, 12);
    const [there, back] = [clusterShares(reference, window, 0.95), clusterShares(window, reference, 0.95)];
    there.clusters.forEach((share, index) => {
      expect(back.clusters[index]!.cluster).toBe(share.cluster);
      expect(back.clusters[index]!.change.difference).toBeCloseTo(-share.change.difference, 12);
      expect(back.clusters[index]!.adjustedPValue).toBeCloseTo(share.adjustedPValue, 9);
    });
  });

  test('without a change a rejection is as rare as it should be', () => {
    const random = seededRandom(11);
    const draw = (size: number): number[] => {
      const counts = [0, 0, 0, 0, 0];
      for (let index = 0; index < size; index += 1) {
        counts[Math.floor(5 * random() ** 1.5)]! += 1;
      }
      return counts;
    };
    let [overall, single] = [0, 0];
    for (let run = 0; run < 150; run += 1) {
      const { homogeneity, clusters } = clusterShares(draw(400), draw(200), 0.95);
      overall += homogeneity.pValue <= 0.05 ? 1 : 0;
      single += clusters.some(({ adjustedPValue }) => adjustedPValue <= 0.05) ? 1 : 0;
    }
    // Three standard errors of 150 runs at 5 % are 5.3 %; Fisher's test and the adjustment are on the safe side.
    expect(overall / 150).toBeLessThan(0.103);
    expect(single / 150).toBeLessThan(0.103);
  });

  test.each([
    ['other clusters', [1, 2], [1, 2, 3]],
    ['no vectors', [1, 2], [0, 0]],
    ['half a vector', [1, 2.5], [1, 2]],
    ['fewer than none', [1, -1], [1, 2]],
  ])('refuses %s', (_, a, b) => {
    expect(() => clusterShares(a, b, 0.95)).toThrow(expect.objectContaining({ code: 'stats.domain' }));
  });
});
