import { describe, expect, test } from '@jest/globals';
import { dkwHalfWidth, ksTwoSample } from '@tidewatch/stats';
import { FLEET } from '../fleet.js';
import { EVENING_SHIFT, fraudModel } from './fraud-model.js';
import { createRandom } from './random.js';
import type { FeatureRow, TrafficMood } from './tabular-model.js';

const WINDOW_SECONDS = 300;
/** Features and tests of one run, of which one has moved. */
const TESTS = 20;
const LOOKS_PER_BUDGET = (30 * 86_400) / 10;
const ALPHA = 1 / (LOOKS_PER_BUDGET * TESTS);
const MINIMUM_EFFECT = 0.03;
const { samples } = FLEET.fraud;
const SAMPLES = samples?.kind === 'tabular' ? samples : { perSecond: 0, baseline: { rows: 0 } };

const drawn = new Map<string, FeatureRow[]>();

/** A column of drawn inputs; the rows are kept, because most tests look at several columns of the same ones. */
function draw(seed: number, rows: number, mood: TrafficMood, feature: string): Float64Array {
  const key = `${seed} ${rows} ${mood}`;
  const random = createRandom(seed);
  const table = drawn.get(key) ?? Array.from({ length: rows }, () => fraudModel.drawFeatures(random, mood));
  drawn.set(key, table);
  return Float64Array.from(table, (row) => Number(row[feature]));
}

/** What the drift monitor computes when the last `eveningSeconds` of its window come from the evening. */
function look(feature: string, eveningSeconds: number, seed: number): { low: number; pValue: number } {
  const evening = draw(seed, eveningSeconds * SAMPLES.perSecond, 'evening', feature);
  const day = draw(seed + 1, (WINDOW_SECONDS - eveningSeconds) * SAMPLES.perSecond, 'day', feature);
  const baseline = draw(seed + 2, SAMPLES.baseline.rows, 'day', feature);
  const window = Float64Array.from([...day, ...evening]);
  const { statistic, pValue } = ksTwoSample(baseline, window);
  return { low: statistic - dkwHalfWidth(baseline.length, window.length, 0.95), pValue };
}

const SHIFTED = ['amount', 'seconds_since_last_payment'];
const UNCHANGED = ['distance_from_home_km', 'account_age_days', 'merchant_risk'];
const SEEDS = [1, 2, 3];

describe('the evening of the fraud model', () => {
  test('moves the mean amount by about one standard deviation of the day', () => {
    const { day, evening } = EVENING_SHIFT.amount;
    const dayMean = day.median * Math.exp(day.sigma ** 2 / 2);
    const dayDeviation = dayMean * Math.sqrt(Math.exp(day.sigma ** 2) - 1);
    const eveningMean = evening.median * Math.exp(evening.sigma ** 2 / 2);
    expect((eveningMean - dayMean) / dayDeviation).toBeCloseTo(1, 1);
  });

  test.each(SEEDS)('is an alarm on the pause between payments after 45 s (seed %d)', (seed) => {
    const { low, pValue } = look('seconds_since_last_payment', 45, seed * 100);
    expect(pValue).toBeLessThan(ALPHA);
    expect(low).toBeGreaterThan(MINIMUM_EFFECT);
  });

  test.each(SHIFTED)('is an alarm on %s after 75 s, by twice the smallest effect that counts', (feature) => {
    for (const seed of SEEDS) {
      const { low, pValue } = look(feature, 75, seed * 100);
      expect(pValue).toBeLessThan(ALPHA / 1_000_000);
      expect(low).toBeGreaterThan(2 * MINIMUM_EFFECT);
    }
  });

  test.each([...SHIFTED, ...UNCHANGED])('is preceded by a day on which %s raises nothing', (feature) => {
    for (const seed of SEEDS) {
      expect(look(feature, 0, seed * 100).pValue).toBeGreaterThan(ALPHA);
    }
  });

  test.each(UNCHANGED)('leaves %s as it was', (feature) => {
    expect(look(feature, 300, 900).pValue).toBeGreaterThan(ALPHA);
  });
});
