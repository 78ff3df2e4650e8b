import { describe, expect, test } from '@jest/globals';

import { referenceEncode } from '../../fixtures/metrics-proto.js';
import { decodeMetricsProtobuf, refuseOutOfRange, summariseRejections } from '../index.js';

function numberPoint(milliseconds: number, asInt: number): object {
  return {
    timeUnixNano: `${milliseconds}000000`,
    asInt,
    attributes: [{ key: 'n', value: { intValue: asInt } }],
  };
}

const batch = decodeMetricsProtobuf(
  referenceEncode('ExportMetricsServiceRequest', {
    resourceMetrics: [
      {
        scopeMetrics: [
          {
            metrics: [
              { name: 'a', gauge: { dataPoints: [999, 1_000, 2_000, 2_001].map(numberPoint) } },
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
  }),
);

describe('refuseOutOfRange', () => {
  const limited = refuseOutOfRange(batch, { earliest: 1_000, latest: 2_000 });

  test('keeps points on the limits and refuses those beyond, by metric and side', () => {
    expect([...limited.numbers.valueInt]).toEqual([1n, 2n]);
    expect([...limited.histograms.count]).toEqual([2n]);
    expect(limited.histograms.bucketCounts).toEqual([BigUint64Array.of(2n)]);
    expect(limited.rejections).toEqual([
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
  });

  test('drops series without points and renumbers the rest', () => {
    expect(limited.series.map(({ metricName, attributes }) => [metricName, attributes])).toEqual([
      ['a', { n: '1' }],
      ['a', { n: '2' }],
      ['b', {}],
    ]);
    expect([...limited.numbers.seriesIndex, ...limited.histograms.seriesIndex]).toEqual([0, 1, 2]);
  });

  test('returns the batch itself when every point is in range, and never changes its argument', () => {
    expect(refuseOutOfRange(batch, { earliest: 0, latest: 3_000 })).toBe(batch);
    expect([...batch.numbers.seriesIndex]).toEqual([0, 1, 2, 3]);
  });
});

describe('summariseRejections', () => {
  test('is null for none, and adds up and joins the rest', () => {
    expect(summariseRejections([])).toBeNull();
    expect(
      summariseRejections([
        { count: 2, reason: 'first' },
        { count: 3, reason: 'second' },
      ]),
    ).toEqual({ rejected: 5, message: 'first. second' });
  });

  test('names as many reasons as fit and counts the others', () => {
    const summary = summariseRejections(
      Array.from({ length: 900 }, () => ({ count: 1, reason: 'x'.repeat(998) })),
    );
    expect(summary?.rejected).toBe(900);
    expect(summary?.message).toMatch(/And 896 more reasons\.$/);
    expect(summary?.message.length).toBeLessThan(4_200);
  });
});
