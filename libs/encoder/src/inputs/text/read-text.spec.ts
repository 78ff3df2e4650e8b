import { describe, expect, test } from '@jest/globals';
import { MAXIMUM_TEXT_BYTES, readText } from './read-text.js';

const read = (data: Uint8Array, dataType = 'text/plain') =>
  readText({ dataType, shape: [], data, maskedBoxes: [] });

describe('text', () => {
  test.each(['', 'plain', 'Größe 漢字 🙂', 'line\nline\u0000'])('%p is read', (text) => {
    expect(read(new TextEncoder().encode(text))).toBe(text);
  });

  test('a byte order mark is passed over', () => {
    expect(read(new TextEncoder().encode('\ufefftext'))).toBe('text');
  });

  test.each([
    ['a stray continuation byte', [0x61, 0x80]],
    ['a character that ends early', [0x61, 0xe6, 0xbc]],
    ['an overlong form', [0xc0, 0xaf]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
  ])('%s is refused', (_, bytes) => {
    expect(read(Uint8Array.from(bytes))).toEqual({ refused: 'the text is not valid UTF-8' });
  });

  test('more than is read is refused', () => {
    expect(read(new Uint8Array(MAXIMUM_TEXT_BYTES).fill(97))).toHaveLength(MAXIMUM_TEXT_BYTES);
    expect(read(new Uint8Array(MAXIMUM_TEXT_BYTES + 1))).toEqual({
      refused: expect.stringMatching(/^the text has 1048577 bytes/),
    });
  });

  test('anything but text is refused', () => {
    expect(read(new Uint8Array(4), 'uint8')).toEqual({
      refused: 'the rule encodes text/plain, and the input was sent as uint8',
    });
  });
});
