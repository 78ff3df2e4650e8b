import { expect, test } from '@jest/globals';
import { formatProblem } from './problem.js';
import { attributeKeysOf } from './labels.js';
import { ceilTime, floorTime } from './time-range.js';

test('a problem is written with its place, as far as it is known', () => {
  expect(formatProblem({ file: 'slo.yaml', line: 12, path: 'spec.target', message: 'must be below 1' })).toBe(
    'slo.yaml:12 spec.target: must be below 1',
  );
  expect(formatProblem({ file: 'slo.yaml', path: '', message: 'is empty' })).toBe('slo.yaml is empty');
  expect(formatProblem({ path: 'TIDEWATCH_BIND', message: 'is wrong' })).toBe('TIDEWATCH_BIND: is wrong');
});

test('a mapped label is looked up under its attributes in order, any other under its own name', () => {
  expect(attributeKeysOf('model')[0]).toBe('model.name');
  expect(attributeKeysOf('http.route')).toEqual(['http.route']);
  expect(attributeKeysOf('constructor')).toEqual(['constructor']);
});

test('times are rounded to a step in the direction that the name says', () => {
  expect([
    floorTime(19_999, 10_000),
    floorTime(20_000, 10_000),
    ceilTime(19_999, 10_000),
    ceilTime(20_000, 10_000),
  ]).toEqual([10_000, 20_000, 20_000, 20_000]);
});
