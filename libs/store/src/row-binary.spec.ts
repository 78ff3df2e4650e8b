import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  array,
  binary,
  bool,
  count64,
  date,
  dateTime,
  dateTime64Milli,
  dateTime64Nano,
  enum8,
  float32,
  float32s,
  float64,
  int64,
  lowCardinality,
  map,
  nullable,
  string,
  uint16,
  uint32,
  uint64,
  uint8,
} from './column-types.js';
import type { ColumnType } from './column-types.js';
import { RowBinaryReader } from './row-binary-reader.js';
import { RowBinaryWriter } from './row-binary.js';

function bytesOf<Value>(type: ColumnType<Value>, value: Value): string {
  const writer = new RowBinaryWriter(1);
  type.write(writer, value);
  return writer.finish().toString('hex');
}

/**
 * Expected bytes: ClickHouse's own (chDB 3.4, engine 26.7), printed by `libs/store/fixtures/row-binary.mjs`. The contract
 * suites under test/integration store and read every type through the engine.
 */
describe('each type is written as ClickHouse reads it', () => {
  test.each([
    ['UInt8', bytesOf(uint8, 255), 'ff'],
    ['UInt16', bytesOf(uint16, 513), '0102'],
    ['UInt32', bytesOf(uint32, 4_294_967_295), 'ffffffff'],
    ['UInt64', bytesOf(uint64, 2n ** 64n - 2n), 'feffffffffffffff'],
    ['UInt64 from a number', bytesOf(count64, 2 ** 53), '0000000000002000'],
    ['Int64', bytesOf(int64, -2n), 'feffffffffffffff'],
    ['Float32', bytesOf(float32, -1.5), '0000c0bf'],
    ['Float64', bytesOf(float64, 1), '000000000000f03f'],
    ['Float64 NaN', bytesOf(float64, NaN), '000000000000f87f'],
    ['Bool', bytesOf(bool, true), '01'],
    ['Date', bytesOf(date, 20_000), '204e'],
    ['DateTime', bytesOf(dateTime, 1_700_000_000_999), '00f15365'],
    ['DateTime64(3)', bytesOf(dateTime64Milli, 1_700_000_000_123), '7b68e5cf8b010000'],
    ['DateTime64(3) before 1970', bytesOf(dateTime64Milli, -1), 'ffffffffffffffff'],
    ['DateTime64(9)', bytesOf(dateTime64Nano, 1n), '0100000000000000'],
    ['String', bytesOf(string, 'aø'), '0361c3b8'],
    ['an empty String', bytesOf(string, ''), '00'],
    ['String of bytes', bytesOf(binary, Uint8Array.of(0, 255)), '0200ff'],
    ['LowCardinality(String)', bytesOf(lowCardinality, 'a'), '0161'],
    ['Nullable with a value', bytesOf(nullable(uint8), 7), '0007'],
    ['Nullable without', bytesOf(nullable(uint8), null), '01'],
    ['Array', bytesOf(array(uint16), [1, 300]), '0201002c01'],
    ['Array of arrays', bytesOf(array(array(uint8)), [[1], []]), '02010100'],
    ['Array(Float32)', bytesOf(float32s, Float32Array.of(7, -1.5, 0).subarray(1)), '020000c0bf00000000'],
    ['Map', bytesOf(map(lowCardinality, uint8), { a: 1, b: 2 }), '02016101016202'],
    ['Enum8', bytesOf(enum8({ no: -1, yes: 1 }), 'no'), 'ff'],
  ])('%s', (_name, written, expected) => {
    expect(written).toBe(expected);
  });

  test('types name themselves as in SQL', () => {
    expect(map(lowCardinality, nullable(array(float64))).sql).toBe(
      'Map(LowCardinality(String), Nullable(Array(Float64)))',
    );
    expect(enum8({ delta: 1, cumulative: 2 }).sql).toBe("Enum8('delta' = 1, 'cumulative' = 2)");
  });
});

describe('what was written is read back', () => {
  test('texts of any length, arrays and counts, whatever the buffer had to grow', () => {
    const row = fc.record({
      text: fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.string({ minLength: 120, maxLength: 300 }),
      ),
      values: fc.array(fc.double({ noNaN: true }), { maxLength: 200 }),
      count: fc.maxSafeNat(),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 10 }), fc.integer({ min: 1, max: 64 }), (rows, initialBytes) => {
        const writer = new RowBinaryWriter(initialBytes);
        for (const { text, values, count } of rows) {
          string.write(writer, text);
          array(float64).write(writer, values);
          count64.write(writer, count);
        }
        const reader = new RowBinaryReader(writer.finish());
        const back = rows.map(() => ({
          text: reader.text(),
          values: Array.from(reader.float64Array()),
          count: reader.uint64(),
        }));
        // A lone surrogate has no UTF-8 form; Buffer writes U+FFFD for it, as it does in the expectation.
        expect(back).toEqual(rows.map((each) => ({ ...each, text: Buffer.from(each.text).toString() })));
        expect(reader.more).toBe(false);
      }),
    );
  });

  test('every other type, of rows one after another', () => {
    const float = fc.float({ noNaN: true });
    const row = fc.record({
      time: fc.maxSafeInteger(),
      size: fc.nat({ max: 2 ** 32 - 1 }),
      rate: fc.option(fc.double({ noNaN: true }), { nil: null }),
      data: fc.uint8Array({ maxLength: 300 }),
      boxes: fc.array(fc.array(float, { maxLength: 4 }), { maxLength: 3 }),
      tags: fc.dictionary(
        fc.string({ unit: 'grapheme' }).filter((key) => key !== '__proto__'),
        fc.string({ unit: 'grapheme' }),
        { noNullPrototype: true },
      ),
      vector: fc.float32Array({ noNaN: true, minLength: 3, maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        const writer = new RowBinaryWriter(1);
        for (const { time, size, rate, data, boxes, tags, vector } of rows) {
          writer.int64FromNumber(time);
          uint32.write(writer, size);
          nullable(float64).write(writer, rate);
          binary.write(writer, data);
          array(array(float32)).write(writer, boxes);
          map(lowCardinality, string).write(writer, tags);
          float32s.write(writer, vector);
          float32s.write(writer, vector);
        }
        const reader = new RowBinaryReader(writer.finish());
        const matrix = new Float32Array(3 * rows.length);
        const back = rows.map((_, index) => ({
          time: reader.int64(),
          size: reader.uint32(),
          rate: reader.nullable(() => reader.float64()),
          data: reader.bytes(),
          boxes: reader.array(() => reader.array(() => reader.float32())),
          tags: reader.map(() => reader.text()),
          vector: reader.float32Array(),
          copied: reader.float32Into(matrix, 3 * index),
        }));
        expect(reader.more).toBe(false);
        expect(back).toEqual(rows.map((each) => ({ ...each, data: Uint8Array.from(each.data), copied: 3 })));
        expect([...matrix]).toEqual(rows.flatMap(({ vector }) => [...vector]));
      }),
    );
  });

  test('the halves of a 64-bit integer are the integer', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const [low = 0, high = 0] = new Uint32Array(BigInt64Array.of(value).buffer);
        const writer = new RowBinaryWriter();
        writer.halves64(low, high);
        expect(writer.finish().readBigInt64LE()).toBe(value);
      }),
    );
  });

  test('numbers up to 2^53 in both directions as Int64', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const writer = new RowBinaryWriter();
        writer.int64FromNumber(value);
        expect(writer.finish().readBigInt64LE()).toBe(BigInt(value));
      }),
    );
  });
});
