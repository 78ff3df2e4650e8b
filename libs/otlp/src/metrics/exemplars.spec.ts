import { describe, expect, test } from '@jest/globals';

import { decodeProtobuf } from '../../fixtures/metric-context.js';
import { exponentialHistogram, gauge, histogram, TIME, timeField } from '../../fixtures/metric-bytes.js';
import { bytesField, doubleField, fixed64Field, varintField } from '../../fixtures/wire-bytes.js';

describe('exemplars', () => {
  const traceId = Buffer.from('0123456789abcdef0123456789abcdef', 'hex');
  const value = doubleField(3, 0.5);

  test.each([
    ['a time of its own', [value, fixed64Field(2, TIME + 5n)], { time: TIME + 5n }],
    ['no time: that of its point', [value], { time: TIME }],
    [
      'an integer, the last value given',
      [value, fixed64Field(6, 2n ** 64n - 3n)],
      { valueInt: -3n, value: -3 },
    ],
    [
      'ids',
      [value, bytesField(5, traceId), bytesField(4, traceId.subarray(8))],
      { ids: [traceId.toString('hex'), '0123456789abcdef'] },
    ],
    [
      'ids of zeros or of another length: none',
      [value, bytesField(5, Buffer.alloc(16)), bytesField(4, 'short')],
      { ids: ['', ''] },
    ],
  ])('%s', (_name, fields, expected) => {
    const { exemplars } = decodeProtobuf(gauge(timeField, doubleField(4, 1), bytesField(5, ...fields)));
    expect(exemplars.length).toBe(1);
    expect({
      time: exemplars.timeUnixNano[0],
      value: exemplars.value[0],
      valueInt: exemplars.valueInt[0],
      ids: [exemplars.traceId[0], exemplars.spanId[0]],
    }).toMatchObject(expected);
  });

  test('filtered attributes have the text that attributes have', () => {
    const filtered = bytesField(7, bytesField(1, 'k'), bytesField(2, varintField(3, 7)));
    const { exemplars } = decodeProtobuf(gauge(timeField, doubleField(4, 1), bytesField(5, value, filtered)));
    expect(exemplars.filteredAttributes).toEqual([{ k: '7' }]);
  });

  test.each([
    ['has no value', [fixed64Field(2, TIME)], doubleField(4, 1)],
    ['is later than may be stored', [value, fixed64Field(2, 2n ** 63n)], doubleField(4, 1)],
    ['belongs to a refused point', [value], varintField(99, 1)],
  ])('one that %s is left out and refuses nothing more', (_name, fields, pointValue) => {
    const batch = decodeProtobuf(gauge(timeField, pointValue, bytesField(5, ...fields)));
    expect(batch.exemplars.length).toBe(0);
    expect(batch.accepted + batch.rejections.length).toBe(1);
  });

  test('of points of every kind belong to the series of their point', () => {
    const bodies = [
      gauge(timeField, doubleField(4, 1), bytesField(5, value)),
      histogram(bytesField(8, value)),
      exponentialHistogram(bytesField(11, value)),
    ];
    const batch = decodeProtobuf(Buffer.concat(bodies));
    expect([...batch.exemplars.seriesIndex].map((index) => batch.series[index]!.metricType)).toEqual([
      'gauge',
      'histogram',
      'exponential_histogram',
    ]);
  });
});
