import { describe, expect, test } from '@jest/globals';
import { matchSchema, readMatch, readMatchAt } from './read-match.js';

describe('conditions that are read', () => {
  test.each<[string, unknown, unknown]>([
    ['none', {}, []],
    ['a text', { service: 'ranker-api' }, [{ label: 'service', op: 'equals', value: 'ranker-api' }]],
    ['an absent label', { region: '' }, [{ label: 'region', op: 'equals', value: '' }]],
    ['a negation', { severity: { not: 'page' } }, [{ label: 'severity', op: 'not', value: 'page' }]],
    ['an expression', { model: { matches: 'rank.*' } }, [{ label: 'model', op: 'matches', value: 'rank.*' }]],
    [
      'an expression and an exception from it',
      { team: { matches: 'ml-.*', notMatches: 'ml-lab' } },
      [
        { label: 'team', op: 'matches', value: 'ml-.*' },
        { label: 'team', op: 'not-matches', value: 'ml-lab' },
      ],
    ],
    [
      'names that objects have anyway',
      JSON.parse('{"constructor": "a", "__proto__": "b"}'),
      [
        { label: 'constructor', op: 'equals', value: 'a' },
        { label: '__proto__', op: 'equals', value: 'b' },
      ],
    ],
  ])('%s', (_what, input, matchers) => {
    expect(readMatch(input)).toEqual({ matchers, problems: [] });
    expect(matchSchema.parse(input)).toEqual(matchers);
  });
});

describe('what is wrong is said where it stands', () => {
  test.each<[string, unknown, string, RegExp]>([
    ['a list', [], 'match', /^must be a map of labels, such as .*, and is an empty list$/],
    ['nothing', undefined, 'match', /^must be a map of labels, .* is nothing$/],
    ['a name with a dash', { 'my-team': 'x' }, 'match', /^"my-team" is no name of a label/],
    ['a number', { tier: 1 }, 'match.tier', /^must be a text to compare with in quotes, .* and is 1$/],
    [
      'a list of values',
      { team: ['a'] },
      'match.team',
      /^must be a text to compare with, .* is a list of 1$/,
    ],
    ['no condition', { team: {} }, 'match.team', /^must have one of not, matches and notMatches$/],
    ['an unknown condition', { team: { in: 'a' } }, 'match.team.in', /^is not a known condition/],
    ['a condition on nothing', { team: { not: null } }, 'match.team.not', /^must be a text, and is empty$/],
    [
      'a severity that does not exist',
      { severity: 'warning' },
      'match.severity',
      /^must be page or ticket, and is "warning"$/,
    ],
    ['an aspect that does not exist', { aspect: { not: 'drift' } }, 'match.aspect.not', /inputs, outputs/],
    [
      'an expression that is cut off',
      { model: { matches: 'rank[' } },
      'match.model.matches',
      /^must be a regular expression in RE2 syntax .*, and is "rank\[": missing closing \]: `\[`$/,
    ],
    ['a look-ahead', { model: { notMatches: '(?=x)' } }, 'match.model.notMatches', /RE2 syntax/],
    [
      'repetition without bounds',
      { model: { matches: '((a{999}){999}){9}' } },
      'match.model.matches',
      /repeat/,
    ],
    [
      'a long text',
      { model: 'x'.repeat(501) },
      'match.model',
      /^must have at most 500 characters, and has 501/,
    ],
    ['a line break', { model: 'a\nb' }, 'match.model', /control characters/],
    [
      'too many',
      Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`l${index}`, 'x'])),
      'match',
      /^must have at most 32 conditions, and has 33$/,
    ],
  ])('%s', (_what, input, path, message) => {
    const { matchers, problems } = readMatchAt(input, 'match');
    expect(matchers).toBeNull();
    expect(problems.map((each) => each.path)).toEqual([path]);
    expect(problems[0]?.message).toMatch(message);
    const issue = matchSchema.safeParse(input).error?.issues[0];
    expect(['match', ...(issue?.path ?? [])].join('.')).toBe(path);
    expect(issue?.message).toBe(problems[0]?.message);
  });

  test('all of it at once', () => {
    const input = { severity: 'warning', model: { matches: '(', not: 1 }, 'a b': 'x' };
    expect(readMatchAt(input, 'match').problems.map(({ path }) => path)).toEqual([
      'match.severity',
      'match.model.matches',
      'match.model.not',
      'match',
    ]);
  });
});
