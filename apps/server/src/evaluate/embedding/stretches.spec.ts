import { expect, test } from '@jest/globals';
import { stretchesOf } from './stretches.js';

const MINUTE = 60_000;

test('a short baseline is looked at bucket by bucket', () => {
  expect(stretchesOf([{ from: 0, to: 3 * MINUTE }], MINUTE)).toEqual([
    { from: 0, to: MINUTE },
    { from: MINUTE, to: 2 * MINUTE },
    { from: 2 * MINUTE, to: 3 * MINUTE },
  ]);
});

test('a long one in some 64 stretches of whole buckets that cover it exactly', () => {
  const ranges = [
    { from: 0, to: 1_000 * MINUTE },
    { from: 5_000 * MINUTE, to: 6_001 * MINUTE },
  ];
  const stretches = stretchesOf(ranges, MINUTE);
  expect(stretches.length).toBeGreaterThan(55);
  expect(stretches.length).toBeLessThanOrEqual(66);
  expect(stretches.every(({ from, to }) => (to - from) % MINUTE === 0 && to > from)).toBe(true);
  expect(stretches.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(2_001 * MINUTE);
  expect(stretches.at(-1)!.to).toBe(6_001 * MINUTE);
});

test('no baseline has no stretches', () => {
  expect(stretchesOf([], MINUTE)).toEqual([]);
});
