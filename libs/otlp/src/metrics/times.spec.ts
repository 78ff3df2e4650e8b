import { describe, expect, test } from '@jest/globals';

import { metricContext } from '../../fixtures/metric-context.js';
import { referenceEncode } from '../../fixtures/metrics-proto.js';
import { decodeMetrics } from '../index.js';

function numberPoint(time: string, asInt: number): object {
  return { timeUnixNano: time, asInt, attributes: [{ key: 'n', value: { intValue: asInt } }] };
}

const request = referenceEncode('ExportMetricsServiceRequest', {
  resourceMetrics: [
    {
      scopeMetrics: [
        {
          metrics: [
            {
              name: 'a',
              gauge: { dataPoints: ['999999999', '1000000000', '2000000000', '2000000001'].map(numberPoint) },
            },
            {
              name: 'b',
              histogram: {
                dataPoints: [
                  { timeUnixNano: '3000000000', count: '1' },
                  { timeUnixNano: '1500000000', count: '2', bucketCounts: ['2'], sum: 4 },
                ],
              },
            },
          ],
        },
      ],
    },
  ],
});

describe('times outside the storable ones', () => {
  const batch = decodeMetrics(
    request,
    'protobuf',
    metricContext({ times: { earliest: 1_000, latest: 2_000 } }),
  );

  test('are refused by metric and side; the bounds themselves are stored', () => {
    expect([...batch.numbers.valueInt]).toEqual([1n, 2n]);
    expect([...batch.histograms.count]).toEqual([2n]);
    expect(batch.rejections).toEqual([
      {
        count: 1,
        reason:
          'metric a: times before 1970-01-01T00:00:01.000Z, the oldest that is kept (1 point refused); older points would be deleted at once',
      },
      {
        count: 1,
        reason:
          "metric a: times after 1970-01-01T00:00:02.000Z, in the future (1 point refused); check the sender's clock",
      },
      { count: 1, reason: expect.stringContaining('metric b: times after') },
    ]);
    expect(batch.accepted).toBe(3);
  });

  test('leave no series without points', () => {
    expect(batch.series.map(({ metricName, attributes }) => [metricName, attributes])).toEqual([
      ['a', { n: '1' }],
      ['a', { n: '2' }],
      ['b', {}],
    ]);
    expect([...batch.numbers.seriesIndex, ...batch.histograms.seriesIndex]).toEqual([0, 1, 2]);
  });

  test.each([
    [1_000.5, 2_000, 2],
    [1_000, 1_999.5, 2],
    [-Infinity, Infinity, 6],
    [0, 1e300, 6],
    [2_000, 1_000, 0],
  ])('bounds of %d and %d accept %d points', (earliest, latest, accepted) => {
    expect(decodeMetrics(request, 'protobuf', metricContext({ times: { earliest, latest } })).accepted).toBe(
      accepted,
    );
  });
});
