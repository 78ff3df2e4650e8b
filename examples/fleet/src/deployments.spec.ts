import { describe, expect, test } from '@jest/globals';
import { BAD_TRAFFIC } from './deployments.js';
import { FLEET } from './fleet.js';
import { createRandom } from './traffic/random.js';
import { drawRequests } from './traffic/requests.js';

const HOUR_MS = 3_600_000;
const BUDGET = 0.0001;

/** Seconds of bad traffic after an even hour until the one-hour burn rate reaches each of `burns`. */
function secondsUntil(burns: readonly number[], seed: number): number[] {
  const random = createRandom(seed);
  const past = drawRequests(FLEET.ranker.traffic, random, 0, HOUR_MS);
  let failed = past.filter((request) => request.errorType !== null).length;
  // Traffic is even, so what enters the window at one end leaves it at the other.
  const crossings = drawRequests(BAD_TRAFFIC, random, HOUR_MS, HOUR_MS + 120_000).map((request) => {
    failed += request.errorType === null ? 0 : 1;
    return { seconds: (request.at - HOUR_MS) / 1_000, burn: failed / past.length / BUDGET };
  });
  return burns.map((burn) => crossings.find((crossing) => crossing.burn >= burn)?.seconds ?? Infinity);
}

describe('the bad release', () => {
  // The failures needed come at 4.5 a second: 43 for a burn of 4, and 156 for 14.4. Five times the square root of
  // their number is 7 and 14 seconds of them; the failures of the good hour before shorten it by at most 2 seconds.
  test.each([1, 2, 3])(
    'burns at 4 times the budget after 10 s and at 14.4 times after 35 s (seed %d)',
    (seed) => {
      const [guard = NaN, fast = NaN] = secondsUntil([4, 14.4], seed);
      expect(Math.abs(guard - 9.6)).toBeLessThan(7.3);
      expect(Math.abs(fast - 34.6)).toBeLessThan(14);
    },
  );

  test('comes with a rate of requests that is the same before and after', () => {
    expect(BAD_TRAFFIC.requestsPerSecond).toBe(FLEET.ranker.traffic.requestsPerSecond);
  });
});
