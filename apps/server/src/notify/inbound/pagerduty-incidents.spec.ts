import { describe, expect, test } from '@jest/globals';
import { dedupKey, type IncidentState } from '@tidewatch/alerts';
import type { PagerdutyAction } from '@tidewatch/channels';
import { PagerdutyIncidents } from './pagerduty-incidents.js';

const incidents = ['one', 'two'].map((id) => ({ id }) as IncidentState);

function action(part: Partial<PagerdutyAction>): PagerdutyAction {
  return {
    id: 'event',
    kind: 'acknowledge',
    incidentId: 'PGR0VU2',
    dedupKeys: [],
    by: 'ada',
    byService: false,
    text: '',
    at: null,
    ...part,
  };
}

describe('PagerdutyIncidents', () => {
  test.each<[name: string, keys: string[], expected: string | undefined]>([
    ['by the key that we gave', [dedupKey('two', 'pager')], 'two'],
    ['among the keys of other alerts', ['x', dedupKey('one', 'pager')], 'one'],
    ['not by the key of another receiver', [dedupKey('two', 'other')], undefined],
    ['not by a key of others', ['x'], undefined],
    ['not by nothing', [], undefined],
  ])('finds an incident %s', (_name, dedupKeys, expected) => {
    expect(new PagerdutyIncidents().find(action({ dedupKeys }), 'pager', incidents)?.id).toBe(expected);
  });

  test('knows the incident of a note from an earlier event, for each receiver', () => {
    const known = new PagerdutyIncidents();
    const note = action({ kind: 'comment' });
    expect(known.find(note, 'pager', incidents)).toBeUndefined();
    known.find(action({ kind: 'none', dedupKeys: [dedupKey('one', 'pager')] }), 'pager', incidents);
    expect(known.find(note, 'pager', incidents)?.id).toBe('one');
    expect(known.find(note, 'other', incidents)).toBeUndefined();
    expect(known.find(action({ incidentId: 'OTHER' }), 'pager', incidents)).toBeUndefined();
  });
});
