import { expect, test } from '@jest/globals';

import { TimeWindow } from './time-window.js';

function halves(time: bigint): [low: number, high: number] {
  return [Number(time & 0xffff_ffffn), Number(time >> 32n)];
}

test('the bounds belong to the window, to the nanosecond', () => {
  const window = new TimeWindow({ earliest: 1_700_000_000_000, latest: 1_700_000_000_001 }, 'spans');
  const earliest = 1_700_000_000_000_000_000n;
  const latest = 1_700_000_000_001_000_000n;
  const outside = (time: bigint) => [window.isTooEarly(...halves(time)), window.isTooLate(...halves(time))];
  expect(outside(earliest - 1n)).toEqual([true, false]);
  expect(outside(earliest)).toEqual([false, false]);
  expect(outside(latest)).toEqual([false, false]);
  expect(outside(latest + 1n)).toEqual([false, true]);
});

test('halves are compared as unsigned numbers', () => {
  const time = (5n << 32n) + 0xffff_fff0n;
  const milliseconds = Number(time / 1_000_000n);
  const window = new TimeWindow({ earliest: milliseconds, latest: milliseconds + 1 }, 'spans');
  expect(window.isTooEarly(...halves(time))).toBe(false);
  expect(window.isTooLate(...halves(time))).toBe(false);
});

test('bounds that no time can pass are cut to those a time can have', () => {
  const window = new TimeWindow({ earliest: -Infinity, latest: Infinity }, 'spans');
  expect(window.isTooEarly(0, 0)).toBe(false);
  expect(window.isTooLate(...halves(2n ** 63n - 1n))).toBe(false);
});

test('the faults say which bound was passed', () => {
  const window = new TimeWindow({ earliest: 1_700_000_000_000, latest: 1_700_000_100_000 }, 'records');
  expect(window.tooEarly).toEqual({
    problem: 'records from before 2023-11-14T22:13:20.000Z, the oldest time that is kept',
    hint: 'older ones would be deleted at once',
  });
  expect(window.tooLate).toEqual({
    problem: 'records from after 2023-11-14T22:15:00.000Z, in the future',
    hint: "check the sender's clock",
  });
});
