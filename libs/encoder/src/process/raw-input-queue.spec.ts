import { describe, expect, test } from '@jest/globals';
import { RawInputQueue } from './raw-input-queue.js';
import type { RawInput } from '../inputs/raw-input.js';

function inputs(...sizes: number[]): RawInput[] {
  return sizes.map((size) => ({
    dataType: 'uint8',
    shape: [size],
    data: new Uint8Array(size),
    maskedBoxes: [],
  }));
}

describe('the queue of raw inputs', () => {
  test('gives them in the order in which they came, whosever they are', () => {
    const queue = new RawInputQueue<string>({ inputs: 10, bytes: 100 });
    queue.add(inputs(1, 2), 'a', 5);
    queue.add(inputs(3), 'b', 6);
    expect(queue.oldest).toBe(5);
    expect(queue.take(2).map(({ caller, index }) => [caller, index])).toEqual([
      ['a', 0],
      ['a', 1],
    ]);
    expect(queue.oldest).toBe(6);
    expect(queue.take(2).map(({ caller }) => caller)).toEqual(['b']);
    expect(queue.oldest).toBeNull();
  });

  test('takes what fits by number and by bytes, and tells apart what never would', () => {
    const queue = new RawInputQueue<string>({ inputs: 3, bytes: 100 });
    queue.add(inputs(60), 'a', 0);
    expect(queue.fits(inputs(1, 1))).toBe('now');
    expect(queue.fits(inputs(1, 1, 1))).toBe('later');
    expect(queue.fits(inputs(41))).toBe('later');
    expect(queue.fits(inputs(101))).toBe('never');
    expect(queue.fits(inputs(1, 1, 1, 1))).toBe('never');
    queue.take(1);
    expect(queue.fits(inputs(50, 50))).toBe('now');
  });

  test('forgets the inputs of a caller, and their bytes', () => {
    const queue = new RawInputQueue<string>({ inputs: 10, bytes: 100 });
    queue.add(inputs(40), 'a', 0);
    queue.add(inputs(60), 'b', 1);
    queue.remove('a');
    expect(queue.length).toBe(1);
    expect(queue.fits(inputs(40))).toBe('now');
    expect([...queue.clear()]).toEqual(['b']);
    expect(queue.fits(inputs(100))).toBe('now');
  });

  test('makes a batch smaller, and sends it earlier, when its inputs are large', () => {
    const megabyte = 2 ** 20;
    const queue = new RawInputQueue<string>({ inputs: 100, bytes: 1000 * megabyte });
    queue.add(inputs(30 * megabyte, 30 * megabyte), 'a', 0);
    expect(queue.hasBatch(8)).toBe(false);
    queue.add(inputs(30 * megabyte, 80 * megabyte), 'a', 0);
    expect(queue.hasBatch(8)).toBe(true);
    expect([queue.take(8).length, queue.take(8).length, queue.take(8).length]).toEqual([2, 1, 1]);
  });
});
