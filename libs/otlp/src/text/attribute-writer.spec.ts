import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { AttributeWriter } from './attribute-writer.js';
import { attributeEntries } from './text-column.js';

type Entry = readonly [key: string, value: string];

function writeSet(writer: AttributeWriter, entries: readonly Entry[]): void {
  writer.open();
  for (const [key, value] of entries) {
    writer.openEntryText(key);
    writer.textValue(value);
  }
}

function encoded(entries: readonly Entry[]): Uint8Array {
  const writer = new AttributeWriter(1);
  writeSet(writer, entries);
  return writer.take();
}

/** Each key once, where it came last. */
function distinct(entries: readonly Entry[]): Entry[] {
  const keys = entries.map(([key]) => key);
  return entries.filter((_, index) => keys.lastIndexOf(keys[index]!) === index);
}

test('a set is its size, then keys and values with their lengths, as RowBinary writes a Map', () => {
  expect([...encoded([])]).toEqual([0]);
  expect([
    ...encoded([
      ['a', 'xy'],
      ['é', ''],
    ]),
  ]).toEqual([2, 1, 97, 2, 120, 121, 2, 0xc3, 0xa9, 0]);
});

test('lengths of 128 and more take as many bytes as LEB128 needs', () => {
  const set = encoded([['k'.repeat(128), 'v'.repeat(20_000)]]);
  expect([...set.subarray(0, 3)]).toEqual([1, 0x80, 1]);
  expect([...set.subarray(131, 134)]).toEqual([0xa0, 0x9c, 1]);
  expect(set.length).toBe(1 + 2 + 128 + 3 + 20_000);
});

describe('duplicate keys', () => {
  // Few distinct keys make duplicates likely; sizes on both sides of where comparing gives way to a map.
  const key = fc.oneof(
    fc.nat({ max: 60 }).map((number) => `key-${number}`),
    fc.string({ maxLength: 60 }),
  );

  test('the last one wins and stands where it came', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.string()), { maxLength: 300 }), (entries) => {
        expect(attributeEntries(encoded(entries))).toEqual(distinct(entries));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('keys that the quick hash cannot tell apart are told apart', () => {
    const keys = ['aXbYc', 'aPbQc', 'aXbZc', 'aXbYc'];
    const entries = keys.map((name, index): Entry => [name, String(index)]);
    expect(attributeEntries(encoded(entries))).toEqual([
      ['aPbQc', '1'],
      ['aXbZc', '2'],
      ['aXbYc', '3'],
    ]);
  });

  test('bytes that are not UTF-8 are told apart although they read the same', () => {
    const writer = new AttributeWriter(1);
    writer.open();
    for (const byte of [0xff, 0xfe, 0xff]) {
      writer.openEntry(Uint8Array.of(byte), 0, 1);
      writer.textValue('v');
    }
    expect([...writer.take()]).toEqual([2, 1, 0xfe, 1, 118, 1, 0xff, 1, 118]);
  });
});

test.each([0, 1, 32, 33, 127, 128, 129, 20_000])('sets of %p attributes', (count) => {
  const entries = Array.from({ length: count }, (_, index): Entry => [`k${index}`, `v${index}`]);
  expect(attributeEntries(encoded(entries))).toEqual(entries);
});

test('sets follow each other, and one taken out or cut off leaves no trace', () => {
  const writer = new AttributeWriter(1);
  writeSet(writer, [['first', '1']]);
  const firstEnd = writer.close();
  writeSet(writer, [['refused', '2']]);
  writer.arena.length = firstEnd;
  writeSet(writer, [['second', '3']]);
  const secondEnd = writer.close();
  const bytes = writer.arena.finish();
  expect(attributeEntries(bytes.subarray(0, firstEnd))).toEqual([['first', '1']]);
  expect(attributeEntries(bytes.subarray(firstEnd, secondEnd))).toEqual([['second', '3']]);
});
