import { describe, expect, test } from '@jest/globals';
import { bucketQuantile, bucketShare } from './bucket-counts.js';
import { groupsOf, valueOfGroup } from './measured-groups.js';
import { measureSeries } from './measure-series.js';
import { requestKey, type MeasureRequest } from './measured-value.js';
import { measuresOf } from './evaluate-condition.js';
import { metricConditionSchema } from './read-condition.js';
import type { RawNumbers, RawSeries } from './raw-series.js';
import { readSeriesNotation } from '../replay/series-notation.js';

const MINUTE = 60_000;

interface Written {
  readonly type: RawNumbers['type'];
  readonly metric: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** In promtool's notation, one value every half minute. */
  readonly values: string;
}

const valuesOf = (text: string): { at: number; value: number }[] =>
  (readSeriesNotation(text).values ?? []).flatMap((value, index) =>
    typeof value === 'number' ? [{ at: index * 30_000, value }] : [],
  );

/** A series that is missing at first began at 0 just before its first point. */
const series = (...all: Written[]): RawSeries[] =>
  all.map(({ type, metric, labels = {}, values }) => {
    const points = valuesOf(values);
    const first = points[0]?.at ?? 0;
    return { type, metric, labels, startedAt: first > 0 ? first - 30_000 : null, points };
  });

/** The one measure of a condition. */
const request = (measure: Record<string, unknown>, window = '1m'): MeasureRequest =>
  measuresOf(metricConditionSchema.parse({ ...measure, window, above: 0 }))[0]!;

const valueAt = (
  of: readonly RawSeries[],
  measure: Record<string, unknown>,
  minute: number,
  window?: string,
): number | undefined => {
  const asked = request(measure, window);
  return measureSeries(of, [asked], [], minute * MINUTE)
    .get(requestKey(asked))
    ?.get('')?.value;
};

describe('measures of counters', () => {
  test('rate, count and reset; a window holds its beginning and not its end', () => {
    const counter = series({ type: 'counter', metric: 'c', values: '0+60x10 0+60x10' });
    expect(valueAt(counter, { count: 'c' }, 2)).toBe(120);
    expect(valueAt(counter, { rate: 'c' }, 2)).toBe(2);
    // The sample at minute 5:30 is 0: the counter began anew, and what it stood at before does not count.
    expect(valueAt(counter, { count: 'c' }, 6)).toBe(60);
    expect(valueAt(counter, { count: 'c' }, 20)).toBeUndefined();
  });

  test('a counter that appears began at 0; one that was there did not', () => {
    const known = series({ type: 'counter', metric: 'c', values: '7x4' });
    const fresh = series({ type: 'counter', metric: 'c', values: '_x2 7x4' });
    expect(valueAt(known, { count: 'c' }, 1)).toBe(0);
    expect(valueAt(fresh, { count: 'c' }, 2)).toBe(7);
  });

  test('a gap of more than ten minutes is not bridged', () => {
    const gap = series({ type: 'counter', metric: 'c', values: '0 10 _x25 500 510' });
    expect(valueAt(gap, { count: 'c' }, 15, '2m')).toBe(10);
  });

  test('a ratio counts absent failures as none, and is unknown without events', () => {
    const ratio = { ratio: { numerator: { metric: 'bad' }, denominator: { metric: 'all' } } };
    const all = series({ type: 'counter', metric: 'all', values: '0+10x10 100x10' });
    expect(valueAt(all, ratio, 2)).toBe(0);
    expect(valueAt(all, ratio, 9)).toBeUndefined();
    const bad = series({ type: 'counter', metric: 'bad', values: '0+1x10' });
    expect(valueAt([...all, ...bad], ratio, 2)).toBe(0.1);
  });
});

describe('measures of gauges', () => {
  const gauges = series(
    { type: 'gauge', metric: 'g', labels: { host: 'a' }, values: '1 3 1 3' },
    { type: 'gauge', metric: 'g', labels: { host: 'b' }, values: '10 20 10 20' },
  );

  test.each([
    [{ over: 'avg', across: 'avg' }, 8.5],
    [{ over: 'avg', across: 'sum' }, 17],
    [{ over: 'max', across: 'max' }, 20],
    [{ over: 'min', across: 'min' }, 1],
    [{ over: 'last', across: 'sum' }, 23],
    [{ match: { host: 'a' } }, 2],
  ])('%j', (how, value) => {
    expect(valueAt(gauges, { gauge: 'g', ...how }, 1)).toBe(value);
  });
});

describe('measures of histograms', () => {
  const histogram: RawSeries[] = [
    {
      type: 'histogram',
      metric: 'd',
      labels: {},
      startedAt: null,
      bounds: [1, 2, 4],
      points: Array.from({ length: 10 }, (_, index) => ({
        at: index * 30_000,
        counts: [50 * index, 30 * index, 20 * index, 0],
        sum: 150 * index,
      })),
    },
  ];

  test.each([
    [{ quantile: 0.5, metric: 'd' }, 1],
    [{ quantile: 0.65, metric: 'd' }, 1.5],
    [{ mean: 'd' }, 1.5],
    [{ share: 'd', bound: 2 }, 0.8],
    [{ share: 'd', bound: 1, side: 'above' }, 0.5],
    [{ share: 'd', bound: 3 }, 0.9],
  ])('%j', (measure, value) => {
    expect(valueAt(histogram, measure, 3)).toBeCloseTo(value, 12);
  });

  test('a bound inside a bucket leaves an interval', () => {
    const buckets = { bounds: [1, 2, 4], counts: [50, 30, 20, 0] };
    expect(bucketShare(buckets, 3, 'above')).toMatchObject({
      low: expect.closeTo(0) as unknown,
      high: expect.closeTo(0.2) as unknown,
    });
    expect(bucketShare({ bounds: [1], counts: [0, 0] }, 1, 'atMost')).toBeNull();
  });

  test.each([
    [0.99, [1, 2], [1, 1, 98], 2],
    [0.5, [-1, 1], [10, 0, 0], -1],
    [0, [1, 2], [0, 5, 0], NaN],
    [0.5, [], [10], NaN],
  ])('Prometheus’ corner cases: quantile %d of bounds %j', (quantile, bounds, counts, value) => {
    expect(bucketQuantile({ bounds, counts }, quantile)).toBe(value);
  });
});

describe('groups', () => {
  const labels = ['gpu', 'region'];
  const mixed = series(
    { type: 'gauge', metric: 'g', labels: { gpu: '0', region: 'eu' }, values: '1x9' },
    { type: 'gauge', metric: 'g', labels: { gpu: '1', region: 'us' }, values: '2x9' },
    { type: 'gauge', metric: 'of-region', labels: { 'cloud.region': 'eu' }, values: '3x9' },
    { type: 'gauge', metric: 'of-all', values: '4x9' },
  );
  const requests = ['g', 'of-region', 'of-all', 'none'].map((gauge) => request({ gauge }));
  const measured = measureSeries(mixed, requests, labels, 3 * MINUTE);

  test('the measures that carry the most labels decide which there are', () => {
    expect(groupsOf(measured, requests, labels)).toEqual(['gpu="0",region="eu"', 'gpu="1",region="us"']);
    expect(groupsOf(measured, requests, [])).toEqual(['']);
  });

  test('the others are looked up by the labels they carry', () => {
    const values = (group: string) =>
      requests.map((each) => valueOfGroup(measured, labels, group)(each)?.value ?? null);
    expect(values('gpu="0",region="eu"')).toEqual([1, 3, 4, null]);
    expect(values('gpu="1",region="us"')).toEqual([2, null, 4, null]);
  });
});
