import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { poissonRateTest } from './poisson-rate-test.js';
import { predictionTest } from './prediction-test.js';

const fixture = JSON.parse(readFileSync(new URL('../fixtures/rates.json', import.meta.url), 'utf8')) as {
  rates: [number, number, number, number, number, number, number | null][];
  predictions: [number, number[], number, number, number, number, number][];
};

function expectClose(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-10 * Math.abs(expected) + 1e-300);
}

describe('poissonRateTest', () => {
  test.each(fixture.rates)('%d events in %d against %d in %d, as scipy has it', (...row) => {
    const [k1, t1, k2, t2, p, low, high] = row;
    const result = poissonRateTest(k1, t1, k2, t2, 0.95);
    expectClose(result.pValue, p);
    expectClose(result.low, low);
    if (high === null) {
      expect(result.high).toBe(Infinity);
    } else {
      expectClose(result.high, high);
    }
    expect(result.low <= result.ratio && result.ratio <= result.high).toBe(true);
  });

  test('turns around with its samples', () => {
    const one = poissonRateTest(30, 2, 12, 4, 0.9);
    const other = poissonRateTest(12, 4, 30, 2, 0.9);
    expectClose(one.pValue, other.pValue);
    expectClose(one.low, 1 / other.high);
    expectClose(one.high, 1 / other.low);
  });

  test('no events say nothing; nonsense is refused', () => {
    expect(poissonRateTest(0, 1, 0, 1, 0.95)).toEqual({ ratio: NaN, low: 0, high: Infinity, pValue: 1 });
    expect(() => poissonRateTest(1, 0, 1, 1, 0.95)).toThrow('exposures > 0');
    expect(() => poissonRateTest(-1, 1, 1, 1, 0.95)).toThrow('counts >= 0');
  });
});

describe('predictionTest', () => {
  test.each(fixture.predictions)('%d after %j, as scipy has it', (...row) => {
    const [value, history, least, mean, low, high, p] = row;
    const result = predictionTest(value, history, 0.95, least);
    expectClose(result.expected, mean);
    expectClose(result.low, low);
    expectClose(result.high, high);
    expectClose(result.pValue, p);
  });

  test('finds a value like the others unlikely as often as it says', () => {
    const random = seededRandom(7);
    const runs = 4_000;
    let below = 0;
    for (let run = 0; run < runs; run += 1) {
      const values = Array.from({ length: 7 }, () => 50 + 4 * seededNormal(random));
      below += predictionTest(values[0]!, values.slice(1), 0.95).pValue < 0.01 ? 1 : 0;
    }
    // Four standard errors of a share of 0.01 in 4,000 runs are 0.0063.
    expect(Math.abs(below / runs - 0.01)).toBeLessThan(0.0063);
  });

  test('equal values know no chance: what equals them is like them, anything else is not', () => {
    expect(predictionTest(5, [5, 5, 5], 0.95).pValue).toBe(1);
    expect(predictionTest(6, [5, 5, 5], 0.95).pValue).toBe(0);
    expect(() => predictionTest(6, [5], 0.95)).toThrow('two earlier values');
  });
});
