import { describe, expect, test } from '@jest/globals';
import { BAD_TRAFFIC } from '../deployments.js';
import { FLEET } from '../fleet.js';
import { createRandom } from './random.js';
import { drawRequests, meanDurationSeconds } from './requests.js';

const HOUR_MS = 3_600_000;

describe('drawRequests', () => {
  test('draws requests in order, inside the span, at the rate of the profile', () => {
    const requests = drawRequests(FLEET.ranker.traffic, createRandom(3), 1_000, 1_000 + HOUR_MS / 6);
    const times = requests.map((request) => request.at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(1_000);
    expect(times.at(-1)).toBeLessThan(1_000 + HOUR_MS / 6);
    // 18,000 expected; 5 standard deviations of a Poisson count are 671.
    expect(Math.abs(requests.length - 18_000)).toBeLessThan(671);
  });

  test.each(Object.values(FLEET))(
    '$service is healthy: 99.9 % of answers within 0.25 s, hardly an error',
    ({ traffic }) => {
      const requests = drawRequests(traffic, createRandom(5), 0, HOUR_MS);
      const slow = requests.filter((request) => request.durationSeconds > 0.25).length;
      const failed = requests.filter((request) => request.errorType !== null).length;
      expect(slow / requests.length).toBeLessThan(0.001);
      // 0.0001 is the budget of the strictest example objective.
      expect(failed / requests.length).toBeLessThan(0.0001);
    },
  );

  test('fails and slows down 15 % of requests after the bad deploy', () => {
    const requests = drawRequests(BAD_TRAFFIC, createRandom(6), 0, 600_000);
    const failed = requests.filter((request) => request.errorType !== null);
    // 5 standard deviations of the share of 18,000 requests are 0.0133.
    expect(Math.abs(failed.length / requests.length - 0.15)).toBeLessThan(0.0133);
    expect(Math.min(...failed.map((request) => request.durationSeconds))).toBeGreaterThan(0.25);
  });

  test('makes a duration the sum of its stages, with the mean that meanDurationSeconds states', () => {
    const requests = drawRequests(FLEET.vision.traffic, createRandom(8), 0, HOUR_MS / 4);
    for (const request of requests.slice(0, 100)) {
      expect(request.durationSeconds).toBeCloseTo(
        request.stageSeconds.reduce((a, b) => a + b, 0),
        12,
      );
    }
    const mean = requests.reduce((sum, request) => sum + request.durationSeconds, 0) / requests.length;
    expect(mean / meanDurationSeconds(FLEET.vision.traffic)).toBeCloseTo(1, 2);
  });
});
