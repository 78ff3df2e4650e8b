import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { isAppError, seededRandom } from '@tidewatch/core';
import fc from 'fast-check';

import { batchRows } from '../../fixtures/batch-rows.js';
import { decodeJson, decodeProtobuf, metricContext } from '../../fixtures/metric-context.js';
import { referenceDecode, referenceEncode } from '../../fixtures/metrics-proto.js';
import { metricsRequest, protobufForm } from '../../fixtures/metrics-requests.js';
import { referenceRows } from '../../fixtures/reference-rows.js';
import { shuffleFields } from '../../fixtures/wire-bytes.js';
import { decodeMetrics, MALFORMED, SeriesCache } from '../index.js';

const REQUEST = 'ExportMetricsServiceRequest';
const example = readFileSync(new URL('../../fixtures/metrics.json', import.meta.url));
const exampleProtobuf = referenceEncode(REQUEST, JSON.parse(example.toString()) as object);

describe('the example request of the OTLP repository', () => {
  test('is decoded field for field', () => {
    const batch = decodeJson(example);
    expect(batch.series.map((series) => [series.metricName, series.metricType, series.temporality])).toEqual([
      ['my.counter', 'sum', 'delta'],
      ['my.gauge', 'gauge', 'unspecified'],
      ['my.histogram', 'histogram', 'delta'],
      ['my.exponential.histogram', 'exponential_histogram', 'delta'],
    ]);
    expect(batch.series[0]).toMatchObject({
      isMonotonic: true,
      unit: '1',
      description: 'I am a Counter',
      serviceName: 'my.service',
      resourceAttributes: { 'service.name': 'my.service' },
      scopeName: 'my.library',
      scopeVersion: '1.0.0',
      scopeAttributes: { 'my.scope.attribute': 'some scope attribute' },
      attributes: { 'my.counter.attr': 'some value' },
    });
    expect([...batch.numbers.value]).toEqual([5, 10]);
    expect([...batch.numbers.timeUnixNano]).toEqual([1544712660300000000n, 1544712660300000000n]);
    expect([...batch.numbers.startTimeUnixNano]).toEqual([1544712660300000000n, 0n]);
    expect(batch.histograms).toMatchObject({
      count: BigUint64Array.of(2n),
      sum: Float64Array.of(2),
      hasMin: Uint8Array.of(1),
      max: Float64Array.of(2),
      bucketCounts: [BigUint64Array.of(1n, 1n)],
      explicitBounds: [Float64Array.of(1)],
    });
    expect(batch.exponentialHistograms).toMatchObject({
      length: 1,
      timeUnixNano: BigInt64Array.of(1544712660300000000n),
      startTimeUnixNano: BigInt64Array.of(1544712660300000000n),
      count: BigUint64Array.of(3n),
      sum: Float64Array.of(10),
      hasSum: Uint8Array.of(1),
      min: Float64Array.of(0),
      hasMin: Uint8Array.of(1),
      max: Float64Array.of(5),
      scale: Int32Array.of(0),
      zeroCount: BigUint64Array.of(1n),
      zeroThreshold: Float64Array.of(0),
      positiveOffset: Int32Array.of(1),
      positiveBucketCounts: [BigUint64Array.of(0n, 2n)],
      negativeOffset: Int32Array.of(0),
      negativeBucketCounts: [new BigUint64Array(0)],
    });
    expect([batch.rejections, batch.accepted]).toEqual([[], 4]);
  });

  test('is the same batch in protobuf', () => {
    expect(decodeProtobuf(exampleProtobuf)).toEqual(decodeJson(example));
  });
});

