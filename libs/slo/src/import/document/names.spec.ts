import { describe, expect, test } from '@jest/globals';
import { labelName, uniqueName } from './names.js';

describe('labelName', () => {
  test.each([
    [['myservice', 'requests-availability'], 'myservice-requests-availability'],
    [['My Service', 'P99 (ms)'], 'my-service-p99-ms'],
    [['Büro', '_x_'], 'buro-x'],
    [['--', ''], 'slo'],
    [['a'.repeat(62), 'b'], 'a'.repeat(62)],
  ])('makes of %j a name', (parts, name) => {
    expect(labelName(...parts)).toBe(name);
  });
});

describe('uniqueName', () => {
  test('adds the first number that is free, within 63 characters', () => {
    expect(uniqueName('a', new Set(['b']))).toBe('a');
    expect(uniqueName('a', new Set(['a', 'a-2']))).toBe('a-3');
    const long = 'a'.repeat(63);
    expect(uniqueName(long, new Set([long]))).toBe(`${'a'.repeat(61)}-2`);
  });
});
