import { expect, test } from '@jest/globals';
import { FLEET } from '../fleet.js';
import { ServiceHistory } from './service-history.js';

const MINUTE_MS = 60_000;
const PRESENT = 1_700_000_000_000;

test('the history of the vision service has images for the baseline and none before, all by day', () => {
  const history = new ServiceHistory(FLEET.vision, 3, PRESENT - 120 * MINUTE_MS, PRESENT);
  const { samples, labels } = history.advance(PRESENT);
  const ages = samples.map((sample) => (PRESENT - Date.parse(sample.timestamp)) / MINUTE_MS);
  expect(Math.max(...ages)).toBeLessThanOrEqual(95);
  // 0.2 a second over 95 min; 5 standard deviations of a Poisson count.
  expect(Math.abs(samples.length - 1_140)).toBeLessThan(5 * Math.sqrt(1_140));
  const inBaseline = ages.filter((age) => age > 32 && age <= 92);
  expect(Math.abs(inBaseline.length - 720)).toBeLessThan(5 * Math.sqrt(720));
  expect(samples.every(({ scene }) => scene !== undefined && scene.light !== 'dusk')).toBe(true);
  expect(labels).toEqual([]);
  expect(new Set(samples.map((sample) => sample.prediction_id)).size).toBe(samples.length);
});
