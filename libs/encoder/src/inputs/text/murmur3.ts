/**
 * The 32-bit MurmurHash3 of bytes with seed 0, as a signed number.
 *
 * Austin Appleby, MurmurHash3_x86_32 (2008, public domain). Spreads well and is fast; not fit for secrets.
 */
export function murmur3(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  const wholeEnd = end - (length % 4);
  let hash = 0;
  for (let at = start; at < wholeEnd; at += 4) {
    const word = byteAt(bytes, at) | (byteAt(bytes, at + 1) << 8) | (byteAt(bytes, at + 2) << 16);
    hash ^= scramble(word | (byteAt(bytes, at + 3) << 24));
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let at = end - 1; at >= wholeEnd; at--) {
    rest = (rest << 8) | byteAt(bytes, at);
  }
  hash ^= scramble(rest) ^ length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function scramble(word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}
