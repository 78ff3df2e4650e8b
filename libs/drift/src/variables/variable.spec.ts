import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { variableId, variableOf, type VariableSource } from './variable.js';

const SOURCES: readonly VariableSource[] = ['feature', 'output', 'truth', 'attribution', 'metric'];

test('a feature is called by its name, everything else with its source', () => {
  expect(variableId({ source: 'feature', name: 'age' })).toBe('age');
  expect(variableId({ source: 'output', name: 'score' })).toBe('output:score');
  expect(variableId({ source: 'feature', name: 'output:score' })).toBe('feature:output:score');
});

test('an id stands for one variable, whatever names people give to features', () => {
  const awkward = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.constantFrom(...SOURCES.map((one) => `${one}:x`), 'a\nb'),
  );
  fc.assert(
    fc.property(fc.constantFrom(...SOURCES), awkward, (source, name) => {
      expect(variableOf(variableId({ source, name }))).toEqual({ source, name });
    }),
  );
});
