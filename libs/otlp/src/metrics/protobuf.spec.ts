import { describe, expect, test } from '@jest/globals';

import {
  attribute,
  data,
  exponentialHistogram,
  gauge,
  histogram,
  request,
  TIME,
  timeField,
  zigzag,
} from '../../fixtures/metric-bytes.js';
import { decodeProtobuf } from '../../fixtures/metric-context.js';
import {
  bytesField,
  doubleBytes,
  doubleField,
  fixed64Field,
  tag,
  uint64Bytes,
  varint,
  varintField,
} from '../../fixtures/wire-bytes.js';

describe('what protobuf allows and encoders do not write', () => {
  test.each([
    [
      'unknown fields of every wire type',
      [varintField(99, 7), fixed64Field(98, 7n), bytesField(97, 'x'), tag(96, 5), Buffer.alloc(4)],
    ],
    ['a varint with needless bytes', [Buffer.from([0x40, 0x81, 0x80, 0x00])]],
    ['a tag with needless bytes', [Buffer.from([0xc0, 0x80, 0x00, 0x01])]],
  ])('%s', (_name, fields) => {
    const batch = decodeProtobuf(gauge(timeField, doubleField(4, 1.5), ...fields));
    expect([...batch.numbers.value]).toEqual([1.5]);
  });

  test('the last of as_double and as_int wins', () => {
    const asInt = fixed64Field(6, 2n ** 63n - 1n);
    const intLast = decodeProtobuf(gauge(timeField, doubleField(4, 1.5), asInt)).numbers;
    expect([intLast.isInt[0], intLast.valueInt[0], intLast.value[0]]).toEqual([1, 2n ** 63n - 1n, 2 ** 63]);
    const doubleLast = decodeProtobuf(gauge(asInt, doubleField(4, 1.5), timeField)).numbers;
    expect([doubleLast.isInt[0], doubleLast.valueInt[0], doubleLast.value[0]]).toEqual([0, 0n, 1.5]);
  });

  test('the last kind of data wins, and data of one kind is merged', () => {
    const point = (value: number): Buffer => bytesField(1, timeField, doubleField(4, value));
    const metric = Buffer.concat([
      ...[bytesField(7, point(1)), bytesField(5, point(2)), bytesField(5, point(3))],
      bytesField(1, 'late.name'),
    ]);
    const batch = decodeProtobuf(request(metric));
    expect(batch.series).toMatchObject([{ metricName: 'late.name', metricType: 'gauge' }]);
    expect([...batch.numbers.value]).toEqual([2, 3]);
  });

  test('a resource in two parts is merged, and the last of duplicate keys wins', () => {
    const part = (key: string, value: string): Buffer =>
      bytesField(1, bytesField(1, bytesField(1, key), bytesField(2, bytesField(1, value))));
    const scopes = bytesField(
      2,
      bytesField(2, bytesField(1, 'm'), bytesField(5, bytesField(1, timeField, doubleField(4, 1)))),
    );
    const batch = decodeProtobuf(
      bytesField(1, part('service.name', 'old'), scopes, part('host', 'h'), part('service.name', 'new')),
    );
    expect(batch.series[0]).toMatchObject({
      serviceName: 'new',
      resourceAttributes: { host: 'h', 'service.name': 'new' },
    });
  });

  test.each([
    ['packed', [bytesField(6, uint64Bytes(1n), uint64Bytes(2n)), bytesField(7, doubleBytes(0.5))]],
    ['unpacked', [fixed64Field(6, 1n), fixed64Field(6, 2n), doubleField(7, 0.5)]],
    [
      'packed in two runs',
      [bytesField(6, uint64Bytes(1n)), bytesField(6, uint64Bytes(2n)), bytesField(7, doubleBytes(0.5))],
    ],
    ['packed, then unpacked', [bytesField(6, uint64Bytes(1n)), doubleField(7, 0.5), fixed64Field(6, 2n)]],
    ['unpacked, then packed', [fixed64Field(6, 1n), bytesField(6, uint64Bytes(2n)), doubleField(7, 0.5)]],
    [
      'with empty runs',
      [
        bytesField(6),
        fixed64Field(6, 1n),
        bytesField(6),
        bytesField(6, uint64Bytes(2n)),
        doubleField(7, 0.5),
      ],
    ],
  ])('buckets %s', (_name, fields) => {
    const { histograms } = decodeProtobuf(histogram(...fields));
    expect([...histograms.bucketCounts[0]!]).toEqual([1n, 2n]);
    expect([...histograms.explicitBounds[0]!]).toEqual([0.5]);
  });

  test('attributes of a point between its other fields', () => {
    const value = (text: string): Buffer => bytesField(1, text);
    const body = gauge(
      attribute('b', value('2')),
      timeField,
      attribute('a', value('1')),
      doubleField(4, 1),
      attribute('c', value('3')),
    );
    expect(decodeProtobuf(body).series[0]!.attributes).toEqual({ a: '1', b: '2', c: '3' });
  });

  test('text that is not UTF-8 gets replacement characters', () => {
    const body = gauge(
      timeField,
      doubleField(4, 1),
      attribute('k', bytesField(1, Uint8Array.of(0x61, 0xff, 0x62))),
    );
    expect(decodeProtobuf(body).series[0]!.attributes).toEqual({ k: 'a\ufffdb' });
  });

  test('64 levels of nested arrays are read', () => {
    expect(
      decodeProtobuf(gauge(timeField, doubleField(4, 1), attribute('k', nested(64)))).series,
    ).toHaveLength(1);
  });

  test.each([
    ['packed', [bytesField(2, varint(0), varint(300), varint(2n ** 64n - 1n))]],
    ['unpacked', [varintField(2, 0), varintField(2, 300), varintField(2, 2n ** 64n - 1n)]],
    [
      'packed, then unpacked',
      [bytesField(2, varint(0)), bytesField(2), bytesField(2, varint(300)), varintField(2, 2n ** 64n - 1n)],
    ],
  ])('buckets of an exponential histogram %s', (_name, counts) => {
    const batch = decodeProtobuf(
      exponentialHistogram(bytesField(8, varintField(1, 3), ...counts), varintField(6, 1)),
    );
    const { scale, positiveOffset, positiveBucketCounts } = batch.exponentialHistograms;
    expect([scale[0], positiveOffset[0]]).toEqual([-1, -2]);
    expect([...positiveBucketCounts[0]!]).toEqual([0n, 300n, 2n ** 64n - 1n]);
  });

  test('buckets of an exponential histogram in two parts are merged', () => {
    const batch = decodeProtobuf(
      exponentialHistogram(
        bytesField(9, varintField(1, 2), bytesField(2, varint(1))),
        bytesField(9, bytesField(2, varint(2))),
      ),
    );
    expect(batch.exponentialHistograms.negativeOffset[0]).toBe(1);
    expect([...batch.exponentialHistograms.negativeBucketCounts[0]!]).toEqual([1n, 2n]);
  });

  test('fields that are left out of quantiles are zero', () => {
    const quantiles = [bytesField(6), bytesField(6, doubleField(1, 0.5), doubleField(2, -1))];
    const batch = decodeProtobuf(data(11, bytesField(1, timeField, ...quantiles)));
    expect([...batch.summaries.quantiles[0]!, ...batch.summaries.quantileValues[0]!]).toEqual([
      0, 0.5, 0, -1,
    ]);
  });

  test('an empty body and empty envelopes are a batch of nothing', () => {
    for (const body of [
      Buffer.alloc(0),
      bytesField(1),
      request(),
      request(Buffer.alloc(0)),
      request(bytesField(7)),
    ]) {
      expect(decodeProtobuf(body)).toMatchObject({ series: [], rejections: [] });
    }
  });
});

