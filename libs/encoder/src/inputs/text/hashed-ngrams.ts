import { murmur3 } from './murmur3.js';

// Control characters that no text should have: they mark where it begins and ends.
const BEGIN = '\u0002';
const END = '\u0003';

/**
 * A text as a vector of its character n-grams.
 *
 * 1. The text is normalised to NFC, then put in lower case (both by Unicode, whatever the locale).
 * 2. U+0002 is put before it and U+0003 after it, so that how a text begins and ends counts.
 * 3. Its n-grams are all runs of `n` characters (code points) of the result; a result that is shorter than `n` is one
 *    n-gram itself.
 * 4. Each n-gram's UTF-8 is hashed by {@link murmur3}. With `h` the signed hash, 1 is added at place `|h| mod size`
 *    when `h >= 0`, and taken away there when not: collisions then cancel on average, and inner products are unbiased
 *    (Weinberger et al. 2009, "Feature hashing for large scale multitask learning").
 * 5. The vector is divided by its length (the root of the sum of squares), unless it is zero.
 *
 * The same as scikit-learn's `HashingVectorizer(n_features=size)` with an analyzer that does steps 1 to 3.
 */
export function hashedNgrams(text: string, size: number, n: number): Float32Array {
  const bytes = new TextEncoder().encode(`${BEGIN}${text.normalize('NFC').toLowerCase()}${END}`);
  const starts = characterStarts(bytes);
  const counts = new Float64Array(size);
  const last = Math.max(0, starts.length - 1 - n);
  for (let first = 0; first <= last; first++) {
    const end = starts[Math.min(first + n, starts.length - 1)] ?? bytes.length;
    const hash = murmur3(bytes, starts[first] ?? 0, end);
    const place = Math.abs(hash) % size;
    counts[place] = (counts[place] ?? 0) + (hash >= 0 ? 1 : -1);
  }
  let squares = 0;
  for (let place = 0; place < size; place++) {
    squares += (counts[place] as number) ** 2;
  }
  const norm = squares === 0 ? 1 : Math.sqrt(squares);
  // A loop: `Float32Array.from` with a function takes twenty times as long, which was most of the time for a text.
  const vector = new Float32Array(size);
  for (let place = 0; place < size; place++) {
    vector[place] = (counts[place] as number) / norm;
  }
  return vector;
}

/** Where each character begins in UTF-8, and, as the last, where the text ends. */
function characterStarts(bytes: Uint8Array): Uint32Array {
  const starts = new Uint32Array(bytes.length + 1);
  let count = 0;
  for (let at = 0; at < bytes.length; at++) {
    // Bytes 10xxxxxx continue a character.
    if (((bytes[at] ?? 0) & 0xc0) !== 0x80) {
      starts[count++] = at;
    }
  }
  starts[count++] = bytes.length;
  return starts.subarray(0, count);
}
