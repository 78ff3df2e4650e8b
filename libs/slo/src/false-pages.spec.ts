import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';
import { judgedSlo } from '../fixtures/judged-slo.js';
import { firingEdges, healthySlices } from './replay/false-pages.js';
import { replaySlo } from './replay/replay-slo.js';
import type { JudgedSlo } from './slo-evidence.js';
import { DEFAULT_TIERS, type BurnTier } from './tiers.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WARM_UP_MS = 6 * HOUR_MS;
const MONTH_MS = 30 * DAY_MS;
const TARGET = 0.999;
/** Half of what the budget allows. */
const ERROR_RATIO = 0.0005;
const RATES = [10, 20, 30, 60, 100, 150, 200, 300, 450, 600, 800, 1_000, 1_200, 1_500, 3_600];
const PAGE_TIERS = DEFAULT_TIERS.filter(({ severity }) => severity === 'page');
const ungated = PAGE_TIERS.map((tier) => ({ ...tier, minimumBadEvents: 1 }));

const sloWith = (tiers: readonly BurnTier[]): JudgedSlo =>
  judgedSlo({ name: 'healthy', target: TARGET, periodMs: MONTH_MS, tiers });

describe('a healthy service that fails at half the rate that its budget allows', () => {
  test('pages nobody within a month, at any rate from 10 to 3,600 requests an hour', () => {
    const edges = RATES.map((requestsPerHour) => {
      const lengthMs = WARM_UP_MS + MONTH_MS;
      const slices = healthySlices(
        { requestsPerHour, errorRatio: ERROR_RATIO, lengthMs },
        seededRandom(requestsPerHour),
      );
      const range = { from: WARM_UP_MS, to: lengthMs };
      const pages = (tiers: readonly BurnTier[]): number =>
        firingEdges(sloWith(tiers), slices, range).reduce((sum, each) => sum + each, 0);
      return { requestsPerHour, gated: pages(PAGE_TIERS), ungated: pages(ungated) };
    });
    expect(edges.filter(({ gated }) => gated > 0)).toEqual([]);
    // Without the gate one failure in quiet hours is a burn of a hundred.
    expect(edges.reduce((sum, each) => sum + each.ungated, 0)).toBeGreaterThan(50);
  }, 60_000);

  // Low traffic with empty windows, gates that matter, and one that the burn alone decides.
  test.each([
    { requestsPerHour: 10, errorRatio: 0.02, gates: 1 },
    { requestsPerHour: 60, errorRatio: 0.004, gates: 1 },
    { requestsPerHour: 60, errorRatio: 0.02, gates: 5 },
    { requestsPerHour: 600, errorRatio: 0.004, gates: 3 },
    { requestsPerHour: 3_600, errorRatio: 0.012, gates: 1 },
  ])(
    'judged as the replay judges it at every step: $requestsPerHour/h, $errorRatio bad, gate $gates',
    ({ requestsPerHour, errorRatio, gates }) => {
      const tiers = PAGE_TIERS.map((tier) => ({ ...tier, minimumBadEvents: gates }));
      const lengthMs = WARM_UP_MS + 4 * DAY_MS;
      const slices = healthySlices({ requestsPerHour, errorRatio, lengthMs }, seededRandom(5));
      const range = { from: WARM_UP_MS, to: lengthMs };
      const traffic = [
        {
          range: { from: 0, to: lengthMs },
          sliceMs: 10_000,
          groups: [{ group: '', members: [slices] }],
        },
      ];
      const { alerts } = replaySlo(sloWith(tiers), traffic, range, { keepFiringMs: { page: 0, ticket: 0 } });
      const replayed = tiers.map(({ name }) => alerts.filter(({ tier }) => tier === name).length);
      expect(firingEdges(sloWith(tiers), slices, range)).toEqual(replayed);
      expect(replayed.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(0);
    },
    60_000,
  );

  test('requests and failures come as often as asked for', () => {
    const slices = healthySlices(
      { requestsPerHour: 1_200, errorRatio: 0.01, lengthMs: 10 * DAY_MS },
      seededRandom(3),
    );
    const total = slices.reduce((sum, each) => sum + each.total, 0);
    const bad = slices.reduce((sum, each) => sum + each.total - each.good, 0);
    // Four standard deviations of a Poisson count.
    expect(Math.abs(total - 288_000)).toBeLessThan(4 * Math.sqrt(288_000));
    expect(Math.abs(bad - 2_880)).toBeLessThan(4 * Math.sqrt(2_880));
    expect(
      slices.every(({ start }, index) => start % 10_000 === 0 && start > (slices[index - 1]?.start ?? -1)),
    ).toBe(true);
  });
});
