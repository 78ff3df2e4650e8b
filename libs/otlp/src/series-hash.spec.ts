import { createHash } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { decodeJson } from '../fixtures/metric-context.js';

type Attribute = { key: string; value: object };

interface Shape {
  attributes?: Attribute[];
  resource?: Attribute[];
  scope?: object;
  metric?: object;
  data?: object;
  type?: 'gauge' | 'sum';
  schemaUrl?: string;
}

function text(key: string, stringValue: string): Attribute {
  return { key, value: { stringValue } };
}

function hashOf({
  attributes = [],
  resource = [],
  scope = {},
  metric = {},
  data = {},
  type = 'sum',
  schemaUrl = '',
}: Shape): bigint {
  const dataPoints = [{ timeUnixNano: '1', asInt: 1, attributes }];
  const metrics = [{ name: 'm', ...metric, [type]: { dataPoints, ...data } }];
  const resourceMetrics = [
    { resource: { attributes: resource }, schemaUrl, scopeMetrics: [{ scope, schemaUrl, metrics }] },
  ];
  return decodeJson(Buffer.from(JSON.stringify({ resourceMetrics }))).series[0]!.hash;
}

describe('what makes a series another series', () => {
  const one = hashOf({});
  test.each<[string, Shape]>([
    ['the metric name', { metric: { name: 'n' } }],
    ['the unit', { metric: { unit: 's' } }],
    ['the type', { type: 'gauge' }],
    ['the temporality', { data: { aggregationTemporality: 1 } }],
    ['monotonicity', { data: { isMonotonic: true } }],
    ['a resource attribute', { resource: [text('k', 'v')] }],
    ['a scope name', { scope: { name: 'k' } }],
    ['a scope version', { scope: { version: 'k' } }],
    ['a scope attribute', { scope: { attributes: [text('k', 'v')] } }],
    ['a point attribute', { attributes: [text('k', 'v')] }],
    ['an attribute without a value', { attributes: [{ key: 'k', value: {} }] }],
  ])('%s', (_name, shape) => {
    expect(hashOf(shape)).not.toBe(one);
  });

  test('the same attribute on the resource, the scope or the point', () => {
    const attributes = [text('k', 'v')];
    const hashes = [
      hashOf({ attributes }),
      hashOf({ resource: attributes }),
      hashOf({ scope: { attributes } }),
    ];
    expect(new Set(hashes).size).toBe(3);
  });

  test('the type of a value', () => {
    const values = [
      ...[
        { stringValue: '1' },
        { intValue: 1 },
        { doubleValue: 1 },
        { bytesValue: 'MQ==' },
        { boolValue: true },
      ],
      ...[{ stringValue: 'true' }, { stringValue: '' }, {}, { stringValue: '[1]' }, { kvlistValue: {} }],
      { arrayValue: { values: [{ intValue: 1 }] } },
      { arrayValue: { values: [{ doubleValue: 1 }] } },
    ];
    expect(new Set(values.map((value) => hashOf({ attributes: [{ key: 'k', value }] }))).size).toBe(
      values.length,
    );
  });

  test('where one text ends and the next begins', () => {
    const pairs = [
      [text('ab', 'c')],
      [text('a', 'bc')],
      [text('a', 'b'), text('c', '')],
      [text('a', 's1:b'), text('b', '')],
    ];
    expect(new Set(pairs.map((attributes) => hashOf({ attributes }))).size).toBe(pairs.length);
  });
});

describe('what does not', () => {
  test('the order of attributes, and of keys inside a value', () => {
    const a = text('a', '1');
    const b: Attribute = { key: 'b', value: { kvlistValue: { values: [text('x', '1'), text('y', '2')] } } };
    const c: Attribute = { key: 'b', value: { kvlistValue: { values: [text('y', '2'), text('x', '1')] } } };
    expect(hashOf({ attributes: [a, b] })).toBe(hashOf({ attributes: [c, a] }));
  });

  test('earlier duplicates of a key, the description and schema URLs', () => {
    expect(hashOf({ attributes: [text('a', 'old'), text('a', 'new')] })).toBe(
      hashOf({ attributes: [text('a', 'new')] }),
    );
    expect(hashOf({ metric: { description: 'd' }, schemaUrl: 'https://example.com/1' })).toBe(hashOf({}));
  });
});

test('the serialisation is this one, for ever: stored hashes depend on it', () => {
  const sha256 = (input: string): Buffer => createHash('sha256').update(input).digest();
  const stream =
    '18:tidewatch-series-1' +
    '1:m' +
    '3:sum' +
    '0:' +
    '11:unspecified' +
    '5:false' +
    '10:m1:1:ks1:v' +
    '0:0:' +
    '3:m0:';
  const expected = sha256(sha256(stream).toString('hex') + 'm2:1:ai1:11:bd3:0.5').readBigUInt64LE(0);
  const attributes = [
    { key: 'b', value: { doubleValue: 0.5 } },
    { key: 'a', value: { intValue: '1' } },
  ];
  expect(hashOf({ attributes, resource: [text('k', 'v')] })).toBe(expected);
});
