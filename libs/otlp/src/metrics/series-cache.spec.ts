import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';

import { metricContext } from '../../fixtures/metric-context.js';
import { numberRequest } from '../../fixtures/number-request.js';
import type { NumberPoint } from '../../fixtures/number-request.js';
import { decodeMetrics, SeriesCache } from '../index.js';
import type { MetricBatch } from '../index.js';

const limits = { perMetric: 1e9, perProject: 1e9 };

function decodeWith(cache: SeriesCache, body: Uint8Array): MetricBatch {
  return decodeMetrics(body, 'protobuf', metricContext({ cache }));
}

function points(count: number, first = 0): NumberPoint[] {
  return Array.from({ length: count }, (_, index) => ({
    attributes: [
      ['route', `/v1/${first + index}`],
      ['stage', 'model'],
    ],
    value: index,
  }));
}

function routes(batch: MetricBatch): (string | undefined)[] {
  return [...batch.numbers.seriesIndex].map((index) => batch.series[index]!.attributes['route']);
}

describe('a series that comes again', () => {
  test('is the same object in the next batch, and is not decoded again', () => {
    const cache = new SeriesCache({ maxBytes: 1 << 20, limits });
    const body = numberRequest(['a', 'b'], points(10));
    const first = decodeWith(cache, body);
    const second = decodeWith(cache, body);
    expect(first.series).toHaveLength(20);
    second.series.forEach((series, index) => expect(series).toBe(first.series[index]));
    expect(cache.stats).toMatchObject({ entries: 20, hits: 20, misses: 20 });
  });

  test('in another order of attributes is the same object, not a second series', () => {
    const cache = new SeriesCache({ maxBytes: 1 << 20, limits });
    const [point] = points(1);
    const reversed = { ...point!, attributes: [...point!.attributes!].reverse() };
    const one = decodeWith(cache, numberRequest(['a'], [point!]));
    const both = decodeWith(cache, numberRequest(['a'], [reversed, point!]));
    expect(both.series).toHaveLength(1);
    expect(both.series[0]).toBe(one.series[0]);
    expect([...both.numbers.seriesIndex]).toEqual([0, 0]);
  });

  test('in JSON is the same object', () => {
    const cache = new SeriesCache({ maxBytes: 1 << 20, limits });
    const json = {
      resourceMetrics: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'ranker' } }] },
          scopeMetrics: [
            {
              metrics: [
                { name: 'a', gauge: { dataPoints: [{ timeUnixNano: '1700000000000000000', asInt: 1 }] } },
              ],
            },
          ],
        },
      ],
    };
    const fromJson = decodeMetrics(Buffer.from(JSON.stringify(json)), 'json', metricContext({ cache }));
    expect(decodeWith(cache, numberRequest(['a'], [{}])).series[0]).toBe(fromJson.series[0]);
  });

  test('is a new object after forget', () => {
    const cache = new SeriesCache({ maxBytes: 1 << 20, limits });
    const body = numberRequest(['a'], points(3));
    const before = decodeWith(cache, body).series;
    cache.forget();
    const after = decodeWith(cache, body).series;
    expect(after).toEqual(before);
    after.forEach((series) => expect(before).not.toContain(series));
  });

  test('with another description is a new object with the same hash, once', () => {
    const cache = new SeriesCache({ maxBytes: 1 << 20, limits });
    const old = decodeWith(cache, numberRequest(['a'], [{}])).series[0]!;
    const body = numberRequest(['a'], [{}], { description: 'new' });
    const renewed = decodeWith(cache, body).series[0]!;
    expect(renewed).toEqual({ ...old, description: 'new' });
    expect(decodeWith(cache, body).series[0]).toBe(renewed);
  });

  test('under another resource is another series', () => {
    const cache = new SeriesCache({ maxBytes: 1 << 20, limits });
    const bodies = ['x', 'y'].map((service) => numberRequest(['a'], points(2), { service }));
    const batch = decodeWith(cache, Buffer.concat(bodies));
    expect(batch.series.map(({ serviceName }) => serviceName)).toEqual(['x', 'x', 'y', 'y']);
  });
});

