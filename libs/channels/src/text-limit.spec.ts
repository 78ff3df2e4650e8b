import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { plainText, truncate } from './text-limit.js';

describe('truncate', () => {
  test.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['', 3, ''],
    ['🔥🔥', 4, '🔥🔥'],
    ['🔥🔥🔥', 4, '🔥…'],
    ['a🔥b', 3, 'a…'],
  ])('%j within %i is %j', (text, limit, expected) => {
    expect(truncate(text, limit)).toBe(expected);
  });

  test('never cuts inside what a character is encoded to', () => {
    expect(truncate('a<b', 5, (character) => (character === '<' ? '&lt;' : character))).toBe('a…');
    expect(truncate('a<b', 6, (character) => (character === '<' ? '&lt;' : character))).toBe('a&lt;b');
  });

  test('never exceeds the limit and is the text itself when that fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, limit) => {
        const cut = truncate(text, limit);
        expect(cut.length).toBeLessThanOrEqual(limit);
        expect(cut === text).toBe(text.length <= limit);
      }),
      { seed: 20_261_122 },
    );
  });
});

test('plainText keeps lines and letters of all scripts, and nothing that acts', () => {
  expect(plainText('a\r\nb\tc\u0000d\u009be\u202ef\u2066g é漢🔥\ud83d')).toBe('a\nb c d efg é漢🔥\ufffd');
  expect(plainText('a\u2028b\u200f\u200e\u061cc')).toBe('a\nbc');
});
