import { describe, expect, test } from '@jest/globals';
import { Once } from './once.js';

describe('Once', () => {
  test('recognises what it has seen, for a while', () => {
    const once = new Once(1_000, 10);
    expect([0, 1, 1_000].map((at) => once.isNew('a', at))).toEqual([true, false, false]);
    expect(once.isNew('a', 1_001)).toBe(true);
  });

  test('a repetition does not keep it longer', () => {
    const once = new Once(1_000, 10);
    once.isNew('a', 0);
    once.isNew('a', 900);
    expect(once.isNew('a', 1_100)).toBe(true);
  });

  test('forgets the oldest when it is full', () => {
    const once = new Once(1_000, 2);
    for (const id of ['a', 'b', 'c']) {
      once.isNew(id, 0);
    }
    expect(once.isNew('c', 0)).toBe(false);
    expect(once.isNew('a', 0)).toBe(true);
  });

  test('takes back what could not be done', () => {
    const once = new Once(1_000, 10);
    once.isNew('a', 0);
    once.forget('a');
    expect(once.isNew('a', 0)).toBe(true);
  });
});
