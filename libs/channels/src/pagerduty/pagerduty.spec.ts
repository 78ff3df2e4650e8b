import { describe, expect, test } from '@jest/globals';
import { describeChannelContract } from '../../fixtures/channel-contract.js';
import { CONSOLE_URL, everywhere, resolve, RUNBOOK, trigger } from '../../fixtures/notifications.js';
import { answering, startRecordingServer } from '../../fixtures/recording-server.js';
import { pagerdutyEvent } from './event.js';
import { pagerduty } from './pagerduty.js';

const KEY = 'R0UT1NGK3Y00000000000000000000AB';

const open = (origin: string, options = {}) =>
  pagerduty.open(
    { type: 'pagerduty', routingKeyEnv: 'PAGER_KEY', url: `${origin}/v2/enqueue` },
    () => KEY,
    options,
  );

describeChannelContract({
  type: 'pagerduty',
  open,
  secrets: [KEY],
  success: { status: 202, body: '{"status":"success","message":"Event processed","dedup_key":"x"}' },
  endlessSuccess: 'delivered',
  identityOf: (request) => (JSON.parse(request.body) as { dedup_key: string }).dedup_key,
});

describe('a PagerDuty event', () => {
  test('says what burns, how fast, and what to do first', () => {
    const notification = trigger();
    expect(pagerdutyEvent(notification, KEY)).toEqual({
      routing_key: KEY,
      event_action: 'trigger',
      dedup_key: notification.intent.dedupKey,
      payload: {
        summary:
          'ranker-api, eu-1, model ranker: availability burns its 30d budget 20.1 times too fast ' +
          '(1h 16.2, 5m 20.1, page at 14.4); 63 % is left',
        source: 'ranker-api, eu-1, model ranker',
        severity: 'critical',
        timestamp: '2026-11-22T10:00:00.000Z',
        component: 'ranker',
        group: 'ranker-api eu-1',
        class: 'SLO',
        custom_details: {
          'what is wrong': expect.stringContaining('20.1 times too fast'),
          'first action': `First: follow the runbook ${RUNBOOK}`,
          timing: 'Open since 2026-11-22 10:00:00 UTC (12m).',
          'burn over 1h': '16.2',
          'burn over 5m': '20.1',
          'bad events': '612',
          'all events': '30,401',
          'budget left': '63 %',
          members: [expect.stringContaining('[page] SLO/availability/page-fast: availability burns')],
          'deployment at opening': 'd-81',
          incident: notification.incident.id,
        },
      },
      links: [
        { href: RUNBOOK, text: 'Runbook' },
        { href: CONSOLE_URL, text: 'Incident in Tidewatch' },
      ],
      client: 'Tidewatch',
      client_url: CONSOLE_URL,
    });
  });

  test('a ticket is a warning', () => {
    expect(pagerdutyEvent(trigger({ severity: 'ticket' }), KEY).payload?.severity).toBe('warning');
  });

  test('a resolve names its alert and nothing else', () => {
    const notification = resolve();
    expect(pagerdutyEvent(notification, KEY)).toEqual({
      routing_key: KEY,
      event_action: 'resolve',
      dedup_key: notification.intent.dedupKey,
    });
  });

  test.each([
    ['long text', 'a'.repeat(5_000)],
    ['emoji', '🔥'.repeat(3_000)],
    ['half an emoji', '\ud83d'.repeat(3_000)],
  ])('%s everywhere stays within the limits of the API', (_name, text) => {
    const event = pagerdutyEvent(everywhere(text), KEY);
    expect(event.payload?.summary.length).toBeLessThanOrEqual(1_024);
    expect(event.dedup_key.length).toBeLessThanOrEqual(255);
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(512_000);
    expect(event.payload?.summary).not.toMatch(/\p{Surrogate}/u);
  });

  test('an incident without service, region, model or runbook is still complete', () => {
    const key = { project: 'default', service: '', region: '', model: '' };
    const event = pagerdutyEvent(trigger({ key, runbook: '', deploymentId: '' }), KEY);
    expect(event.payload).toMatchObject({
      source: 'project default',
      custom_details: { 'first action': expect.stringContaining(CONSOLE_URL) },
    });
    expect(event.links).toEqual([{ href: CONSOLE_URL, text: 'Incident in Tidewatch' }]);
  });

  test('a runbook that is no web address does not become a link', () => {
    expect(pagerdutyEvent(trigger({ runbook: 'javascript:alert(1)' }), KEY).links).toHaveLength(1);
  });
});

describe('what PagerDuty answers', () => {
  test('the errors of a refused event reach the reason, without the routing key', async () => {
    const server = await startRecordingServer();
    server.answer = answering(
      400,
      JSON.stringify({
        status: 'invalid event',
        message: 'Event object is invalid',
        errors: [`key ${KEY} is unknown`],
      }),
    );
    const result = await open(server.origin).deliver(trigger());
    await server.close();
    expect(result).toEqual({
      outcome: 'rejected',
      httpStatus: 400,
      reason: 'PagerDuty refused the message (400): Event object is invalid; key [redacted] is unknown.',
    });
  });

  test('a 200 that does not come from PagerDuty does not confirm', async () => {
    const server = await startRecordingServer();
    server.answer = answering(200, '<html>Sign in</html>');
    const result = await open(server.origin).deliver(trigger());
    await server.close();
    expect(result).toMatchObject({ outcome: 'retry', httpStatus: 200 });
  });
});
