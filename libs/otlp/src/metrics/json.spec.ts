import { describe, expect, test } from '@jest/globals';

import { decodeJson } from '../../fixtures/metric-context.js';

const TIME = '1700000000000000000';

function body(document: unknown): Uint8Array {
  return Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
}

function gauge(point: object): unknown {
  return {
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints: [point] } }] }] }],
  };
}

function histogram(point: object): unknown {
  const dataPoints = [{ timeUnixNano: TIME, ...point }];
  return { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', histogram: { dataPoints } }] }] }] };
}

describe('the proto3 JSON mapping', () => {
  test.each([
    ['an int64 as string', { asInt: '9223372036854775807' }, 9223372036854775807n],
    ['a negative int64 as string', { asInt: '-9223372036854775808' }, -(2n ** 63n)],
    ['an int64 as number', { asInt: 42 }, 42n],
    [
      'a bare number beyond 2^53 with the value of its double',
      { asInt: 9007199254740993 },
      9007199254740992n,
    ],
  ])('%s', (_name, value, expected) => {
    const { numbers } = decodeJson(body(gauge({ timeUnixNano: TIME, ...value })));
    expect([numbers.isInt[0], numbers.valueInt[0]]).toEqual([1, expected]);
  });

  test.each([
    ['a number', 1.5, 1.5],
    ['a number in a string', '-2.5e3', -2500],
    ['"NaN"', 'NaN', NaN],
    ['"Infinity"', 'Infinity', Infinity],
    ['"-Infinity"', '-Infinity', -Infinity],
  ])('a double as %s', (_name, asDouble, expected) => {
    expect(decodeJson(body(gauge({ timeUnixNano: TIME, asDouble }))).numbers.value[0]).toBe(expected);
  });

  test('the time is exact from a string and rounded from a number', () => {
    const exact = decodeJson(body(gauge({ timeUnixNano: '1700000000000000001', asInt: 1 })));
    expect(exact.numbers.timeUnixNano[0]).toBe(1700000000000000001n);
    const rounded = decodeJson(body(gauge({ timeUnixNano: 1700000000000000001, asInt: 1 })));
    expect(rounded.numbers.timeUnixNano[0]).toBe(1700000000000000000n);
  });

  test.each([
    [2, 'cumulative'],
    ['1', 'delta'],
    ['AGGREGATION_TEMPORALITY_CUMULATIVE', 'cumulative'],
    [77, 'unspecified'],
    [null, 'unspecified'],
  ])('the aggregation temporality %p is %s', (aggregationTemporality, expected) => {
    const sum = { aggregationTemporality, isMonotonic: true, dataPoints: [{ timeUnixNano: TIME, asInt: 1 }] };
    const batch = decodeJson(
      body({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', sum }] }] }] }),
    );
    expect(batch.series[0]).toMatchObject({ temporality: expected, isMonotonic: true, metricType: 'sum' });
  });

  test('ids of exemplars are hex of either case', () => {
    const ids = { traceId: '0123456789ABCDEF0123456789abcdef', spanId: 'ABCDEF0123456789' };
    const { exemplars } = decodeJson(
      body(gauge({ timeUnixNano: TIME, asInt: 1, exemplars: [{ ...ids, asInt: '5' }] })),
    );
    expect([exemplars.traceId[0], exemplars.spanId[0]]).toEqual([
      '0123456789abcdef0123456789abcdef',
      'abcdef0123456789',
    ]);
    expect([exemplars.valueInt[0], exemplars.timeUnixNano[0]]).toEqual([5n, 1700000000000000000n]);
  });

  test('numbers of every width may be strings, and null elements are zero', () => {
    const point = {
      timeUnixNano: TIME,
      flags: '1',
      scale: '-3',
      zeroCount: '18446744073709551615',
      zeroThreshold: '0.5',
      positive: { offset: '-7', bucketCounts: ['1', 2, null] },
      negative: null,
    };
    const exponentialHistogram = { dataPoints: [point] };
    const batch = decodeJson(
      body({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', exponentialHistogram }] }] }] }),
    );
    expect(batch.exponentialHistograms).toMatchObject({
      flags: Uint32Array.of(1),
      scale: Int32Array.of(-3),
      zeroCount: BigUint64Array.of(2n ** 64n - 1n),
      zeroThreshold: Float64Array.of(0.5),
      positiveOffset: Int32Array.of(-7),
      positiveBucketCounts: [BigUint64Array.of(1n, 2n, 0n)],
      hasSum: Uint8Array.of(0),
    });
  });

  test('a length that takes several bytes is written in protobuf as it should be', () => {
    for (const length of [0, 100, 127, 128, 16_383, 16_384, 1_000_000]) {
      const text = 'ü'.repeat(length);
      const attributes = [{ key: 'k', value: { arrayValue: { values: [{ stringValue: text }] } } }];
      const batch = decodeJson(body(gauge({ timeUnixNano: TIME, asInt: 1, attributes })));
      expect(batch.series[0]!.attributes['k']).toBe(JSON.stringify([text]));
    }
  });

  test('snake_case names are unknown, unknown fields are ignored, and null is unset', () => {
    const point = {
      timeUnixNano: TIME,
      asDouble: 1,
      asInt: null,
      flags: null,
      attributes: null,
      later: { a: [1] },
    };
    expect(decodeJson(body(gauge({ ...point, time_unix_nano: 'x' }))).numbers.length).toBe(1);
    expect(decodeJson(body({ resource_metrics: 5 })).numbers.length).toBe(0);
  });

  test('a byte order mark is no part of the document', () => {
    expect(decodeJson(body('\ufeff{"resourceMetrics":[]}')).series).toEqual([]);
  });

  test('empty requests and envelopes are a batch of nothing', () => {
    for (const document of ['{}', 'null', '{"resourceMetrics":[{}]}', '{"resourceMetrics":[null]}']) {
      expect(decodeJson(body(document))).toMatchObject({ series: [], rejections: [] });
    }
  });

  test('attributes of every kind have their text', () => {
    const values = {
      s: { stringValue: 'x' },
      b: { boolValue: true },
      i: { intValue: '-7' },
      d: { doubleValue: 1 },
      nan: { doubleValue: 'NaN' },
      x: { bytesValue: '_-8' },
      n: {},
      a: { arrayValue: { values: [{ stringValue: '1' }, { intValue: 1 }, {}, { doubleValue: 'Infinity' }] } },
      m: {
        kvlistValue: {
          values: [
            { key: 'z', value: { boolValue: false } },
            { key: 'a', value: { bytesValue: 'AA==' } },
          ],
        },
      },
    };
    const attributes = Object.entries(values).map(([key, value]) => ({ key, value }));
    expect(
      decodeJson(body(gauge({ timeUnixNano: TIME, asInt: 1, attributes }))).series[0]!.attributes,
    ).toEqual({
      a: '["1",1,null,"Infinity"]',
      b: 'true',
      d: '1',
      i: '-7',
      m: '{"a":"AA==","z":false}',
      n: '',
      nan: 'NaN',
      s: 'x',
      x: '/+8=',
    });
  });
});

describe('malformed documents', () => {
  test.each([
    ['{', 'at its root: it is not JSON'],
    ['', 'at its root: it is not JSON'],
    ['[]', 'at its root: an object is expected'],
    [{ resourceMetrics: {} }, 'at resourceMetrics: an array is expected'],
    [{ resourceMetrics: [5] }, 'at resourceMetrics[0]: an object is expected'],
    [gauge({ timeUnixNano: 'now' }), 'dataPoints[0].timeUnixNano: an integer, or a string of decimal digits'],
    [gauge({ timeUnixNano: 1.5 }), 'dataPoints[0].timeUnixNano: an integer'],
    [gauge({ timeUnixNano: TIME, asDouble: '' }), 'dataPoints[0].asDouble: a number'],
    [gauge({ timeUnixNano: TIME, asDouble: true }), 'dataPoints[0].asDouble: a number'],
    [gauge({ timeUnixNano: TIME, asDouble: 1, asInt: 1 }), 'asDouble and asInt exclude each other'],
    [
      gauge({ timeUnixNano: TIME, asInt: 1, attributes: [{ key: 1 }] }),
      'attributes[0].key: a string is expected',
    ],
    [
      {
        resourceMetrics: [
          { resource: { attributes: [{ key: 'a', value: { intValue: '9223372036854775808' } }] } },
        ],
      },
      'resource.attributes[0].value.intValue: the number is out of range',
    ],
    [
      { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ sum: { aggregationTemporality: 'DELTA' } }] }] }] },
      'sum.aggregationTemporality: an integer',
    ],
    [{ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 7 }] }] }] }, 'metrics[0].name: a string'],
    [gauge({ exemplars: [{ traceId: 'AZ==' }] }), 'exemplars[0].traceId: hex digits are expected'],
    [gauge({ exemplars: [{ spanId: 'abc' }] }), 'exemplars[0].spanId: hex digits are expected'],
    [
      gauge({ timeUnixNano: TIME, asInt: 1, attributes: [{ key: 'a', value: { bytesValue: '*' } }] }),
      'attributes[0].value.bytesValue: base64 is expected',
    ],
    [
      gauge({ timeUnixNano: TIME, asInt: 1, attributes: [{ key: 'a', value: nested(65) }] }),
      'deeper than 64',
    ],
    [`{"resourceMetrics":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'nest deeper than 1000 levels'],
    [{ resourceMetrics: [[]] }, 'resourceMetrics[0]: an object is expected'],
  ])('%#', (document, message) => {
    expect(() => decodeJson(body(document))).toThrow(message);
  });
});

function nested(depth: number): object {
  return depth === 0 ? { intValue: 1 } : { arrayValue: { values: [nested(depth - 1)] } };
}

test('64 MiB of brackets are refused before they are parsed', () => {
  const start = Buffer.from('{"resourceMetrics":');
  expect(() => decodeJson(Buffer.concat([start, Buffer.alloc(64 << 20, '[')]))).toThrow(
    'deeper than 1000 levels',
  );
});

test('spans and records sent to the path of metrics are told where they belong', () => {
  expect(() => decodeJson(body({ resourceSpans: [] }))).toThrow('belong to /v1/traces');
  expect(() => decodeJson(body({ resourceLogs: [] }))).toThrow('belong to /v1/logs');
});

test('brackets in strings do not nest', () => {
  const name = '["{'.repeat(2_000);
  const metric = { name, gauge: { dataPoints: [{ timeUnixNano: TIME, asInt: 1 }] } };
  const batch = decodeJson(body({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] }));
  expect(batch.series[0]!.metricName).toBe(name);
});

describe('refused points', () => {
  test.each([
    [gauge({ asInt: 1 }), 'points without a time'],
    [gauge({ asInt: 1, timeUnixNano: '0' }), 'points without a time'],
    [gauge({ asInt: 1, timeUnixNano: '9223372036854775808' }), 'times after the year 2262'],
    [gauge({ asInt: 1, timeUnixNano: -1 }), 'numbers outside the range of their field'],
    [gauge({ asInt: 1, timeUnixNano: '9'.repeat(50) }), 'numbers outside the range of their field'],
    [gauge({ asInt: '9223372036854775808', timeUnixNano: TIME }), 'numbers outside the range of their field'],
    [gauge({ asInt: 1, timeUnixNano: TIME, flags: 4294967296 }), 'numbers outside the range of their field'],
    [gauge({ asDouble: '1e999', timeUnixNano: TIME }), 'numbers outside the range of their field'],
    [gauge({ timeUnixNano: TIME }), 'points without a value'],
    [
      gauge({
        timeUnixNano: TIME,
        asInt: 1,
        attributes: [{ key: 'a', value: { arrayValue: { values: [{ intValue: '9223372036854775808' }] } } }],
      }),
      'numbers outside the range of their field',
    ],
    [histogram({ count: '-1' }), 'numbers outside the range of their field'],
    [histogram({ bucketCounts: [-1] }), 'numbers outside the range of their field'],
    [histogram({ bucketCounts: [1, 2], explicitBounds: [] }), 'bucket_counts must have one element more'],
    [histogram({ bucketCounts: [1, 2, 3], explicitBounds: [2, 1] }), 'strictly increasing'],
  ])('%#', (document, reason) => {
    const batch = decodeJson(body(document));
    expect(batch.rejections).toEqual([{ count: 1, reason: expect.stringContaining(reason) }]);
    expect(batch.series).toEqual([]);
  });

  test('a refused point takes nothing of the next one with it', () => {
    const deep = { key: 'a', value: { arrayValue: { values: [{ intValue: '9223372036854775808' }] } } };
    const points = [
      { timeUnixNano: TIME, asInt: 1, attributes: [deep] },
      { timeUnixNano: TIME, asInt: 2, attributes: [{ key: 'b', value: { stringValue: 'x'.repeat(200) } }] },
      { timeUnixNano: TIME, asInt: 3, flags: -1 },
    ];
    const metrics = [{ name: 'm', gauge: { dataPoints: points } }];
    const batch = decodeJson(body({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }));
    expect([...batch.numbers.valueInt]).toEqual([2n]);
    expect(batch.series[0]!.attributes).toEqual({ b: 'x'.repeat(200) });
    expect(batch.rejections).toEqual([{ count: 2, reason: expect.stringContaining('numbers outside') }]);
  });

  test('a bare number too large for a double is out of range, not infinite', () => {
    const text = JSON.stringify(gauge({ timeUnixNano: TIME, asDouble: 12345 })).replace('12345', '1e999');
    expect(decodeJson(body(text)).rejections).toHaveLength(1);
  });
});
