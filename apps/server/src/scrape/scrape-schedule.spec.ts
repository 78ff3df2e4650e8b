import { expect, test } from '@jest/globals';
import { nextScrapeAt } from './scrape-schedule.js';

test('the next time is ahead by at most an interval, and the one after it exactly one later', () => {
  for (const now of [0, 1, 14_999, 15_000, 1_763_715_710_123]) {
    const next = nextScrapeAt('chat-vllm', 15_000, now);
    expect(next).toBeGreaterThan(now);
    expect(next - now).toBeLessThanOrEqual(15_000);
    expect(nextScrapeAt('chat-vllm', 15_000, next)).toBe(next + 15_000);
    expect(nextScrapeAt('chat-vllm', 15_000, next - 1)).toBe(next);
  }
});

test('the same name has the same offset, and many names spread over the interval', () => {
  const offsets = Array.from(
    { length: 1_000 },
    (_, index) => nextScrapeAt(`gpu-${index}`, 15_000, 0) % 15_000,
  );
  expect(nextScrapeAt('gpu-7', 15_000, 0) % 15_000).toBe(offsets[7]);
  const perSecond = new Map<number, number>();
  for (const offset of offsets) {
    perSecond.set(Math.floor(offset / 1_000), (perSecond.get(Math.floor(offset / 1_000)) ?? 0) + 1);
  }
  expect(perSecond.size).toBe(15);
  // 1,000 names over 15 seconds: 67 each, with a standard deviation of 8.
  expect(Math.max(...perSecond.values())).toBeLessThan(115);
});
