import { describe, expect, test } from '@jest/globals';

import { metricContext } from '../../fixtures/metric-context.js';
import { numberRequest } from '../../fixtures/number-request.js';
import type { NumberPoint } from '../../fixtures/number-request.js';
import { decodeMetrics, SeriesCache } from '../index.js';
import { SeriesCounter } from './cardinality.js';

function cacheOf(perMetric: number, perProject: number, maxBytes = 1 << 20): SeriesCache {
  return new SeriesCache({ maxBytes, limits: { perMetric, perProject } });
}

function points(from: number, to: number): NumberPoint[] {
  return Array.from({ length: to - from }, (_, index) => ({ attributes: [['id', `${from + index}`]] }));
}

function decodeWith(cache: SeriesCache, body: Uint8Array, day = 20_000) {
  return decodeMetrics(body, 'protobuf', metricContext({ cache, day }));
}

describe('the limit per metric', () => {
  test('refuses points of new series, says so, and lets known series go on', () => {
    const cache = cacheOf(10, 1_000);
    expect(decodeWith(cache, numberRequest(['a'], points(0, 8))).accepted).toBe(8);
    const over = decodeWith(cache, numberRequest(['a'], [...points(5, 13), ...points(12, 13)]));
    expect(over.accepted).toBe(5);
    expect(over.series.map(({ attributes }) => attributes['id'])).toEqual(['5', '6', '7', '8', '9']);
    expect(over.rejections).toEqual([
      {
        count: 4,
        reason:
          'metric a: the limit of 10 series per day is reached (4 points refused); remove attributes with many values or raise TIDEWATCH_MAX_SERIES_PER_METRIC',
      },
    ]);
    expect(cache.stats.seriesRefused).toBe(3);
  });

  test('counts by name: what else describes the metric opens no second account', () => {
    const cache = cacheOf(10, 1_000);
    decodeWith(cache, numberRequest(['a'], points(0, 10), { service: 'x' }));
    expect(decodeWith(cache, numberRequest(['a'], points(0, 10), { service: 'y' })).accepted).toBe(0);
    expect(decodeWith(cache, numberRequest(['b'], points(0, 10))).accepted).toBe(10);
  });

  test.each([1 << 24, 0])('is exact whatever the cache forgets (%d bytes)', (maxBytes) => {
    const cache = cacheOf(100, 1_000, maxBytes);
    for (let round = 0; round < 3; round++) {
      let accepted = 0;
      for (let first = 0; first < 200; first += 10) {
        cache.forget();
        accepted += decodeWith(cache, numberRequest(['a'], points(first, first + 10))).accepted;
      }
      expect(accepted).toBe(100);
    }
  });

  test('a point that is refused for something else takes no place', () => {
    const cache = cacheOf(1, 1);
    const context = metricContext({ cache, times: { earliest: 0, latest: 1 } });
    expect(decodeMetrics(numberRequest(['a'], points(0, 5)), 'protobuf', context).accepted).toBe(0);
    expect(decodeWith(cache, numberRequest(['a'], points(9, 10))).accepted).toBe(1);
  });
});

describe('the limit per project', () => {
  test('holds across metrics', () => {
    const cache = cacheOf(10, 15);
    const batch = decodeWith(cache, numberRequest(['a', 'b'], points(0, 10)));
    expect(batch.accepted).toBe(15);
    expect(batch.rejections).toEqual([
      {
        count: 5,
        reason:
          'metric b: the limit of 15 series per day for all metrics of the project is reached (5 points refused); remove attributes with many values or raise TIDEWATCH_MAX_SERIES_PER_PROJECT',
      },
    ]);
  });
});

describe('the day', () => {
  test('starts a new count; the day before still belongs to it', () => {
    const cache = cacheOf(10, 100);
    decodeWith(cache, numberRequest(['a'], points(0, 10)), 20_000);
    expect(decodeWith(cache, numberRequest(['a'], points(10, 20)), 20_001).accepted).toBe(10);
    expect(decodeWith(cache, numberRequest(['a'], points(20, 30)), 20_000).accepted).toBe(0);
    expect(decodeWith(cache, numberRequest(['a'], points(20, 30)), 20_002).accepted).toBe(10);
  });

  test('long before the last one means that the clock was wrong', () => {
    const cache = cacheOf(10, 100);
    decodeWith(cache, numberRequest(['a'], points(0, 10)), 30_000);
    expect(decodeWith(cache, numberRequest(['a'], points(10, 20)), 20_000).accepted).toBe(10);
  });
});

test('SeriesCounter tells hashes apart while it grows, those with zero halves included', () => {
  const counter = new SeriesCounter({ perMetric: 1e6, perProject: 1e6 });
  const hashes = Array.from({ length: 5_000 }, (_, index) => (BigInt(index % 50) << 32n) | BigInt(index));
  for (const verdict of ['admitted', 'known']) {
    expect(hashes.every((hash) => counter.admit(hash, 7n, 1) === verdict)).toBe(true);
  }
});
