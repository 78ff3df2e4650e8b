import { describe, expect, test } from '@jest/globals';
import {
  acknowledgeOf,
  CONSOLE_URL,
  everywhere,
  FIRST_STEP,
  GRAFANA_URL,
  notification,
  resolveOf,
  RUNBOOK,
  SUMMARY,
  TRACES_URL,
} from '../../../../test/channels/notification.js';
import { webhookBody } from './body.js';

describe('the body of a webhook', () => {
  test('is the documented one', () => {
    const first = notification();
    expect(webhookBody(first)).toEqual({
      version: '1',
      action: 'trigger',
      reason: 'opened',
      severity: 'page',
      dedupKey: first.intent.dedupKey,
      by: '',
      text: '',
      incident: {
        id: first.incident.id,
        generation: 1,
        sequence: 1,
        status: 'open',
        severity: 'page',
        summary: SUMMARY,
        drill: false,
        project: 'default',
        service: 'ranker-api',
        region: 'eu-1',
        model: 'ranker',
        deploymentId: 'd-81',
        openedAt: '2026-11-22T10:00:00.000Z',
        updatedAt: '2026-11-22T10:00:00.000Z',
        resolvedAt: null,
        acknowledgedBy: '',
        assignee: '',
        members: [
          {
            name: 'SLO/availability/page-fast',
            severity: 'page',
            summary: SUMMARY,
            facts: {
              'burn over 1h': '16.2',
              'burn over 5m': '20.1',
              'bad events': '612',
              'budget left': '63 %',
            },
          },
        ],
        membersLeftOut: 0,
      },
      place: {
        Service: 'ranker-api',
        Region: 'eu-1',
        Model: 'ranker',
        Deployment: 'd-81',
        Owner: 'sre',
      },
      deployments: [],
      firstAction: expect.stringContaining(FIRST_STEP),
      canaryPlan: '',
      sampleSet: '',
      links: { runbook: RUNBOOK, console: CONSOLE_URL, grafana: GRAFANA_URL, traces: TRACES_URL },
    });
  });

  test('an acknowledgement says who and what', () => {
    const acknowledged = acknowledgeOf(notification(), null);
    const remark = { ...acknowledged, intent: { ...acknowledged.intent, text: 'On it.' } };
    expect(webhookBody(remark)).toMatchObject({
      action: 'acknowledge',
      reason: 'acknowledged',
      by: 'ada',
      text: 'On it.',
      incident: { status: 'open', acknowledgedBy: 'ada', sequence: 3 },
    });
  });

  test('a resolve has the end of the incident', () => {
    expect(webhookBody(resolveOf(notification(), null))).toMatchObject({
      action: 'resolve',
      firstAction: '',
      incident: { status: 'resolved', sequence: 4, resolvedAt: '2026-11-22T10:15:00.000Z' },
    });
  });

  test('a drill says that it is one', () => {
    expect(webhookBody(notification({ incident: { marker: 'drill' } })).incident.drill).toBe(true);
  });

  test.each(['a', '"', '\\', 'ж', '漢', '🔥', '\ud83d'])(
    '%j, very many times and everywhere, makes a body of at most 20 KB',
    (character) => {
      const message = everywhere(character.repeat(3_000), 15, 20);
      const long = `https://example.com/${'a'.repeat(1_900)}`;
      const body = webhookBody({
        ...message,
        context: { ...message.context, links: { console: long, grafana: long, traces: long } },
      });
      expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(20_000);
      expect(body.incident.members.length).toBeGreaterThanOrEqual(1);
      expect(body.incident.members.length + body.incident.membersLeftOut).toBe(15);
      expect(body.links.console).toBe(long);
    },
  );
});