/** An AnyValue content: `depth` arrays around an int. */
function nested(depth: number): Buffer {
  return depth === 0 ? varintField(3, 1) : bytesField(5, bytesField(1, nested(depth - 1)));
}

describe('malformed bodies', () => {
  test.each([
    ['a group', tag(1, 3), 'unsupported wire type 3|wire type 3 where 2'],
    ['the end of a group', tag(9, 4), 'unsupported wire type 4'],
    ['wire type 6', tag(9, 6), 'unsupported wire type 6'],
    ['wire type 7', tag(9, 7), 'unsupported wire type 7'],
    ['field number 0', Buffer.from([0x02, 0x00]), 'field number 0'],
    [
      'a field number over 2^29',
      Buffer.concat([varint(2n ** 35n), varint(1)]),
      'field number is out of range',
    ],
    [
      'a varint of eleven bytes',
      Buffer.concat([tag(9, 0), Buffer.alloc(10, 0x80), Buffer.from([1])]),
      'longer than ten bytes',
    ],
    [
      'a varint over 64 bits',
      Buffer.concat([tag(9, 0), Buffer.alloc(9, 0xff), Buffer.from([2])]),
      'larger than 64 bits',
    ],
    ['a varint without an end', Buffer.concat([tag(9, 0), Buffer.from([0x80])]), 'varint ends after'],
    ['a length past the end', Buffer.from([0x0a, 0x01]), 'longer than what is left'],
    ['a length of 2^63', Buffer.concat([tag(1, 2), varint(2n ** 63n)]), 'longer than what is left'],
    ['a skipped fixed64 past the end', Buffer.concat([tag(9, 1), Buffer.alloc(7)]), 'ends after the end'],
    ['a skipped fixed32 past the end', Buffer.concat([tag(9, 5), Buffer.alloc(3)]), 'ends after the end'],
    ['a known field of another wire type', varintField(1, 5), 'wire type 0 where 2 is expected'],
    [
      'a length that leaves the enclosing message',
      Buffer.from([0x0a, 0x02, 0x12, 0x7f, ...Array<number>(200).fill(0)]),
      'longer than what is left',
    ],
    ['packed doubles of 7 bytes', histogram(bytesField(7, Buffer.alloc(7))), 'not a multiple of 8'],
    [
      '65 levels of nested arrays',
      gauge(timeField, doubleField(4, 1), attribute('k', nested(65))),
      'deeper than 64',
    ],
    [
      '10,000 levels of nested arrays',
      gauge(timeField, doubleField(4, 1), attribute('k', nested(5_000))),
      'deeper than 64',
    ],
    [
      'packed counts that end in a varint',
      exponentialHistogram(bytesField(8, bytesField(2, Buffer.of(0x80)))),
      'varint ends',
    ],
    [
      'a resource of over 2 MiB, in two parts',
      bytesField(1, bytesField(1, Buffer.alloc(1 << 20)), bytesField(1, Buffer.alloc(1 << 20))),
      'takes more than 2 MiB',
    ],
    [
      'a resource of 8,193 attributes',
      bytesField(
        1,
        bytesField(
          1,
          ...Array.from({ length: 8_193 }, (_, index) => bytesField(1, bytesField(1, `${index}`))),
        ),
      ),
      'more than 8192 attributes',
    ],
    [
      'a point of 8,193 attributes',
      gauge(
        timeField,
        doubleField(4, 1),
        ...Array.from({ length: 8_193 }, (_, index) => bytesField(7, bytesField(1, `${index}`))),
      ),
      'more than 8192 attributes',
    ],
    ['JSON sent as protobuf', Buffer.from('{"resourceMetrics":[]}'), 'malformed'],
  ])('%s', (_name, body, message) => {
    expect(() => decodeProtobuf(body)).toThrow(new RegExp(message));
  });
});

