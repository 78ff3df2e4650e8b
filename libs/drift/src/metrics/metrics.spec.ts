import { seededNormal, seededRandom } from '@tidewatch/core';
import { describe, expect, test } from '@jest/globals';
import { driftMetrics } from './index.js';

// The contract that every metric keeps.
describe.each(Object.entries(driftMetrics))('drift metric %s', (name, metric) => {
  const random = seededRandom(21);
  const normal = (size: number, shift = 0) =>
    Float64Array.from({ length: size }, () => seededNormal(random) + shift);
  const reference = normal(500);
  const current = normal(300, 0.2);

  test('is listed under its own name', () => {
    expect(metric.name).toBe(name);
    expect(metric.defaultMinimumEffect).toBeGreaterThan(0);
    expect(metric.defaultMinimumEffect).toBeLessThan(metric.largestEffect);
  });

  test('is 0 with p = 1 between a sample and itself', () => {
    expect(metric.measure(reference, reference)).toMatchObject({ statistic: 0, low: 0, pValue: 1 });
  });

  test('has an interval around its statistic, a probability, and its name in the method', () => {
    const { statistic, low, high, pValue, method } = metric.measure(reference, current);
    expect(low).toBeLessThanOrEqual(statistic);
    expect(high).toBeGreaterThanOrEqual(statistic);
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeLessThanOrEqual(metric.largestEffect);
    expect(pValue).toBeGreaterThan(0);
    expect(pValue).toBeLessThanOrEqual(1);
    expect(method.startsWith(`${name}/`)).toBe(true);
  });

  test('does not depend on the order of values, nor on which sample is the baseline', () => {
    const measured = metric.measure(reference, current);
    const reordered = metric.measure(reference.toReversed(), current.toReversed());
    const swapped = metric.measure(current, reference);
    expect(reordered).toEqual(measured);
    expect(swapped.statistic).toBe(measured.statistic);
    expect(swapped.pValue / measured.pValue).toBeCloseTo(1, 12);
  });

  test('leaves the samples as they were', () => {
    const before = [reference.slice(), current.slice()];
    metric.measure(reference, current);
    expect([reference, current]).toEqual(before);
  });

  test('sees a shift of one standard deviation as significant and as larger than a shift of a fifth', () => {
    const shifted = metric.measure(reference, normal(300, 1));
    expect(shifted.pValue).toBeLessThan(1e-6);
    expect(shifted.statistic).toBeGreaterThan(metric.measure(reference, current).statistic);
  });

  test('is small and not significant between two samples of one constant', () => {
    const constant = (size: number) => new Float64Array(size).fill(4);
    expect(metric.measure(constant(10), constant(20))).toMatchObject({ statistic: 0, pValue: 1 });
  });
});
