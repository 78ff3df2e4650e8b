import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Matcher } from './matcher.js';
import { matchersText, matchOf, parseMatchers } from './matchers-text.js';
import { readMatch } from './read-match.js';

describe('conditions as people type them', () => {
  test.each<[string, Matcher[]]>([
    ['', []],
    [
      'service=ranker-api model=~"rank.*" severity!=page team!~"ml-.*"',
      [
        { label: 'service', op: 'equals', value: 'ranker-api' },
        { label: 'model', op: 'matches', value: 'rank.*' },
        { label: 'severity', op: 'not', value: 'page' },
        { label: 'team', op: 'not-matches', value: 'ml-.*' },
      ],
    ],
    [
      ' a = b,c="d e" ',
      [
        { label: 'a', op: 'equals', value: 'b' },
        { label: 'c', op: 'equals', value: 'd e' },
      ],
    ],
    ['a=', [{ label: 'a', op: 'equals', value: '' }]],
    ['a=b=c', [{ label: 'a', op: 'equals', value: 'b=c' }]],
    [String.raw`a=~"\d+\.x"`, [{ label: 'a', op: 'matches', value: String.raw`\d+\.x` }]],
    [String.raw`a="say \"x\" \\"`, [{ label: 'a', op: 'equals', value: String.raw`say "x" \ `.trim() }]],
    ['a="=~"', [{ label: 'a', op: 'equals', value: '=~' }]],
  ])('%s', (text, matchers) => {
    expect(parseMatchers(text)).toEqual({ matchers });
  });

  test.each([
    ['service', /^cannot be read from "service" on; conditions look like/],
    ['a=b c="d', /^cannot be read from "c=\\"d" on/],
    ['a="b"c=d', /^cannot be read from "a=/],
    ['1a=b', /^"1a" is no name of a label/],
    ['severity=warning', /^severity must be page or ticket, and is "warning"$/],
    ['a=~"("', /^a must be a regular expression in RE2 syntax/],
    ['a=b a=c', /^a has two conditions with =; write them as one, such as a=~"a\|b"$/],
    ['a!=b a!=c', /^a has two conditions with !=; write them as one, such as a!~"a\|b"$/],
    ['a!=b a=c', /^a is compared with a text, and has another condition besides/],
    [Array.from({ length: 33 }, (_, index) => `l${index}=x`).join(' '), /^has 33 conditions/],
  ])('%s is refused', (text, problem) => {
    expect(parseMatchers(text)).toEqual({ problem: expect.stringMatching(problem) });
  });

  test('what is printed and what is sent is read again as it was', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'B', '7', '.', '\\', '"', ' ', ',', '=', '~', '!', '{', 'é', '-'),
      maxLength: 9,
    });
    const matcher = fc
      .record({
        label: fc.constantFrom('a', 'b_1', 'c.d'),
        op: fc.constantFrom<Matcher['op']>('equals', 'not', 'matches', 'not-matches'),
        value: text,
      })
      .filter(
        ({ op, value }) =>
          !op.includes('matches') ||
          'matchers' in parseMatchers(`x${op === 'matches' ? '=~' : '!~'}${JSON.stringify(value)}`),
      );
    const list = fc
      .uniqueArray(matcher, { selector: ({ label, op }) => `${label} ${op}`, maxLength: 4 })
      .filter((all) =>
        all.every(
          ({ label, op }) => op !== 'equals' || all.filter((each) => each.label === label).length === 1,
        ),
      );
    fc.assert(
      fc.property(list, (matchers) => {
        if (matchers.length > 0) {
          expect(parseMatchers(matchersText(matchers))).toEqual({ matchers });
        }
        const byLabel = (all: readonly Matcher[] | null) =>
          [...(all ?? [])].sort((x, y) => `${x.label} ${x.op}`.localeCompare(`${y.label} ${y.op}`));
        expect(byLabel(readMatch(matchOf(matchers)).matchers)).toEqual(byLabel(matchers));
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  test('no conditions are everything', () => {
    expect(matchersText([])).toBe('everything');
  });
});
