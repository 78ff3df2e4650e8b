import { describe, expect, test } from '@jest/globals';
import { fittingParts, type Part } from './fitting-parts.js';

const part = (content: string, dispensable: number): Part<string> => ({ content, dispensable });
const atMost =
  (limit: number) =>
  (contents: readonly string[]): boolean =>
    contents.join('').length <= limit;

describe('fittingParts', () => {
  const parts = [part('head', 0), part('bb', 1), part('cc', 2), part('dd', 2), part('tail', 0)];

  test.each<[limit: number, expected: string[]]>([
    [14, ['head', 'bb', 'cc', 'dd', 'tail']],
    [13, ['head', 'bb', 'cc', 'tail']],
    [12, ['head', 'bb', 'cc', 'tail']],
    [11, ['head', 'bb', 'tail']],
    [9, ['head', 'tail']],
    [1, ['head', 'tail']],
  ])('within %i', (limit, expected) => {
    expect(fittingParts(parts, atMost(limit))).toEqual(expected);
  });

  test('nothing fits into nothing', () => {
    expect(fittingParts([], atMost(0))).toEqual([]);
  });

  test('keeps as many of a thousand parts as fit', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => part('x', index + 1));
    expect(fittingParts(many, atMost(321))).toHaveLength(321);
  });
});
