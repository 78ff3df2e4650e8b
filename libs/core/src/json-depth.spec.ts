import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nestsTooDeep } from './json-depth.js';

describe('the depth of a JSON text', () => {
  test('counts arrays and objects, at the limit and beyond', () => {
    expect(nestsTooDeep('[{"a":[1]}]', 3)).toBe(false);
    expect(nestsTooDeep('[{"a":[1]}]', 2)).toBe(true);
    expect(nestsTooDeep('['.repeat(1_000))).toBe(false);
    expect(nestsTooDeep('['.repeat(1_001))).toBe(true);
    expect(nestsTooDeep('[[],[],{},{}]', 2)).toBe(false);
  });

  test('brackets inside strings, behind escapes and in other scripts do not count', () => {
    expect(nestsTooDeep('["[[[[", "\\"[[[", "\\\\", "{{{", "\u015b\u015b\u015b"]', 1)).toBe(false);
  });

  test('agrees with the depth of the parsed value, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        const depth = depthOf(value);
        const json = JSON.stringify(value);
        expect(nestsTooDeep(json, depth)).toBe(false);
        expect(depth > 0 && !nestsTooDeep(json, depth - 1)).toBe(false);
      }),
    );
  });
});

function depthOf(value: unknown): number {
  return typeof value === 'object' && value !== null
    ? 1 + Math.max(0, ...Object.values(value).map((item) => depthOf(item)))
    : 0;
}
