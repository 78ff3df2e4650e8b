import { describe, expect, test } from '@jest/globals';

import { decodeJson } from '../../fixtures/metric-context.js';
import { encodeMetricsResponse, summariseRejections } from '../index.js';

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

describe('a request with faults in very many metrics', () => {
  const metrics = Array.from({ length: 1_500 }, (_, index) => ({
    name: `${index}-${'n'.repeat(1_000)}`,
    gauge: { dataPoints: [{ timeUnixNano: '1' }, { timeUnixNano: '1', asInt: 1 }, { asInt: 1 }] },
  }));
  const { rejections, accepted } = decodeJson(
    Buffer.from(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] })),
  );

  test('is told of a thousand reasons, and every point is counted', () => {
    expect(rejections).toHaveLength(1_002);
    expect(accepted + rejections.reduce((sum, { count }) => sum + count, 0)).toBe(4_500);
    expect(rejections.slice(-2)).toEqual([
      { count: 1_000, reason: 'further metrics: points without a value (1000 points refused)' },
      { count: 1_000, reason: 'further metrics: points without a time (1000 points refused)' },
    ]);
  });

  test('gets an answer of bounded size with bounded names', () => {
    expect(rejections[0]!.reason.length).toBeLessThan(300);
    expect(encodeMetricsResponse(summariseRejections(rejections), 'protobuf').length).toBeLessThan(20_000);
  });
});
