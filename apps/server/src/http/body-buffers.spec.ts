import { describe, expect, test } from '@jest/globals';
import { BodyBuffers } from './body-buffers.js';

describe('body buffers', () => {
  test('a buffer that was given back is used again for any length that fits its size', () => {
    const buffers = new BodyBuffers();
    const first = buffers.take(100_000);
    expect(first.length).toBe(131_072);
    buffers.give(first);
    expect(buffers.take(66_000)).toBe(first);
    expect(buffers.take(66_000)).not.toBe(first);
  });

  test('a length of another size gets another buffer', () => {
    const buffers = new BodyBuffers();
    const small = buffers.take(10);
    buffers.give(small);
    expect(buffers.take(16_385)).not.toBe(small);
    expect(buffers.take(0)).toBe(small);
  });

  test('large bodies get memory of exactly their length, which is not kept', () => {
    const buffers = new BodyBuffers();
    const large = buffers.take(1_048_577);
    expect(large.length).toBe(1_048_577);
    buffers.give(large);
    expect(buffers.take(1_048_577)).not.toBe(large);
  });

  test('no more than 16 MiB are kept', () => {
    const buffers = new BodyBuffers();
    const taken = Array.from({ length: 20 }, () => buffers.take(1_048_576));
    taken.forEach((buffer) => buffers.give(buffer));
    const again = new Set(Array.from({ length: 20 }, () => buffers.take(1_048_576)));
    expect(taken.filter((buffer) => again.has(buffer))).toHaveLength(16);
  });
});
