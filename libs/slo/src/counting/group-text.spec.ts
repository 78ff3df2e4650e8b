import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OVERFLOW_GROUP } from '../definition.js';
import { groupLabels, groupText } from './group-text.js';

test('names labels in their order, with values in quotes; absent values are empty', () => {
  expect(groupText(['region', 'tenant'], ['eu-1', 'a'])).toBe('region="eu-1",tenant="a"');
  expect(groupText(['region', 'tenant'], ['eu-1'])).toBe('region="eu-1",tenant=""');
  expect(groupText([], [])).toBe('');
});

test.each([
  ['', {}],
  [OVERFLOW_GROUP, {}],
  ['attribute.http.route="/v1/a=b,c"', { 'attribute.http.route': '/v1/a=b,c' }],
])('the labels of %p', (text, labels) => {
  expect(groupLabels(text)).toEqual(labels);
});

test.each([
  'a"b',
  'a\\"b',
  '\\',
  '\\\\"',
  'tenant="a",region="b"',
  ',=,',
  'two\nlines\t',
  '\u2028\u2029\u0000',
  'Zürich 東京 🚀',
  '\ud800',
  '',
])('a value of %j comes back as it went', (value) => {
  expect(groupLabels(groupText(['region', 'tenant'], [value, value]))).toEqual({
    region: value,
    tenant: value,
  });
});

test('any values come back, and no two groups have one name', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('"', '\\', ',', '=', 'a', '\n') }),
  );
  fc.assert(
    fc.property(fc.tuple(value, value), fc.tuple(value, value), (first, second) => {
      const labels = ['region', 'tag.x-y_z'];
      const text = groupText(labels, first);
      expect(groupLabels(text)).toEqual({ region: first[0], 'tag.x-y_z': first[1] });
      expect(text === groupText(labels, second)).toBe(first[0] === second[0] && first[1] === second[1]);
    }),
    { numRuns: 500 },
  );
});
