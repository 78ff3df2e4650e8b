import { describe, expect, test } from '@jest/globals';
import { markdownLine, markdownTarget, markdownText, titleText } from './markdown.js';

const GAP = '\u200b';

describe('markdownLine', () => {
  test.each<[given: string, written: string]>([
    ['burns 20.1 times too fast (1h 16.2)', 'burns 20.1 times too fast \\(1h 16.2\\)'],
    ['*a* _b_ ~c~ `d`', '\\*a\\* \\_b\\_ \\~c\\~ \\`d\\`'],
    ['a | b', 'a \\| b'],
    ['<b>&amp;', '\\<b\\>\\&amp;'],
    ['[a](b) ![c](d)', '\\[a\\]\\(b\\) \\!\\[c\\]\\(d\\)'],
    ['\\*', '\\\\\\*'],
    ['@ada', `@${GAP}ada`],
    ['see #12 and GH-7', `see \\#${GAP}12 and GH-${GAP}7`],
    ['https://e.example', `https:${GAP}//e.example`],
    ['www.e.example', `www${GAP}.e.example`],
    ['- a', '\\- a'],
    ['-5 to 5', '-5 to 5'],
    ['--- ', '\\---'],
    ['1. first', '1\\. first'],
    ['1.5 s', '1.5 s'],
    ['# heading', '\\# heading'],
    ['  a\n\n b\t', 'a b'],
    ['', ''],
  ])('%j is written %j', (given, written) => {
    expect(markdownLine(given, 500)).toBe(written);
  });

  test.each([5, 10, 11, 12, 100])('never has more than %i characters, nor half an escape', (limit) => {
    const written = markdownLine('*'.repeat(1_000), limit);
    expect(written.length).toBeLessThanOrEqual(limit);
    expect(written).toMatch(/^(\\\*)*…$/);
  });
});

test('markdownText keeps its lines, and each of them harmless', () => {
  expect(markdownText('a\n\n  - b\n===', 500)).toBe('a\\\n\\- b\\\n\\===');
});

test('markdownTarget stays inside its brackets', () => {
  expect(markdownTarget('https://e.example/a)b?c=<d> e')).toBe('<https://e.example/a)b?c=%3Cd%3E%20e>');
});

test('titleText is plain and notifies nobody', () => {
  expect(titleText('a *b*\n@ada', 100)).toBe(`a *b* @${GAP}ada`);
});
