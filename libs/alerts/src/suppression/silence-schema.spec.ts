import { describe, expect, test } from '@jest/globals';
import { silenceSchema } from './silence-schema.js';

const SPEC = {
  match: { service: 'ranker-api', severity: 'ticket' },
  startsAt: '2026-12-01T10:00:00Z',
  endsAt: '2026-12-01T19:00:00+01:00',
  comment: ' Load test ',
};
const document = (spec: object = {}, metadata: object = { name: 'load-test' }): unknown => ({
  apiVersion: 'tidewatch.dev/v1',
  kind: 'Silence',
  metadata,
  spec: { ...SPEC, ...spec },
});

test('a document becomes a silence', () => {
  const metadata = { name: 'load-test', owner: 'sre', labels: { project: 'shop' } };
  expect(silenceSchema.parse(document({}, metadata))).toEqual({
    id: 'rules/load-test',
    labels: { project: 'shop' },
    matchers: [
      { label: 'service', op: 'equals', value: 'ranker-api' },
      { label: 'severity', op: 'equals', value: 'ticket' },
    ],
    startsAt: Date.UTC(2026, 11, 1, 10),
    endsAt: Date.UTC(2026, 11, 1, 18),
    comment: 'Load test',
    createdBy: 'sre',
    createdAt: Date.UTC(2026, 11, 1, 10),
    withdrawnAt: null,
  });
});

test('without a start it holds for the 30 days before its end, and nobody owns it by name', () => {
  expect(silenceSchema.parse(document({ startsAt: undefined }))).toMatchObject({
    startsAt: Date.UTC(2026, 10, 1, 18),
    createdBy: 'the rules',
    labels: {},
  });
});

describe('what is wrong is refused where it stands', () => {
  test.each<[string, object, string, RegExp]>([
    ['no end', { endsAt: undefined }, 'spec.endsAt', /time with its offset/],
    [
      'an end without an offset',
      { endsAt: '2026-12-01T18:00:00' },
      'spec.endsAt',
      /offset, .* and is "2026-12-01T18/,
    ],
    ['a day', { endsAt: '2026-12-01' }, 'spec.endsAt', /with its offset/],
    ['a day that does not exist', { endsAt: '2026-02-30T18:00:00Z' }, 'spec.endsAt', /with its offset/],
    ['an end before the start', { endsAt: '2026-12-01T10:00:00Z' }, 'spec.endsAt', /after the start/],
    [
      'more than 30 days',
      { endsAt: '2026-12-31T10:00:01Z' },
      'spec.endsAt',
      /at most 30 days .*, and lies 30d1m after/,
    ],
    ['no comment', { comment: '  ' }, 'spec.comment', /a sentence for those who wonder/],
    ['no match', { match: undefined }, 'spec.match', /must be a map of labels/],
    ['everything', { match: {} }, 'spec.match', /must ask for something that is there/],
    [
      'all but something',
      { match: { team: { not: 'ml' } } },
      'spec.match',
      /must ask for something that is there/,
    ],
    ['a bad expression', { match: { team: { matches: '(' } } }, 'spec.match.team.matches', /missing closing/],
    ['an unknown key', { until: 'x' }, 'spec', /until/],
  ])('%s', (_what, spec, path, message) => {
    const issues = silenceSchema.safeParse(document(spec)).error?.issues ?? [];
    expect(issues.map((issue) => issue.path.join('.'))).toEqual([path]);
    expect(issues[0]?.message).toMatch(message);
  });

  test('a name that no address could hold', () => {
    const issues = silenceSchema.safeParse(document({}, { name: 'a/b' })).error?.issues ?? [];
    expect(issues.map((issue) => issue.path.join('.'))).toEqual(['metadata.name']);
  });
});
