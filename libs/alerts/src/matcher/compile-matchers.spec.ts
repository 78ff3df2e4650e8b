import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileMatchers, failingMatchers, matchesNothingInParticular } from './compile-matchers.js';
import type { Matcher } from './matcher.js';
import { parseMatchers } from './matchers-text.js';

const LABELS = { severity: 'page', service: 'ranker-api', region: 'eu-1', model: 'ranker' };

function matchersOf(text: string): readonly Matcher[] {
  const read = parseMatchers(text);
  if ('problem' in read) {
    throw new Error(read.problem);
  }
  return read.matchers;
}

describe('what matches', () => {
  test.each([
    ['', true],
    ['service=ranker-api', true],
    ['service=ranker', false],
    ['service=Ranker-api', false],
    ['service=ranker-api region=us-1', false],
    ['service!=ranker-api', false],
    ['region!=us-1', true],
    ['model=~"rank.*"', true],
    ['model=~"rank"', false],
    ['model=~"rank|ranker"', true],
    ['model=~"(?i)RANKER"', true],
    ['model!~"rank"', true],
    ['model!~"rank.*"', false],
    // A label that is absent is the empty text.
    ['team=""', true],
    ['team!=""', false],
    ['team=~".*"', true],
    ['team=~".+"', false],
    ['team!~"ml-.*"', true],
    // Not a label, though every object has it.
    ['constructor=""', true],
    ['toString=~".+"', false],
  ])('%s: %s', (text, expected) => {
    expect(compileMatchers(matchersOf(text))(LABELS)).toBe(expected);
  });

  test('one list has one test', () => {
    const matchers = matchersOf('model=~"rank.*"');
    expect(compileMatchers(matchers)).toBe(compileMatchers(matchers));
  });

  test('those that fail are known by themselves', () => {
    expect(failingMatchers(matchersOf('service=ranker-api region=us-1 model!~"rank.*"'), LABELS)).toEqual(
      matchersOf('region=us-1 model!~"rank.*"'),
    );
  });

  test.each([
    ['', true],
    ['team!=ml region=""', true],
    ['model=~".*"', true],
    ['team!=ml service=ranker', false],
    ['severity=~".+"', false],
  ])('whether "%s" asks for nothing in particular: %s', (text, expected) => {
    expect(matchesNothingInParticular(matchersOf(text))).toBe(expected);
  });
});

test('conditions agree with judging each by itself, in any order and however often they are asked', () => {
  const label = fc.constantFrom('a', 'b', 'c');
  const value = fc.constantFrom('', 'x', 'xy', 'y');
  const matcher = fc.record({
    label,
    op: fc.constantFrom<Matcher['op']>('equals', 'not', 'matches', 'not-matches'),
    value: fc.constantFrom(
      '',
      'x',
      'xy',
      'x.*',
      '.+',
      'x|y',
      'xy?',
      'xy*',
      'xy{0,2}',
      'xz{0}y',
      'x[yz]',
      'x(y|)',
      'y|x.',
    ),
  });
  const holds = ({ label: name, op, value: wanted }: Matcher, labels: Record<string, string>): boolean => {
    const found = labels[name] ?? '';
    const whole = new RegExp(`^(?:${wanted})$`);
    switch (op) {
      case 'equals':
        return found === wanted;
      case 'not':
        return found !== wanted;
      case 'matches':
        return whole.test(found);
      case 'not-matches':
        return !whole.test(found);
    }
  };
  fc.assert(
    fc.property(
      fc.array(matcher, { maxLength: 5 }),
      fc.array(fc.dictionary(label, value), { minLength: 1, maxLength: 6 }),
      (matchers, sets) => {
        for (const labels of [...sets, ...sets]) {
          expect(compileMatchers(matchers)(labels)).toBe(matchers.every((each) => holds(each, labels)));
          expect(failingMatchers(matchers, labels)).toEqual(matchers.filter((each) => !holds(each, labels)));
        }
      },
    ),
    { seed: 7, numRuns: 300 },
  );
});
