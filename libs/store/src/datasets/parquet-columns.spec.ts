import { expect, test } from '@jest/globals';
import { kindOfColumn } from './parquet-columns.js';

test.each([
  ['Int64', 'numeric'],
  ['Nullable(UInt8)', 'numeric'],
  ['Nullable(Decimal(10, 2))', 'numeric'],
  ['BFloat16', 'numeric'],
  ['LowCardinality(Nullable(String))', 'text'],
  ["Enum8('a' = 1)", 'text'],
  ['Nullable(Nothing)', 'text'],
  ['Nullable(Bool)', 'boolean'],
  ["DateTime64(6, 'UTC')", null],
  ['Interval', null],
  ['Array(Nullable(Int64))', null],
  ['Map(String, Float64)', null],
  ['Tuple(a Int8)', null],
])('a column of %s is %s', (type, kind) => {
  expect(kindOfColumn(type)).toBe(kind);
});
