/**
 * At most `size` of `values`, ascending. The same values in the same order give the same sample.
 *
 * Positions are chosen by the smallest hash of the position (the finaliser of MurmurHash3, a bijection of 32-bit
 * numbers), so that neither a sorted nor a periodic file biases the choice, as taking the first or every k-th would.
 */
export function sampleByHash(values: ArrayLike<number>, size: number): Float64Array {
  if (values.length <= size) {
    return Float64Array.from(values).sort();
  }
  const hashes = new Uint32Array(values.length);
  for (let index = 0; index < values.length; index++) {
    hashes[index] = mix(index);
  }
  // Hashes of distinct positions are distinct: exactly `size` of them are at most the size-th smallest.
  const limit = Uint32Array.from(hashes).sort()[size - 1] ?? 0;
  const sample = new Float64Array(size);
  let taken = 0;
  for (let index = 0; index < values.length && taken < size; index++) {
    if ((hashes[index] ?? 0) <= limit) {
      sample[taken++] = values[index] ?? 0;
    }
  }
  return sample.sort();
}

function mix(position: number): number {
  // The constant keeps position 0 from mapping to hash 0, which would always be chosen.
  let hash = (position + 0x9e3779b9) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
