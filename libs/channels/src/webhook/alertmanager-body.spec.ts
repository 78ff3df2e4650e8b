import { describe, expect, test } from '@jest/globals';
import {
  CONSOLE_URL,
  everywhere,
  FIRST_STEP,
  member,
  notification,
  resolveOf,
  RUNBOOK,
  START,
  SUMMARY,
  updateOf,
} from '../../../../test/channels/notification.js';
import { alertmanagerBody, NO_END } from './alertmanager-body.js';

const LABELS = {
  alertname: 'availability',
  severity: 'page',
  project: 'default',
  service: 'ranker-api',
  region: 'eu-1',
  model: 'ranker',
  kind: 'SLO',
  rule: 'availability',
  tier: 'page-fast',
  owner: 'sre',
  aspect: 'availability',
  team: 'sre',
};
const ANNOTATIONS = {
  summary: SUMMARY,
  description: 'burn over 1h: 16.2, burn over 5m: 20.1, bad events: 612, budget left: 63 %',
  first_action: FIRST_STEP,
  runbook_url: RUNBOOK,
};

describe('the body of Alertmanager', () => {
  test('has the incident as the group and its rule as the alert', () => {
    const first = notification();
    expect(alertmanagerBody(first)).toEqual({
      version: '4',
      groupKey: `{}/{tidewatch="bench"}:{dedup_key="${first.intent.dedupKey}"}`,
      truncatedAlerts: 0,
      status: 'firing',
      receiver: 'bench',
      groupLabels: { project: 'default', service: 'ranker-api', region: 'eu-1', model: 'ranker' },
      commonLabels: LABELS,
      commonAnnotations: ANNOTATIONS,
      externalURL: CONSOLE_URL,
      notification_reason: 'opened',
      alerts: [
        {
          status: 'firing',
          labels: LABELS,
          annotations: ANNOTATIONS,
          startsAt: '2026-11-22T10:00:00.000Z',
          endsAt: NO_END,
          generatorURL: CONSOLE_URL,
          fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
      ],
    });
  });

  test('what all alerts share is common, and the same group goes on', () => {
    const first = notification();
    const update = alertmanagerBody(updateOf(first, null));
    expect(update.groupKey).toBe(alertmanagerBody(first).groupKey);
    expect(update.alerts.map(({ labels }) => labels['alertname'])).toEqual(['availability', 'ranker-inputs']);
    expect(update.commonLabels).toEqual({
      severity: 'page',
      project: 'default',
      service: 'ranker-api',
      region: 'eu-1',
      model: 'ranker',
      owner: 'sre',
      team: 'sre',
    });
    expect(update.alerts[0]?.fingerprint).toBe(alertmanagerBody(first).alerts[0]?.fingerprint);
  });

  test('a rule that has cleared is resolved while the group fires', () => {
    const left = { phase: 'left', leftAt: START + 60_000 } as const;
    const body = alertmanagerBody(
      notification({ incident: { members: { b: member({ ...left, rule: 'b' }), a: member() } } }),
    );
    expect(body.status).toBe('firing');
    expect(body.alerts.map(({ status, endsAt }) => [status, endsAt])).toEqual([
      ['firing', NO_END],
      ['resolved', '2026-11-22T10:01:00.000Z'],
    ]);
  });

  test('a resolve resolves every alert', () => {
    const body = alertmanagerBody(resolveOf(notification(), null));
    expect(body).toMatchObject({
      status: 'resolved',
      alerts: [{ status: 'resolved', endsAt: '2026-11-22T10:15:00.000Z' }],
    });
  });

  test('what is kept quiet is not told', () => {
    const suppressed = { kind: 'silence', id: 's', reason: 'quiet', until: START } as const;
    const members = { a: member(), b: member({ suppressed, rule: 'b' }) };
    expect(alertmanagerBody(notification({ incident: { members } })).alerts).toHaveLength(1);
  });

  test('names of labels are those that Prometheus allows, and a drill is marked', () => {
    const labels = { 'k8s.io/name': 'a', '9lives': 'b', empty: '' };
    const body = alertmanagerBody(
      notification({ incident: { marker: 'drill', members: { a: member({ labels }) } } }),
    );
    expect(body.alerts[0]?.labels).toMatchObject({ k8s_io_name: 'a', _9lives: 'b', drill: 'true' });
    expect(body.alerts[0]?.labels).not.toHaveProperty('empty');
  });

  test.each(['a', '"', '漢', '🔥', '\ud83d'])(
    '%j, very many times and everywhere, makes a body of at most 20 KB',
    (character) => {
      const body = alertmanagerBody(everywhere(character.repeat(3_000), 60, 20));
      expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(20_000);
      expect(body.alerts.length).toBeGreaterThanOrEqual(1);
      expect(body.alerts.length + body.truncatedAlerts).toBe(60);
    },
  );
});
