import { expect, test } from '@jest/globals';
import { sampleIncident } from './sample-views.js';
import { silenceDraft, silenceEnd, silenceProblem, silenceRequest } from './silence-draft.js';

const NOW = Date.parse('2026-11-22T10:30:00Z');
const incident = sampleIncident('a', { service: 'ranker-api', region: 'eu-1' });
const draft = { ...silenceDraft(incident), comment: ' load test ' };

test('the form begins with what the incident is about', () => {
  expect(draft.labels).toEqual({ service: 'ranker-api', region: 'eu-1', model: '', rule: '', severity: '' });
  const drill = sampleIncident('a', { service: 'ranker-api', model: 'drill-1f2e', marker: 'drill' });
  expect(silenceDraft(drill).labels).toMatchObject({ service: 'ranker-api', model: '' });
  expect(Object.values(silenceDraft(null).labels).every((value) => value === '')).toBe(true);
});

test.each([
  [{}, null],
  [{ comment: ' ' }, 'Say why: whoever wonders about the quiet has to know.'],
  [
    { labels: silenceDraft(null).labels },
    'Say what is to be quiet: a silence that matches everything would hide every outage.',
  ],
])('with %o the draft says %p', (parts, problem) => {
  expect(silenceProblem({ ...draft, ...parts })).toBe(problem);
});

test('a draft becomes a request that leaves out what is empty', () => {
  expect(silenceRequest({ ...draft, hours: '4' }, NOW)).toEqual({
    match: { service: 'ranker-api', region: 'eu-1' },
    startsAt: '2026-11-22T10:30:00.000Z',
    endsAt: '2026-11-22T14:30:00.000Z',
    comment: 'load test',
  });
  expect(silenceEnd(draft, NOW, 'UTC')).toBe('until 22 Nov 11:30');
});
