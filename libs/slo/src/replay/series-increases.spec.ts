import { expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';
import type { NumberLine, SeriesLine } from '../../../../test/harness/metric-rows.js';
import { referenceIncreases } from '../../../../test/harness/reference-increase.js';
import type { NumberPoint } from './fixture-series.js';
import { bucketIncreases, counterIncreases } from './series-increases.js';

test.each(['cumulative', 'delta'] as const)(
  'random %s counters with resets, gaps and beginnings add what the reference says',
  (temporality) => {
    const random = seededRandom(23);
    let sum = 0n;
    for (let run = 0; run < 200; run += 1) {
      const series: SeriesLine = {
        project: 'p',
        metric: 'm',
        hash: 1n,
        type: 'sum',
        temporality,
        monotonic: true,
      };
      const startedAt = random() < 0.5 ? 1_000_000 : null;
      const points: NumberPoint[] = [];
      let at = 1_000_000;
      let value = 0;
      for (let index = 0; index < 40; index += 1) {
        at += random() < 0.1 ? 590_000 + Math.floor(random() * 4) * 10_000 : 10_000;
        value = random() < 0.1 ? Math.floor(random() * 5) : value + Math.floor(random() * 10);
        points.push({ at, value: random() < 0.05 ? null : value });
      }
      const lines = points.map(({ at: time, value: each }): NumberLine => ({
        series,
        time: BigInt(time) * 1_000_000n,
        start: BigInt(startedAt ?? 0) * 1_000_000n,
        value: BigInt(each ?? 0),
        flags: each === null ? 1 : 0,
      }));
      const expected = referenceIncreases(lines).map(({ time, eighths }) => [
        Number(time / 1_000_000n),
        Number(eighths / 8n),
      ]);
      const found = counterIncreases({ temporality, startedAt }, points).map((each) => [each.at, each.value]);
      expect(found).toEqual(expected);
      sum += BigInt(found.reduce((all, [, each]) => all + (each ?? 0), 0));
    }
    expect(sum).toBeGreaterThan(0n);
  },
);

test('a histogram began anew when any bucket fell', () => {
  const points = [
    { at: 0, counts: [5, 5] },
    { at: 10_000, counts: [6, 7] },
    { at: 20_000, counts: [5, 9] },
    { at: 630_000, counts: [9, 9] },
  ];
  const counts = (startedAt: number | null) =>
    bucketIncreases({ temporality: 'cumulative', startedAt }, points).map((each) => each.counts);
  expect(counts(null)).toEqual([
    [0, 0],
    [1, 2],
    [5, 9],
    [0, 0],
  ]);
  expect(counts(-10_000)[0]).toEqual([5, 5]);
  expect(bucketIncreases({ temporality: 'delta', startedAt: null }, points)).toEqual(points);
});
