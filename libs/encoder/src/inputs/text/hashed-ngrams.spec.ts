import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hashedNgrams } from './hashed-ngrams.js';
import { murmur3 } from './murmur3.js';

const { ngrams } = JSON.parse(readFileSync(new URL('../fixtures/texts.json', import.meta.url), 'utf8')) as {
  ngrams: { n: number; size: number; texts: string[]; vectors: number[][] }[];
};

describe('n-grams are hashed as by scikit-learn', () => {
  test.each(ngrams)('$n characters, $size places', ({ n, size, texts, vectors }) => {
    for (const [index, text] of texts.entries()) {
      const found = hashedNgrams(text, size, n);
      // scikit-learn calculates in float64; the result here is rounded to float32, whose values are below 1.
      vectors[index]!.forEach((value, place) => expect(Math.abs(found[place]! - value)).toBeLessThan(6e-8));
      expect(found.length).toBe(size);
    }
  });

  // The verification values that SMHasher's author gives for MurmurHash3_x86_32 with seed 0.
  test.each([
    ['', 0],
    ['test', 0xba6bd213],
    ['Hello, world!', 0xc0363e43],
    ['The quick brown fox jumps over the lazy dog', 0x2e4ff723],
  ])('the hash of %p', (text, expected) => {
    const bytes = new TextEncoder().encode(text);
    expect(murmur3(bytes, 0, bytes.length) >>> 0).toBe(expected);
  });
});

describe('vectors', () => {
  test('have length 1, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.integer({ min: 1, max: 6 }),
        (text, n) => {
          const vector = hashedNgrams(text, 512, n);
          const norm = Math.hypot(...vector);
          expect(norm === 0 || Math.abs(norm - 1) < 1e-6).toBe(true);
        },
      ),
    );
  });

  test('do not depend on case or on how accents are written', () => {
    expect(hashedNgrams('CAFE\u0301 Größe', 64, 3)).toEqual(
      hashedNgrams('caf\u00e9 gröSSe'.replace('SS', 'ß'), 64, 3),
    );
  });

  test('a text that is shorter than an n-gram is one itself', () => {
    const vector = hashedNgrams('a', 64, 5);
    expect([...vector].filter((value) => value !== 0).map(Math.abs)).toEqual([1]);
  });

  test('how a text begins and ends counts', () => {
    expect(hashedNgrams('ab', 64, 2)).not.toEqual(hashedNgrams('ba', 64, 2));
    expect(hashedNgrams('aab', 4096, 2)).not.toEqual(hashedNgrams('aba', 4096, 2));
  });
});
