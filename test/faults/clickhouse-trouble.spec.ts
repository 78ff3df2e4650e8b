import { describe, expect, test } from '@jest/globals';
import { runOutage } from './outage.js';

const MEBIBYTE = 1_048_576;

describe('while ClickHouse cannot take what arrives, at 20,000 points a second', () => {
  test('away: every answer is 200 until the journal is full, then 503, and all of it is stored afterwards', async () => {
    const journalMaxBytes = 4 * MEBIBYTE;
    const result = await runOutage({
      trouble: 'away',
      seconds: 10,
      itemsPerSecond: 20_000,
      journalMaxBytes,
      recoverySeconds: 60,
    });
    expect(Object.keys(result.load.answers).sort()).toEqual(['200', '503']);
    expect(result.load.refusalsWithoutRetryAfter).toBe(0);
    expect(result.journalBytesAtRefusal).toBeGreaterThan(0.8 * journalMaxBytes);
    // Records stop at the cap; what the journal notes about batches under way comes on top.
    expect(result.journalPeakBytes).toBeLessThan(1.05 * journalMaxBytes);
    expect(result.load.unacceptedItems).toBe(0);
    expect(result.readings).toBeGreaterThan(20);
    expect(result.unbalanced).toBe(0);
    expect(result.rows).toBe(result.load.acceptedItems);
    expect(result.distinct).toBe(result.load.acceptedItems);
  }, 180_000);

  test('slow, five seconds a request: every answer is 200, and all of it is stored afterwards', async () => {
    const result = await runOutage({
      trouble: 'slow',
      seconds: 12,
      itemsPerSecond: 20_000,
      recoverySeconds: 60,
    });
    expect(Object.keys(result.load.answers)).toEqual(['200']);
    expect(result.rows).toBe(result.load.acceptedItems);
    expect(result.distinct).toBe(result.load.acceptedItems);
  }, 180_000);
});
