import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { csvRecords } from './csv.js';
import { parseBaseline } from './index.js';
import type { BaselineTable } from './index.js';

function parse(text: string, contentType = 'application/x-ndjson'): BaselineTable {
  return parseBaseline(Buffer.from(text), { contentType });
}

const expected: BaselineTable = {
  rows: 4,
  features: {
    age: { type: 'numeric', values: [31, -4.5], categories: {}, nulls: 1, notFinite: 1 },
    country: { type: 'text', values: [], categories: { DE: 2, NaN: 1 }, nulls: 1, notFinite: 0 },
    member: { type: 'boolean', values: [], categories: { true: 2, false: 1 }, nulls: 1, notFinite: 0 },
  },
};

describe('a baseline', () => {
  const rows = [
    { age: 31, country: 'DE', member: true },
    { age: -4.5, country: 'NaN', member: false },
    { age: 'NaN', country: 'DE' },
    { age: null, member: true },
  ];

  test('from flat NDJSON rows', () => {
    expect(parse(rows.map((row) => JSON.stringify(row)).join('\n'))).toEqual(expected);
  });

  test('from prediction samples in a JSON array', () => {
    const samples = rows.map((features) => ({ model: 'm', features, latency_ms: 3 }));
    expect(parse(JSON.stringify(samples), 'application/json')).toEqual(expected);
  });

  test('from CSV', () => {
    const text = 'age,country,member\r\n31,DE,true\r\n-4.5,NaN,FALSE\r\nnan,"DE",\r\n,,True\r\n';
    expect(parse(text, 'text/csv')).toEqual(expected);
  });

  test('of nothing has no rows', () => {
    expect(parse('')).toEqual({ rows: 0, features: {} });
    expect(parse('', 'text/csv')).toEqual({ rows: 0, features: {} });
    expect(parse('a,b\n', 'text/csv')).toMatchObject({
      rows: 0,
      features: { a: { type: 'text', nulls: 0 } },
    });
  });

  test.each([
    ['1e3,.5,+7,-0', [1000, 0.5, 7, -0], 0],
    ['1e999,inf,-Infinity,5', [5], 3],
    ['nan,NaN,inf,inf', [], 4],
  ])('reads the CSV numbers %s', (cells, values, notFinite) => {
    const { x } = parse(`x\n${cells.replaceAll(',', '\n')}`, 'text/csv').features;
    expect(x).toEqual({ type: 'numeric', values, categories: {}, nulls: 0, notFinite });
  });

  test('one word makes a CSV column text', () => {
    expect(parse('x\n1\nnan\nlow', 'text/csv').features['x']).toEqual({
      type: 'text',
      values: [],
      categories: { 1: 1, nan: 1, low: 1 },
      nulls: 0,
      notFinite: 0,
    });
  });

  test('names and categories may be those of object members', () => {
    const { features } = parse('{"__proto__":"__proto__","constructor":"toString"}');
    expect(Object.entries(features).map(([name, { categories }]) => [name, Object.keys(categories)])).toEqual(
      [
        ['__proto__', ['__proto__']],
        ['constructor', ['toString']],
      ],
    );
  });

  test.each([
    [
      'application/x-ndjson',
      '{"a":1}\n{"a":"x"}',
      'The feature a has values of several types: 1 numeric, 1 text',
    ],
    ['application/x-ndjson', '{"a":true}\n{"a":"NaN"}', 'several types: 1 text, 1 boolean'],
    ['application/x-ndjson', '{"a":1}\n{"a":', 'row 1: the line is not JSON'],
    ['application/x-ndjson', '{"a":1}\n7', 'row 1: an object is expected'],
    ['application/x-ndjson', '{"a":[1]}', 'row 0: the feature a must be a number'],
    ['application/x-ndjson', '{"":1}', 'a feature name must have 1 to 256 characters'],
    ['application/json', 'x', 'not JSON'],
    ['text/csv', 'a,a\n1,2', 'names a feature twice'],
    ['text/csv', 'a,b\n1,2\n3', 'line 3: 1 cells where the header has 2'],
    ['text/csv', 'a,b\n1,"2', 'line 2: a quoted cell is not closed'],
    ['text/csv', 'a\n"1"x', 'line 2: text follows the closing quote'],
    ['text/csv', `a\n${'x'.repeat(4_097)}`, 'longer than 4096 characters'],
    ['application/vnd.apache.parquet', 'PAR1', 'cannot be read from application/vnd.apache.parquet'],
  ])('of %s %p is refused', (contentType, text, message) => {
    expect(() => parse(text, contentType)).toThrow(message);
  });
});

describe('RFC 4180 CSV', () => {
  test.each([
    [
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\rc,d\r',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      '"a ""q"", b","line\r\nbreak"\n,',
      [
        ['a "q", b', 'line\r\nbreak'],
        ['', ''],
      ],
    ],
    ['a\n\n\nb', [['a'], ['b']]],
    [
      'a,b,\n1,2,',
      [
        ['a', 'b', ''],
        ['1', '2', ''],
      ],
    ],
    [
      'a b , c\n"",x',
      [
        ['a b ', ' c'],
        ['', 'x'],
      ],
    ],
  ])('%j', (text, records) => {
    expect([...csvRecords(text)]).toEqual(records);
  });

  test('whatever is written quoted is read back', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'ü') });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell)), (records) => {
        const text = records.map((record) =>
          record.map((value) => `"${value.replaceAll('"', '""')}"`).join(','),
        );
        expect([...csvRecords(text.join('\r\n'))]).toEqual(records);
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});
