import { expect, test } from '@jest/globals';
import { readLabels } from './read-labels.js';

test('labels are names and texts', () => {
  const labels = { severity: 'page', 'a.b': '', constructor: 'x' };
  expect(readLabels({ labels })).toEqual({ labels, problems: [] });
});

test.each<[string, unknown, string, RegExp]>([
  ['nothing', undefined, 'labels', /must be a map of texts, and is nothing/],
  ['a list', { labels: [] }, 'labels', /an empty list/],
  ['a number', { labels: { tier: 1 } }, 'labels.tier', /must be a text, and is 1/],
  ['a severity that does not exist', { labels: { severity: 'bad' } }, 'labels.severity', /page or ticket/],
  ['a name with a blank', { labels: { 'a b': 'x' } }, 'labels.a b', /no name of a label/],
  [
    'too many',
    { labels: Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`l${index}`, ''])) },
    'labels',
    /at most 64, and are 65/,
  ],
])('%s is refused', (_what, body, path, message) => {
  const { problems } = readLabels(body);
  expect(problems).toEqual([{ path, message: expect.stringMatching(message) }]);
});
