import { expect, test } from '@jest/globals';
import { OVERLOAD_LIMITS, runOverload } from './overload.js';

test('ten times more than it can take: memory stays bounded, nothing crashes, every 200 is stored', async () => {
  const result = await runOverload({ seconds: 8 });
  const statuses = Object.keys(result.load.answers);
  expect(statuses).toContain('200');
  expect(statuses.filter((status) => !['200', '503'].includes(status))).toEqual([]);
  expect(result.load.refusalsWithoutRetryAfter).toBe(0);
  expect(result.residentPeakMb - result.residentBeforeMb).toBeLessThan(OVERLOAD_LIMITS.beyondIdleMb);
  expect(result.rows).toBe(result.load.acceptedItems);
  expect(result.distinct).toBe(result.load.acceptedItems);
}, 240_000);
