import { expect, test } from '@jest/globals';
import { incidentQuery, jqlText } from './jql.js';

test('a text in JQL is nothing but a text', () => {
  expect(jqlText('a" OR project != "\\')).toBe('"a\\" OR project != \\"\\\\"');
});

test('the query leaves out what is long done', () => {
  expect(incidentQuery('OPS', 'tidewatch-ab', 604_800_000, undefined)).toBe(
    'project = "OPS" AND labels = "tidewatch-ab" AND (statusCategory != Done OR resolutiondate >= "-10080m") ORDER BY created DESC',
  );
});

test('a comparison with a resolution does not leave out what has none', () => {
  expect(incidentQuery('OPS', 'tidewatch-ab', 60_001, "Won't Do")).toContain(
    'resolutiondate >= "-2m") AND (resolution is EMPTY OR resolution != "Won\'t Do")',
  );
});
