import { describe, expect, test } from '@jest/globals';
import { pagerdutyActionIn } from './pagerduty-event.js';

const KEY = 'cd'.repeat(32);
const AT = Date.parse('2026-11-22T10:05:00.000Z');

/** A webhook as PagerDuty documents it, cut to what matters and some more. */
function webhook(
  type: string,
  data: Record<string, unknown> = {},
  event: Record<string, unknown> = {},
): string {
  return JSON.stringify({
    event: {
      id: '5ac64822-4adc-4fda-ade0-410becf0de4f',
      event_type: type,
      resource_type: 'incident',
      occurred_at: '2026-11-22T10:05:00.000Z',
      agent: { id: 'PLH1HKV', summary: 'Ada Example', type: 'user_reference' },
      client: { name: 'PagerDuty' },
      data: {
        id: 'PGR0VU2',
        type: 'incident',
        html_url: 'https://acme.pagerduty.com/incidents/PGR0VU2',
        number: 2,
        status: 'acknowledged',
        incident_key: KEY,
        title: 'ranker-api',
        assignees: [
          { id: 'PTUXL6G', summary: 'Ada Example', type: 'user_reference' },
          { id: 'PTUXL6H', summary: 'Bob Example', type: 'user_reference' },
        ],
        urgency: 'high',
        resolve_reason: null,
        ...data,
      },
      ...event,
    },
  });
}

const note = {
  id: 'P2LA89X',
  type: 'incident_note',
  incident_key: undefined,
  incident: { id: 'PGR0VU2', type: 'incident_reference', summary: 'ranker-api' },
  content: 'Rolling back.',
  trimmed: false,
};
const action = {
  id: '5ac64822-4adc-4fda-ade0-410becf0de4f',
  incidentId: 'PGR0VU2',
  dedupKeys: [KEY],
  by: 'Ada Example',
  byService: false,
  text: '',
  at: AT,
};
const service = { agent: { id: 'PF9KMXH', summary: 'ranker', type: 'service_reference' } };

describe('pagerdutyActionIn', () => {
  test.each<[name: string, body: string, expected: unknown]>([
    ['acknowledged', webhook('incident.acknowledged'), { ...action, kind: 'acknowledge' }],
    ['unacknowledged', webhook('incident.unacknowledged'), { ...action, kind: 'unacknowledge' }],
    ['resolved', webhook('incident.resolved'), { ...action, kind: 'resolve' }],
    [
      'reassigned',
      webhook('incident.reassigned'),
      { ...action, kind: 'assign', text: 'Ada Example, Bob Example' },
    ],
    [
      'annotated: a note knows its incident by id alone',
      webhook('incident.annotated', note),
      { ...action, kind: 'comment', dedupKeys: [], text: 'Rolling back.' },
    ],
    ['triggered asks for nothing', webhook('incident.triggered'), { ...action, kind: 'none' }],
    [
      'by an integration',
      webhook('incident.resolved', {}, service),
      { ...action, kind: 'resolve', by: 'ranker', byService: true },
    ],
    [
      'by nobody in particular',
      webhook('incident.unacknowledged', {}, { agent: null }),
      { ...action, kind: 'unacknowledge', by: '' },
    ],
    [
      'the keys of alerts',
      webhook('incident.acknowledged', {
        incident_key: null,
        alerts: [{ alert_key: KEY }, { alert_key: 'b' }],
      }),
      { ...action, kind: 'acknowledge', dedupKeys: [KEY, 'b'] },
    ],
    [
      'without a time',
      webhook('incident.acknowledged', {}, { occurred_at: undefined }),
      { ...action, kind: 'acknowledge', at: null },
    ],
  ])('%s', (_name, body, expected) => {
    expect(pagerdutyActionIn(body)).toEqual(expected);
  });

  test.each([
    ['a test of the subscription', webhook('pagey.ping', { message: 'Hello from your friend Pagey!' })],
    ['an event of a service', webhook('service.updated')],
    ['no JSON', '{'],
    ['no event', '{}'],
    ['a list', '[]'],
    ['nothing', ''],
  ])('%s is none', (_name, body) => {
    expect(pagerdutyActionIn(body)).toBeUndefined();
  });
});
