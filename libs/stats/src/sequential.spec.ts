import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';
import { binomialConfidenceSequence, quantileConfidenceSequence } from './binomial-confidence-sequence.js';
import { timeUniformCdfHalfWidth } from './time-uniform-cdf-band.js';

describe('the time-uniform band', () => {
  test.each([
    [1e3, 0.0988],
    [1e4, 0.0315],
    [1e5, 0.01],
  ])('after %d values at alpha 0.001 is %d wide', (t, width) => {
    expect(timeUniformCdfHalfWidth(t, 0.001)).toBeCloseTo(width, 4);
  });

  test('is hardly ever left, however often one looks', () => {
    const random = seededRandom(2);
    let left = 0;
    for (let run = 0; run < 100; run += 1) {
      const counts = new Float64Array(50);
      for (let t = 1; t <= 2_000; t += 1) {
        counts[Math.floor(random() * 50)]! += 1;
        if (t % 100 === 0) {
          let below = 0;
          const distance = Math.max(
            ...counts.map((count, bin) => {
              below += count;
              return Math.abs(below / t - (bin + 1) / 50);
            }),
          );
          left += distance > timeUniformCdfHalfWidth(t, 0.2) ? 1 : 0;
        }
      }
    }
    expect(left).toBeLessThanOrEqual(20);
  });

  test('refuses what is no sample', () => {
    expect(() => timeUniformCdfHalfWidth(0, 0.05)).toThrow('time-uniform band');
    expect(() => timeUniformCdfHalfWidth(10, 1)).toThrow('time-uniform band');
  });
});

describe('confidence sequences', () => {
  test.each([0.02, 0.5, 0.999])('hold a probability of %d at all looks, in 95 runs of 100', (p) => {
    const random = seededRandom(Math.round(p * 1_000));
    let missed = 0;
    for (let run = 0; run < 200; run += 1) {
      let k = 0;
      let out = false;
      for (let n = 1; n <= 2_000; n += 1) {
        k += random() < p ? 1 : 0;
        if (n % 10 === 0 && !out) {
          const { low, high } = binomialConfidenceSequence(k, n, 0.05);
          out = p < low || p > high;
        }
      }
      missed += out ? 1 : 0;
    }
    // 10 of 200 at most are expected; beyond 20 has a probability below 0.002.
    expect(missed).toBeLessThanOrEqual(20);
  });

  test('an interval for one look misses far more often when it is looked at all the time', () => {
    const { low, high } = binomialConfidenceSequence(500, 1_000, 0.05);
    expect(high - low).toBeGreaterThan(2 * 1.96 * Math.sqrt(0.25 / 1_000));
    expect(high - low).toBeLessThan(2 * 3.7 * Math.sqrt(0.25 / 1_000));
  });

  test('of nothing is everything, of nothing but successes ends at 1', () => {
    expect(binomialConfidenceSequence(0, 0, 0.05)).toEqual({ low: 0, high: 1 });
    const all = binomialConfidenceSequence(10_000, 10_000, 0.05);
    expect(all.high).toBe(1);
    expect(all.low).toBeGreaterThan(0.998);
    const none = binomialConfidenceSequence(0, 10_000, 0.05);
    expect(none.low).toBe(0);
    expect(none.high).toBeCloseTo(1 - all.low, 12);
    expect(() => binomialConfidenceSequence(3, 2, 0.05)).toThrow('confidence sequence');
  });

  test('a quantile lies between those of two levels around its own, at all looks', () => {
    const random = seededRandom(77);
    const bounds = Array.from({ length: 100 }, (_, i) =>
      quantileConfidenceSequence(20 * (i + 1), 0.95, 0.05),
    );
    let missed = 0;
    for (let run = 0; run < 200; run += 1) {
      let below = 0;
      let out = false;
      for (let n = 1; n <= 2_000; n += 1) {
        // Uniform values: the quantile of level 0.95 is 0.95.
        below += random() <= 0.95 ? 1 : 0;
        if (n % 20 === 0 && !out) {
          const { low, high } = bounds[n / 20 - 1]!;
          out = below / n < low || below / n > high;
        }
      }
      missed += out ? 1 : 0;
    }
    expect(missed).toBeLessThanOrEqual(20);
    const few = quantileConfidenceSequence(20, 0.95, 0.05);
    expect(few.high).toBe(1);
    const many = quantileConfidenceSequence(20_000, 0.95, 0.05);
    expect(many.low).toBeGreaterThan(0.94);
    expect(many.high).toBeLessThan(0.96);
    expect(() => quantileConfidenceSequence(10, 1, 0.05)).toThrow('level');
  });
});
