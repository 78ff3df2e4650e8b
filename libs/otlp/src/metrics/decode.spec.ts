import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { isAppError, seededRandom } from '@tidewatch/core';
import fc from 'fast-check';

import { batchRows } from '../../fixtures/batch-rows.js';
import type { PointRow } from '../../fixtures/batch-rows.js';
import { referenceDecode, referenceEncode } from '../../fixtures/metrics-proto.js';
import { metricsRequest } from '../../fixtures/metrics-requests.js';
import { shuffleFields } from '../../fixtures/wire-bytes.js';
import { decodeMetricsJson, decodeMetricsProtobuf, MALFORMED } from '../index.js';

const REQUEST = 'ExportMetricsServiceRequest';
const example = readFileSync(new URL('../../fixtures/metrics.json', import.meta.url));
const exampleProtobuf = referenceEncode(REQUEST, JSON.parse(example.toString()) as object);

describe('the example request of the OTLP repository', () => {
  test('is decoded, and its exponential histogram refused by name', () => {
    const batch = decodeMetricsJson(example);
    expect(batch.series.map((series) => [series.metricName, series.metricType, series.temporality])).toEqual([
      ['my.counter', 'sum', 'delta'],
      ['my.gauge', 'gauge', 'unspecified'],
      ['my.histogram', 'histogram', 'delta'],
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
    expect(batch.rejections).toEqual([
      {
        count: 1,
        reason:
          'metric my.exponential.histogram: exponential histograms are not stored yet (1 point refused); send explicit-bucket histograms',
      },
    ]);
  });

  test('is the same batch in protobuf', () => {
    expect(decodeMetricsProtobuf(exampleProtobuf)).toEqual(decodeMetricsJson(example));
  });
});

describe('random requests', () => {
  test('every stored field agrees with protobufjs', () => {
    fc.assert(
      fc.property(metricsRequest, (request) => {
        const bytes = referenceEncode(REQUEST, request);
        const expected = referenceRows(referenceDecode(REQUEST, bytes));
        const batch = decodeMetricsProtobuf(bytes);
        expect(batchRows(batch)).toEqual(expected.rows);
        expect(batch.rejections.reduce((sum, { count }) => sum + count, 0)).toBe(expected.refused);
        expect(new Set(batch.series.map(({ hash }) => hash)).size).toBe(batch.series.length);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('JSON and protobuf give identical batches', () => {
    fc.assert(
      fc.property(metricsRequest, (request) => {
        const json = decodeMetricsJson(Buffer.from(JSON.stringify(request)));
        expect(decodeMetricsProtobuf(referenceEncode(REQUEST, request))).toEqual(json);
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  test('fields may come in any order at every depth', () => {
    fc.assert(
      fc.property(metricsRequest, fc.nat(), (request, seed) => {
        const bytes = referenceEncode(REQUEST, request);
        const shuffled = shuffleFields(bytes, REQUEST, seededRandom(seed));
        expect(decodeMetricsProtobuf(shuffled)).toEqual(decodeMetricsProtobuf(bytes));
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});

describe('hostile bodies', () => {
  const sample = referenceEncode(
    REQUEST,
    fc.sample(metricsRequest, { seed: 7, numRuns: 40 }).reduce((all, { resourceMetrics }) => ({
      resourceMetrics: [...all.resourceMetrics, ...resourceMetrics],
    })),
  );

  test.each([
    ['protobuf', decodeMetricsProtobuf, [exampleProtobuf, sample.subarray(0, 1_000)]],
    ['JSON', decodeMetricsJson, [example]],
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

  test('a body cut at any byte is malformed, or ends at the border of a top-level field', () => {
    const borders = new Set([0, exampleProtobuf.length]);
    for (let end = 0; end <= exampleProtobuf.length; end++) {
      const outcome = codeOf(() => decodeMetricsProtobuf(exampleProtobuf.subarray(0, end)));
      expect([end, outcome]).toEqual([end, borders.has(end) ? undefined : MALFORMED]);
    }
    for (let end = 0; end < example.length - 1; end++) {
      expect([end, codeOf(() => decodeMetricsJson(example.subarray(0, end)))]).toEqual([end, MALFORMED]);
    }
  });

  test('the error names the byte and is not worth a retry', () => {
    try {
      decodeMetricsProtobuf(Uint8Array.of(0x0a, 0x05, 0x01));
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
    } else if (kind < 0.9) {
      copy.copyWithin(position, Math.floor(random() * copy.length), Math.floor(random() * copy.length));
    } else {
      return copy.subarray(0, position);
    }
  }
  return copy;
}

type Json = Record<string, unknown>;

/** What ought to be stored of a request, written a second time over the objects of protobufjs. */
function referenceRows(request: Json): { rows: PointRow[]; refused: number } {
  const numbers: PointRow[] = [];
  const histograms: PointRow[] = [];
  let refused = 0;
  for (const resource of list(request, 'resourceMetrics')) {
    const resourceAttributes = labels((resource['resource'] ?? {}) as Json);
    for (const scopeMetrics of list(resource, 'scopeMetrics')) {
      const scope = (scopeMetrics['scope'] ?? {}) as Json;
      for (const metric of list(scopeMetrics, 'metrics')) {
        const type = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'].find(
          (key) => key in metric,
        );
        const data = (type === undefined ? {} : metric[type]) as Json;
        for (const point of list(data, 'dataPoints')) {
          const isHistogram = type === 'histogram';
          const hasValue =
            isHistogram || 'asInt' in point || 'asDouble' in point || (Number(point['flags'] ?? 0) & 1) === 1;
          const isStored =
            (type === 'gauge' || type === 'sum' || isHistogram) && (point['timeUnixNano'] ?? '0') !== '0';
          if (!isStored || !hasValue) {
            refused++;
            continue;
          }
          const temporality = ['unspecified', 'delta', 'cumulative'][
            Number(data['aggregationTemporality'] ?? 0)
          ];
          const common = {
            metricName: metric['name'],
            metricType: type,
            temporality: type === 'gauge' ? 'unspecified' : (temporality ?? 'unspecified'),
            isMonotonic: data['isMonotonic'] ?? false,
            unit: metric['unit'] ?? '',
            serviceName: new Map(resourceAttributes).get('service.name') ?? '',
            resourceAttributes,
            scopeName: scope['name'] ?? '',
            scopeVersion: scope['version'] ?? '',
            scopeAttributes: labels(scope),
            attributes: labels(point),
            time: point['timeUnixNano'],
            startTime: point['startTimeUnixNano'] ?? '0',
            flags: point['flags'] ?? 0,
          };
          if (isHistogram) {
            histograms.push({ ...common, ...histogramFields(point) });
          } else {
            numbers.push({
              ...common,
              isInt: 'asInt' in point,
              value: Number(point['asInt'] ?? point['asDouble'] ?? NaN),
              valueInt: point['asInt'] ?? '0',
            });
          }
        }
      }
    }
  }
  return { rows: [...numbers, ...histograms], refused };
}

function histogramFields(point: Json): PointRow {
  return {
    count: point['count'] ?? '0',
    sum: point['sum'] ?? null,
    min: point['min'] ?? null,
    max: point['max'] ?? null,
    bucketCounts: point['bucketCounts'] ?? [],
    explicitBounds: point['explicitBounds'] ?? [],
  };
}

function list(parent: Json, key: string): Json[] {
  return (parent[key] ?? []) as Json[];
}

function labels(owner: Json): [string, string][] {
  const byKey = new Map<string, string>();
  for (const { key, value } of list(owner, 'attributes')) {
    const json = valueJson(value as Json | undefined);
    const isComposite =
      typeof value === 'object' && value !== null && ('arrayValue' in value || 'kvlistValue' in value);
    byKey.set(
      (key ?? '') as string,
      isComposite || !json.startsWith('"') ? json.replace(/^null$/, '') : (JSON.parse(json) as string),
    );
  }
  return integerKeysFirst(sorted(byKey));
}

/** JavaScript objects list keys that are array indexes first; labels are such objects. */
function integerKeysFirst(entries: [string, string][]): [string, string][] {
  return Object.entries(Object.fromEntries(entries));
}

function valueJson(value: Json | undefined): string {
  const [kind, content] = Object.entries(value ?? {})[0] ?? [];
  switch (kind) {
    case undefined:
      return 'null';
    case 'boolValue':
    case 'intValue':
      return String(content);
    case 'doubleValue':
      return Number.isFinite(content)
        ? Object.is(content, -0)
          ? '-0'
          : String(content)
        : `"${String(content)}"`;
    case 'arrayValue':
      return `[${list(content as Json, 'values')
        .map(valueJson)
        .join(',')}]`;
    case 'kvlistValue': {
      const byKey = new Map<string, string>();
      list(content as Json, 'values').forEach((item) =>
        byKey.set((item['key'] ?? '') as string, valueJson(item['value'] as Json)),
      );
      return `{${sorted(byKey)
        .map(([key, json]) => `${JSON.stringify(key)}:${json}`)
        .join(',')}}`;
    }
    default:
      return JSON.stringify(content);
  }
}

function sorted(map: Map<string, string>): [string, string][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
