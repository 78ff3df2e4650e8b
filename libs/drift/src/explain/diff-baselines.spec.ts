import { expect, test } from '@jest/globals';
import { countValues } from '../grid/count-values.js';
import { gridFromCategories, gridFromQuantiles } from '../grid/make-grid.js';
import { diffBaselines } from './diff-baselines.js';

const numbers = gridFromQuantiles(Array.from({ length: 1_001 }, (_, i) => i));
const words = gridFromCategories([
  ['a', 2],
  ['b', 1],
]);
const uniform = (shift: number) => Array.from({ length: 2_000 }, (_, i) => (i % 1_000) + shift);
const types = (...entries: [string, string][]) => new Map(entries);

test('names what came, went and changed its type, and lists effects by how much they matter', () => {
  const diff = diffBaselines(
    {
      version: 3,
      before: types(['age', 'numeric'], ['gone', 'text'], ['code', 'numeric'], ['word', 'text']),
      after: types(['age', 'numeric'], ['new', 'text'], ['code', 'text'], ['word', 'text']),
    },
    [
      {
        variable: { source: 'feature', name: 'word' },
        segment: '',
        grid: words,
        reference: countValues(words, ['a', 'a', 'b', 'b']),
        current: countValues(words, ['a', 'a', 'b', 'b']),
      },
      {
        variable: { source: 'feature', name: 'age' },
        segment: '',
        grid: numbers,
        reference: { ...countValues(numbers, uniform(0)), lag: null },
        current: { ...countValues(numbers, uniform(200)), lag: null },
      },
    ],
    { ks: 0.03, linf: 0.03 },
  );
  expect(diff).toMatchObject({ against: 3, added: ['new'], removed: ['gone'], retyped: ['code'] });
  expect(diff.changes.map(({ variable, test: name, large }) => [variable, name, large])).toEqual([
    ['age', 'ks', true],
    ['word', 'linf', false],
  ]);
  expect(diff.changes[0]!.statistic).toBeCloseTo(0.2, 2);
  expect(JSON.parse(JSON.stringify(diff))).toEqual(diff);
});