describe('refused points', () => {
  const value = doubleField(4, 1);
  test.each([
    ['no time', gauge(value), 'points without a time'],
    ['time 0', gauge(value, fixed64Field(3, 0n)), 'points without a time'],
    ['a time beyond int64', gauge(value, fixed64Field(3, 2n ** 63n)), 'times after the year 2262'],
    [
      'a start time beyond int64',
      gauge(value, timeField, fixed64Field(2, 2n ** 64n - 1n)),
      'times after the year 2262',
    ],
    ['no value', gauge(timeField), 'points without a value'],
    [
      'as many counts as bounds',
      histogram(bytesField(6, uint64Bytes(1n)), doubleField(7, 1)),
      'bucket_counts must have',
    ],
    ['bounds without counts', histogram(doubleField(7, 1)), 'bucket_counts must have'],
    [
      'equal bounds',
      histogram(bytesField(6, Buffer.alloc(24)), doubleField(7, 1), doubleField(7, 1)),
      'strictly increasing',
    ],
    ['a NaN bound', histogram(bytesField(6, Buffer.alloc(16)), doubleField(7, NaN)), 'strictly increasing'],
    ...[-11, 53, -(2 ** 31), 2 ** 31 - 1].map((scale): [string, Uint8Array, string] => [
      `the scale ${scale}`,
      exponentialHistogram(varintField(6, zigzag(scale))),
      'between -10 and 52',
    ]),
    [
      'a bucket beyond the largest double',
      exponentialHistogram(bytesField(8, varintField(1, zigzag(1_024)), varintField(2, 1))),
      'outside the range of doubles',
    ],
    [
      'a bucket below the smallest double',
      exponentialHistogram(bytesField(9, varintField(1, zigzag(-1_076)), varintField(2, 1))),
      'outside the range of doubles',
    ],
    [
      'more buckets than anybody needs',
      exponentialHistogram(bytesField(8, bytesField(2, Buffer.alloc(65_537)))),
      'more than 65536 buckets',
    ],
    [
      'a quantile above 1',
      data(11, bytesField(1, timeField, bytesField(6, doubleField(1, 1.01)))),
      'between 0 and 1',
    ],
    [
      'a quantile that is NaN',
      data(11, bytesField(1, timeField, bytesField(6, doubleField(1, NaN)))),
      'between 0 and 1',
    ],
    ['no metric name', request(bytesField(5, bytesField(1, timeField, value))), 'unnamed metric'],
  ])('%s', (_name, body, reason) => {
    const batch = decodeProtobuf(body);
    expect(batch.rejections).toEqual([{ count: 1, reason: expect.stringContaining(reason) }]);
    expect([batch.accepted, batch.series.length]).toEqual([0, 0]);
  });
});

