import { expect, test } from '@jest/globals';
import { OVERFLOW_GROUP } from '../definition.js';
import { GroupRegistry } from './group-registry.js';

test('the first groups have a place of their own, the others share one', () => {
  const registry = new GroupRegistry(2);
  const places = ['a', 'b', 'c', 'a', 'd', 'b', 'c'].map((group) => registry.place(group));
  expect(places).toEqual(['a', 'b', OVERFLOW_GROUP, 'a', OVERFLOW_GROUP, 'b', OVERFLOW_GROUP]);
  expect(registry.overflow).toBe(2);
});

test('groups that were there before keep their place, also when the limit is lower now', () => {
  const registry = new GroupRegistry(2, ['x', 'y', 'z', OVERFLOW_GROUP]);
  expect(['x', 'y', 'z', 'new'].map((group) => registry.place(group))).toEqual([
    'x',
    'y',
    'z',
    OVERFLOW_GROUP,
  ]);
  expect(registry.overflow).toBe(1);
});

test('the place of the others takes none of the limit', () => {
  const registry = new GroupRegistry(2, [OVERFLOW_GROUP, 'a']);
  expect(registry.place('b')).toBe('b');
  expect(registry.place('c')).toBe(OVERFLOW_GROUP);
});

test('names without end are counted up to a bound, and still have a place', () => {
  const registry = new GroupRegistry(1);
  registry.place('first');
  for (let index = 0; index < 20_000; index++) {
    expect(registry.place(`group-${index}`)).toBe(OVERFLOW_GROUP);
  }
  expect(registry.overflow).toBe(10_000);
  expect(registry.place('first')).toBe('first');
});
