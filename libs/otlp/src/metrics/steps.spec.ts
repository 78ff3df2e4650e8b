import { describe, expect, test } from '@jest/globals';

import { metricContext } from '../../fixtures/metric-context.js';
import { numberRequest } from '../../fixtures/number-request.js';
import type { NumberPoint } from '../../fixtures/number-request.js';
import { bytesField, varintField } from '../../fixtures/wire-bytes.js';
import { decodeMetrics, decodeMetricsSteps, SeriesCache } from '../index.js';
import type { MetricBatch } from '../index.js';

const limits = { perMetric: 1e9, perProject: 1e9 };

function points(count: number): NumberPoint[] {
  return Array.from({ length: count }, (_, index) => ({
    attributes: [['id', `${index % 2_000}`]],
    value: index,
  }));
}

function drain(steps: Generator<void, MetricBatch>): { batch: MetricBatch; pauses: number } {
  for (let pauses = 0; ; pauses++) {
    const step = steps.next();
    if (step.done === true) {
      return { batch: step.value, pauses };
    }
  }
}

/** Which series has which value, point by point. */
function sequence({ series, numbers }: MetricBatch): string[] {
  return Array.from(numbers.seriesIndex, (index, row) => `${series[index]!.hash} ${numbers.valueInt[row]}`);
}

describe('decoding in steps', () => {
  test('gives the batch that decoding in one go gives', () => {
    const body = numberRequest(['a', 'b', 'c'], points(5_000));
    const { batch, pauses } = drain(decodeMetricsSteps(body, 'protobuf', metricContext()));
    const whole = decodeMetrics(body, 'protobuf', metricContext());
    expect(sequence(batch)).toEqual(sequence(whole));
    expect(batch.series).toEqual(whole.series);
    expect(pauses).toBeGreaterThan(3);
  });

  test('several decodes may take turns on one cache, even one that turns over', () => {
    for (const maxBytes of [1 << 24, 1 << 18]) {
      const cache = new SeriesCache({ maxBytes, limits });
      const bodies = ['x', 'y', 'x'].map((service) => numberRequest(['a', 'b'], points(3_000), { service }));
      const running = bodies.map((body) => decodeMetricsSteps(body, 'protobuf', metricContext({ cache })));
      const batches: MetricBatch[] = [];
      let isRunning = true;
      while (isRunning) {
        isRunning = false;
        running.forEach((steps, index) => {
          const step = steps.next();
          isRunning ||= step.done !== true;
          batches[index] ??= step.value as MetricBatch;
        });
      }
      batches.forEach((batch, index) => {
        expect(batch.series).toHaveLength(4_000);
        expect(sequence(batch)).toEqual(sequence(decodeMetrics(bodies[index]!, 'protobuf', metricContext())));
      });
    }
  });

  test('JSON pauses too', () => {
    const dataPoints = Array.from({ length: 9_000 }, (_, index) => ({ timeUnixNano: '1', asInt: index }));
    const metrics = [{ name: 'm', gauge: { dataPoints } }];
    const body = Buffer.from(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }));
    const { batch, pauses } = drain(decodeMetricsSteps(body, 'json', metricContext()));
    expect([batch.accepted, batch.series.length]).toEqual([9_000, 1]);
    expect(pauses).toBeGreaterThan(4);
  });

  test.each([
    ['empty resources', Buffer.alloc(2_000_000, bytesField(1))],
    ['empty scopes', bytesField(1, Buffer.alloc(2_000_000, bytesField(2)))],
    ['empty metrics', bytesField(1, bytesField(2, Buffer.alloc(2_000_000, bytesField(2))))],
    ['unknown fields of a request', Buffer.alloc(2_000_000, varintField(15, 1))],
    [
      'unknown fields of a metric',
      bytesField(1, bytesField(2, bytesField(2, Buffer.alloc(2_000_000, varintField(15, 1))))),
    ],
    [
      'parts of the data of a metric',
      bytesField(1, bytesField(2, bytesField(2, Buffer.alloc(2_000_000, bytesField(5))))),
    ],
    [
      'unknown fields beside points',
      bytesField(1, bytesField(2, bytesField(2, bytesField(5, Buffer.alloc(2_000_000, varintField(15, 1)))))),
    ],
  ])('a million %s pause as well, and are a batch of nothing', (_name, body) => {
    const { batch, pauses } = drain(decodeMetricsSteps(body, 'protobuf', metricContext()));
    expect(batch).toMatchObject({ series: [], accepted: 0, rejections: [] });
    expect(pauses).toBeGreaterThan(10);
  });

  test('a million empty points are refused and counted', () => {
    const points = Buffer.alloc(2_000_000, bytesField(1));
    const body = bytesField(1, bytesField(2, bytesField(2, bytesField(1, 'm'), bytesField(5, points))));
    const { batch, pauses } = drain(decodeMetricsSteps(body, 'protobuf', metricContext()));
    expect(batch.rejections).toEqual([
      { count: 1_000_000, reason: expect.stringContaining('without a time') },
    ]);
    expect(batch.numbers.value.buffer.byteLength).toBe(0);
    expect(pauses).toBeGreaterThan(10);
  });
});
