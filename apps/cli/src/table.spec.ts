import { expect, test } from '@jest/globals';
import { formatBytes, formatCount, formatTable, formatTime } from './table.js';

test('columns are as wide as their widest cell, numbers to the right', () => {
  expect(
    formatTable(
      [{ title: 'NAME' }, { title: 'ROWS', align: 'right' }],
      [
        ['a', '1'],
        ['longer name', '12,000'],
      ],
    ),
  ).toBe('NAME           ROWS\na                 1\nlonger name  12,000');
});

test('a cell stays on its line, and cannot command the terminal', () => {
  expect(formatTable([{ title: 'WHY' }], [['first\nsecond\u001b[2J']])).toBe('WHY\nfirst second [2J');
});

test.each([
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_024, '1 KiB'],
  [1_572_864, '1.5 MiB'],
  [4_294_967_296, '4 GiB'],
  [5e15, '4547 TiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('counts and times', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567');
  expect(formatTime(Date.UTC(2026, 10, 22, 10, 0, 5, 999))).toBe('2026-11-22 10:00:05');
});