test('spans sent to the path of metrics are told where they belong', () => {
  const span = Buffer.concat([
    bytesField(1, Buffer.alloc(16, 1)),
    bytesField(2, Buffer.alloc(8, 1)),
    bytesField(5, 'GET /'),
    fixed64Field(7, TIME),
    fixed64Field(8, TIME),
  ]);
  expect(() => decodeProtobuf(request(span))).toThrow('belong to /v1/traces');
});

describe('values', () => {
  test.each([NaN, Infinity, -Infinity, -0, 5e-324])('the double %d is stored as sent', (value) => {
    expect(decodeProtobuf(gauge(timeField, doubleField(4, value))).numbers.value[0]).toBe(value);
  });

  test('a point with the flag for no recorded value may lack one, and is NaN, not zero', () => {
    const { numbers } = decodeProtobuf(gauge(timeField, varintField(8, 1)));
    expect([numbers.flags[0], numbers.value[0]]).toEqual([1, NaN]);
  });

  test('sum, min and max of a histogram stay absent', () => {
    const { histograms } = decodeProtobuf(histogram(fixed64Field(4, 2n ** 64n - 1n), doubleField(11, 0)));
    expect([histograms.hasSum[0], histograms.hasMin[0], histograms.hasMax[0]]).toEqual([0, 1, 0]);
    expect(histograms.count[0]).toBe(2n ** 64n - 1n);
    expect([...histograms.bucketCounts[0]!]).toEqual([]);
  });

  test('points of one series in several blocks share it', () => {
    const body = gauge(timeField, doubleField(4, 1));
    const batch = decodeProtobuf(Buffer.concat([body, body]));
    expect(batch.series).toHaveLength(1);
    expect([...batch.numbers.seriesIndex]).toEqual([0, 0]);
  });

  test('buckets at the edges of the doubles, and empty ones beyond, are stored', () => {
    const body = exponentialHistogram(
      bytesField(8, varintField(1, zigzag(1_023)), bytesField(2, varint(1), varint(0))),
      bytesField(9, varintField(1, zigzag(-1_076)), bytesField(2, varint(0), varint(1))),
    );
    expect(decodeProtobuf(body)).toMatchObject({ accepted: 1, rejections: [] });
  });

  test('what a sender should know but need not lose is a warning', () => {
    const point = bytesField(1, timeField, doubleField(4, 1));
    const batch = decodeProtobuf(data(7, point, varintField(2, 9)));
    expect(batch.series[0]!.temporality).toBe('unspecified');
    expect(batch.rejections).toEqual([
      {
        count: 0,
        reason:
          'metric m: the aggregation temporality is neither delta nor cumulative; rates of this metric cannot be computed',
      },
    ]);
  });

  test('a start after the time, and counts that do not add up, are stored as sent', () => {
    const late = decodeProtobuf(gauge(timeField, fixed64Field(2, TIME + 1n), doubleField(4, 1)));
    expect([late.accepted, late.numbers.startTimeUnixNano[0]]).toEqual([1, TIME + 1n]);
    const uneven = decodeProtobuf(
      histogram(fixed64Field(4, 7n), fixed64Field(6, 1n), fixed64Field(6, 2n), doubleField(7, 1)),
    );
    expect([uneven.accepted, uneven.histograms.count[0]]).toEqual([1, 7n]);
  });
});
