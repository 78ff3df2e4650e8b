import { describe, expect, test } from '@jest/globals';
import { BodyPool } from './body-pool.js';

describe('the pool of buffers', () => {
  test('gives a buffer again that was given back, also for less', () => {
    const pool = new BodyPool();
    const first = pool.take(100);
    pool.give(first);
    const second = pool.take(60);
    expect(second.buffer).toBe(first.buffer);
    expect(second).toHaveLength(60);
    expect(pool.take(60).buffer).not.toBe(first.buffer);
  });

  test('makes another when those it has are too small', () => {
    const pool = new BodyPool();
    const small = pool.take(10);
    pool.give(small);
    expect(pool.take(11).buffer).not.toBe(small.buffer);
    expect(pool.take(10).buffer).toBe(small.buffer);
  });

  test('keeps the three largest, and none that is huge', () => {
    const pool = new BodyPool();
    const buffers = [1, 2, 3, 4].map((bytes) => pool.take(bytes * 100));
    buffers.forEach((buffer) => pool.give(buffer));
    pool.give(pool.take(100 * 2 ** 20));
    const again = [1, 2, 3, 4].map(() => pool.take(1).buffer);
    const kept = (index: number): boolean => again.includes(buffers[index]?.buffer as ArrayBuffer);
    expect([0, 1, 2, 3].map(kept)).toEqual([false, true, true, true]);
  });
});