describe('whatever order points come in, each finds its own series', () => {
  test.each(['shuffled', 'repeated', 'with and without attributes', 'one a prefix of the next'])(
    '%s',
    (kind) => {
      const cache = new SeriesCache({ maxBytes: 1 << 20, limits });
      const random = seededRandom(9);
      for (let round = 0; round < 50; round++) {
        const all = points(30);
        const order = Array.from({ length: 60 }, () => Math.floor(random() * all.length));
        const sent = order.map((index): NumberPoint => {
          const point = all[index]!;
          if (kind === 'repeated') {
            return all[index >> 2]!;
          }
          if (kind === 'with and without attributes') {
            return index % 2 === 0 ? point : {};
          }
          // The bytes of the shorter attributes start those of the longer ones.
          return kind === 'shuffled' || index % 2 === 0
            ? point
            : { attributes: point.attributes!.slice(0, 1 + (index % 3 === 0 ? 1 : 0)) };
        });
        const batch = decodeWith(cache, numberRequest(['a'], sent));
        expect(routes(batch)).toEqual(sent.map(({ attributes }) => attributes?.[0]?.[1]));
        batch.numbers.seriesIndex.forEach((index, row) => {
          expect(Object.keys(batch.series[index]!.attributes)).toHaveLength(
            sent[row]!.attributes?.length ?? 0,
          );
        });
      }
    },
  );
});

describe('the bound', () => {
  test('holds however many series come, and series in use stay the same objects', () => {
    const maxBytes = 1 << 20;
    const cache = new SeriesCache({ maxBytes, limits });
    const inUse = numberRequest(['kept'], points(20));
    const kept = decodeWith(cache, inUse).series;
    for (let round = 0; round < 60; round++) {
      decodeWith(cache, numberRequest(['a'], points(200, 200 * round)));
      const again = decodeWith(cache, inUse).series;
      again.forEach((series, index) => expect(series).toBe(kept[index]));
      expect(cache.stats.bytes).toBeLessThanOrEqual(maxBytes + 65_536);
    }
    expect(cache.stats.entries).toBeLessThan(12_000);
  });

  test('series that are not used any more are let go', () => {
    const cache = new SeriesCache({ maxBytes: 1 << 20, limits });
    const body = numberRequest(['a'], points(20));
    const before = decodeWith(cache, body).series[0];
    for (let round = 0; round < 60; round++) {
      decodeWith(cache, numberRequest(['a'], points(200, 1_000 + 200 * round)));
    }
    const after = decodeWith(cache, body).series[0];
    expect(after).toEqual(before);
    expect(after).not.toBe(before);
  });

  test('attributes, metrics and resources of a megabyte are decoded and not kept', () => {
    const cache = new SeriesCache({ maxBytes: 1 << 24, limits });
    const small = numberRequest(['a'], points(5));
    const kept = decodeWith(cache, small).series;
    const huge = 'x'.repeat(1 << 20);
    const before = cache.stats.bytes;
    const bodies = [
      numberRequest(
        ['a'],
        [{ attributes: [[huge, '1']] }, { attributes: [[huge, '2']] }, { attributes: [[huge, '1']] }],
      ),
      numberRequest([huge], points(2)),
      numberRequest(['a'], points(2), { service: huge }),
    ];
    for (const body of bodies) {
      const batch = decodeWith(cache, body);
      expect(batch.series).toHaveLength(2);
      expect(decodeWith(cache, body).series).toEqual(batch.series);
    }
    expect(cache.stats.bytes - before).toBeLessThan(100_000);
    expect(decodeWith(cache, small).series[0]).toBe(kept[0]);
  });

  test('a cache without room still decodes', () => {
    const cache = new SeriesCache({ maxBytes: 0, limits });
    const body = numberRequest(['a', 'a'], points(50));
    for (let round = 0; round < 3; round++) {
      const batch = decodeWith(cache, body);
      expect(batch.series).toHaveLength(50);
      expect(routes(batch).slice(50)).toEqual(routes(batch).slice(0, 50));
    }
  });
});