describe('random requests', () => {
  test('every stored field agrees with protobufjs', () => {
    fc.assert(
      fc.property(metricsRequest, (request) => {
        const bytes = referenceEncode(REQUEST, protobufForm(request));
        const expected = referenceRows(referenceDecode(REQUEST, bytes));
        const batch = decodeProtobuf(bytes);
        expect(batchRows(batch)).toEqual(expected.rows);
        const { numbers, histograms, exponentialHistograms, summaries } = expected.rows;
        expect(batch.accepted).toBe(
          numbers.length + histograms.length + exponentialHistograms.length + summaries.length,
        );
        expect(batch.rejections.reduce((sum, { count }) => sum + count, 0)).toBe(expected.refused);
        expect(new Set(batch.series.map(({ hash }) => hash)).size).toBe(batch.series.length);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('JSON and protobuf give identical batches', () => {
    fc.assert(
      fc.property(metricsRequest, (request) => {
        const json = decodeJson(Buffer.from(JSON.stringify(request)));
        expect(decodeProtobuf(referenceEncode(REQUEST, protobufForm(request)))).toEqual(json);
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  test('fields may come in any order at every depth', () => {
    fc.assert(
      fc.property(metricsRequest, fc.nat(), (request, seed) => {
        const bytes = referenceEncode(REQUEST, protobufForm(request));
        const shuffled = shuffleFields(bytes, REQUEST, seededRandom(seed));
        expect(decodeProtobuf(shuffled)).toEqual(decodeProtobuf(bytes));
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  test('what the cache remembers of other requests changes nothing', () => {
    // A small cache, so that it turns over many times.
    const cache = new SeriesCache({ maxBytes: 200_000, limits: { perMetric: 1e6, perProject: 1e6 } });
    const requests = fc.sample(metricsRequest, { seed: 4, numRuns: 60 }).map((request, index) => {
      const bytes = referenceEncode(REQUEST, protobufForm(request));
      return index % 3 === 0 ? shuffleFields(bytes, REQUEST, seededRandom(index)) : bytes;
    });
    for (let round = 0; round < 3; round++) {
      for (const body of requests) {
        const batch = decodeMetrics(body, 'protobuf', metricContext({ cache }));
        expect(batchRows(batch)).toEqual(batchRows(decodeProtobuf(body)));
        expect(new Set(batch.series.map(({ hash }) => hash)).size).toBe(batch.series.length);
      }
    }
    expect(cache.stats.bytes).toBeLessThan(2 * 200_000);
  });
});

describe('hostile bodies', () => {
  const sample = referenceEncode(
    REQUEST,
    protobufForm(
      fc.sample(metricsRequest, { seed: 7, numRuns: 40 }).reduce((all, { resourceMetrics }) => ({
        resourceMetrics: [...all.resourceMetrics, ...resourceMetrics],
      })),
    ),
  );

  test.each([
    ['protobuf', decodeProtobuf, [exampleProtobuf, sample.subarray(0, 1_000)]],
    ['JSON', decodeJson, [example]],
  ] as const)(
    '20,000 mutated %s bodies are decoded or are malformed, and nothing else',
    (_name, decode, bodies) => {
      const random = seededRandom(20_000);
      let decoded = 0;
      for (let run = 0; run < 20_000; run++) {
        const body = mutate(bodies[run % bodies.length]!, random);
        try {
          decode(body);
          decoded++;
        } catch (error) {
          if (!isAppError(error, MALFORMED)) {
            throw error;
          }
        }
      }
      // Both outcomes occur: neither does the decoder refuse all mutations nor accept all.
      expect(decoded).toBeGreaterThan(200);
      expect(decoded).toBeLessThan(19_800);
    },
  );

  test('nothing outside the body is read, wherever the body lies in memory', () => {
    const random = seededRandom(5_000);
    const cache = metricContext().cache;
    for (let run = 0; run < 5_000; run++) {
      const body = mutate(sample.subarray(0, 1_000), random);
      // What follows the body would complete a message that is cut at its end.
      const memory = Buffer.concat([sample.subarray(0, 100), body, sample]);
      const inside = memory.subarray(100, 100 + body.length);
      const outcome = (bytes: Uint8Array) => {
        try {
          return batchRows(decodeMetrics(bytes, 'protobuf', metricContext({ cache })));
        } catch (error) {
          return (error as Error).message;
        }
      };
      expect(outcome(inside)).toEqual(outcome(Uint8Array.from(body)));
    }
  });

  test('a body cut at any byte is malformed, or ends at the border of a top-level field', () => {
    const borders = new Set([0, exampleProtobuf.length]);
    for (let end = 0; end <= exampleProtobuf.length; end++) {
      const outcome = codeOf(() => decodeProtobuf(exampleProtobuf.subarray(0, end)));
      expect([end, outcome]).toEqual([end, borders.has(end) ? undefined : MALFORMED]);
    }
    for (let end = 0; end < example.length - 1; end++) {
      expect([end, codeOf(() => decodeJson(example.subarray(0, end)))]).toEqual([end, MALFORMED]);
    }
  });

  test('the error names the byte and is not worth a retry', () => {
    try {
      decodeProtobuf(Uint8Array.of(0x0a, 0x05, 0x01));
    } catch (error) {
      expect(error).toMatchObject({ code: MALFORMED, retryable: false });
      expect((error as Error).message).toContain(
        'at byte 1: field 1 is longer than what is left of its message',
      );
      return;
    }
    throw new Error('decoded');
  });
});

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

function mutate(body: Uint8Array, random: () => number): Uint8Array {
  const copy = Uint8Array.from(body);
  const changes = 1 + Math.floor(random() * 4);
  for (let change = 0; change < changes; change++) {
    const position = Math.floor(random() * copy.length);
    const kind = random();
    if (kind < 0.4) {
      copy[position] = Math.floor(random() * 256);
    } else if (kind < 0.7) {
      copy[position]! ^= 1 << Math.floor(random() * 8);
    } else if (kind < 0.75) {
      return Buffer.concat([
        copy.subarray(0, position),
        Buffer.of(Math.floor(random() * 256)),
        copy.subarray(position),
      ]);
    } else if (kind < 0.8) {
      return Buffer.concat([copy.subarray(0, position), copy.subarray(position >> 1)]);
    } else if (kind < 0.9) {
      copy.copyWithin(position, Math.floor(random() * copy.length), Math.floor(random() * copy.length));
    } else {
      return copy.subarray(0, position);
    }
  }
  return copy;
}
