import { expect, test } from '@jest/globals';
import { KeptShare } from './kept-share.js';

const NOW = 1_700_000_000_000;
const inputs = (count: number, receivedAt = NOW) =>
  Array.from({ length: count }, (_, index) => ({ predictionId: `p-${index}`, receivedAt }));

test('the share asked for is kept, the same inputs whoever asks', () => {
  const rule = { share: 0.1, maximumPerMinute: 10_000 };
  const [first, second] = [new KeptShare(), new KeptShare()];
  const kept = inputs(5_000).filter((input) => first.takes('frames', rule, input));
  // 500 expected, with a standard deviation of 21.
  expect(kept.length).toBeGreaterThan(415);
  expect(kept.length).toBeLessThan(585);
  expect(inputs(5_000).filter((input) => second.takes('frames', rule, input))).toEqual(kept);
});

test('no more than the number asked for in any minute, of each rule', () => {
  const rule = { share: 1, maximumPerMinute: 3 };
  const share = new KeptShare();
  const taken = (name: string, minute: number) =>
    inputs(10, NOW + minute * 60_000).filter((input) => share.takes(name, rule, input)).length;
  expect([taken('frames', 0), taken('other', 0), taken('frames', 1)]).toEqual([3, 3, 3]);
});

test('an input that is encoded again is kept again, and counts once', () => {
  const rule = { share: 1, maximumPerMinute: 1 };
  const share = new KeptShare();
  const [first, second] = inputs(2);
  expect(share.takes('frames', rule, first!)).toBe(true);
  expect(share.takes('frames', rule, second!)).toBe(false);
  expect(share.takes('frames', rule, first!)).toBe(true);
});
