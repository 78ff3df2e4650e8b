import { describe, expect, test } from '@jest/globals';
import {
  acknowledgeOf,
  CONSOLE_URL,
  everywhere,
  FIRST_STEP,
  GRAFANA_URL,
  member,
  notification,
  resolveOf,
  RUNBOOK,
  SUMMARY,
  TRACES_URL,
  updateOf,
} from '../../../../test/channels/notification.js';
import { composeMessage } from '../message.js';
import { changeAddress, pagerdutyChange } from './change-event.js';
import { customDetails } from './custom-details.js';
import { pagerdutyEvent } from './event.js';

const KEY = 'R0UT1NGK3Y00000000000000000000AB';
const LARGEST_EVENT = 512_000;

describe('an event', () => {
  test('says what burns, how fast, what to do first, and where to look', () => {
    const first = notification();
    expect(pagerdutyEvent(first, KEY)).toEqual({
      routing_key: KEY,
      event_action: 'trigger',
      dedup_key: first.intent.dedupKey,
      payload: {
        summary: `ranker-api, eu-1, model ranker: ${SUMMARY}`,
        source: 'ranker-api, eu-1, model ranker',
        severity: 'critical',
        timestamp: '2026-11-22T10:00:00.000Z',
        component: 'ranker',
        group: 'ranker-api eu-1',
        class: 'SLO',
        custom_details: {
          'what is wrong': SUMMARY,
          'first action': expect.stringContaining(FIRST_STEP),
          timing: 'Open since 2026-11-22 10:00:00 UTC (12m).',
          'burn over 1h': '16.2',
          'burn over 5m': '20.1',
          'bad events': '612',
          'budget left': '63 %',
          service: 'ranker-api',
          region: 'eu-1',
          model: 'ranker',
          deployment: 'd-81',
          owner: 'sre',
          members: [`[page] SLO/availability/page-fast: ${SUMMARY}`],
          'told because': ['routes[0]: severity=page'],
          incident: first.incident.id,
        },
      },
      links: [
        { href: RUNBOOK, text: 'Runbook' },
        { href: CONSOLE_URL, text: 'Incident in Tidewatch' },
        { href: GRAFANA_URL, text: 'Grafana' },
        { href: TRACES_URL, text: 'Traces' },
      ],
      client: 'Tidewatch',
      client_url: CONSOLE_URL,
    });
  });

  test('a ticket is a warning', () => {
    expect(pagerdutyEvent(notification({ intent: { severity: 'ticket' } }), KEY).payload?.severity).toBe(
      'warning',
    );
  });

  test('an update is a trigger with the key of the alert, and says what is new', () => {
    const first = notification();
    const update = pagerdutyEvent(updateOf(first, first.intent.dedupKey), KEY);
    expect(update).toMatchObject({
      event_action: 'trigger',
      dedup_key: first.intent.dedupKey,
      payload: { class: 'DriftMonitor, SLO', custom_details: { news: 'What fires has changed.' } },
    });
  });

  test.each([
    ['acknowledge', acknowledgeOf(notification(), null)],
    ['resolve', resolveOf(notification(), null)],
  ])('an %s names its alert and nothing else', (action, message) => {
    expect(pagerdutyEvent(message, KEY)).toEqual({
      routing_key: KEY,
      event_action: action,
      dedup_key: message.intent.dedupKey,
    });
  });

  test('a drill says first that it is one', () => {
    const drill = pagerdutyEvent(notification({ incident: { marker: 'drill' } }), KEY);
    expect(drill.payload?.summary).toMatch(/^DRILL ranker-api/);
  });

  test.each([
    ['https://charts.example.com/a.png', 1],
    ['http://charts.example.com/a.png', 0],
    ['', 0],
  ])('a chart at %j: %i images', (url, count) => {
    const chart = { alt: 'burn', png: new Uint8Array(), url };
    const images = pagerdutyEvent(notification({ context: { chart } }), KEY).images ?? [];
    expect(images).toEqual(Array(count).fill({ src: url, href: CONSOLE_URL, alt: 'burn' }));
  });

  test.each([
    ['long text', 'a'.repeat(5_000)],
    ['emoji', '🔥'.repeat(3_000)],
    ['half an emoji', '\ud83d'.repeat(3_000)],
  ])('%s everywhere stays within the limits of the API', (_name, text) => {
    const event = pagerdutyEvent(everywhere(text), KEY);
    expect(event.payload?.summary.length).toBeLessThanOrEqual(1_024);
    expect(event.dedup_key.length).toBeLessThanOrEqual(255);
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(LARGEST_EVENT);
    expect(event.payload?.summary).not.toMatch(/\p{Surrogate}/u);
  });

  test('an incident without service, region, model, runbook and links is still complete', () => {
    const event = pagerdutyEvent(
      notification({
        incident: {
          key: { project: 'default', service: '', region: '', model: '' },
          deploymentId: '',
          members: { a: member({ runbook: 'javascript:alert(1)', kind: '' }) },
        },
        context: { links: { console: '', grafana: '', traces: '' } },
      }),
      KEY,
    );
    expect(event.payload).toMatchObject({ source: 'project default' });
    expect(event.payload).not.toHaveProperty('component');
    expect(event.payload).not.toHaveProperty('group');
    expect(event.payload).not.toHaveProperty('class');
    expect(event).toMatchObject({ links: [], client: 'Tidewatch' });
    expect(event).not.toHaveProperty('client_url');
  });
});

describe('custom details', () => {
  const first = notification({
    incident: { members: { a: member({ facts: { timing: 'mine', Service: 'x' } }) } },
  });
  const message = composeMessage(first);

  test('a fact does not take the name of what is always there', () => {
    expect(customDetails(message, first)).toMatchObject({
      timing: expect.stringMatching(/^Open since/),
      'timing (fact)': 'mine',
      service: 'ranker-api',
      Service: 'x',
    });
  });

  test('what does not fit goes by and by, the least needed first', () => {
    const all = Object.keys(customDetails(message, first));
    const kept = [2_000, 500, 360, 1].map((largest) => Object.keys(customDetails(message, first, largest)));
    expect(kept[0]).toEqual(all);
    expect(kept[1]).not.toContain('told because');
    expect(kept[2]?.length).toBeLessThan(kept[1]?.length ?? 0);
    expect(kept[3]).toEqual(['what is wrong', 'first action', 'incident']);
  });
});

describe('a change event', () => {
  const note = {
    deploymentId: 'd-82',
    kind: 'deploy',
    service: 'ranker-api',
    model: 'ranker',
    modelVersion: '1.4.2',
    region: 'eu-1',
    at: Date.UTC(2026, 10, 22, 10),
  };

  test('says what went where', () => {
    expect(pagerdutyChange(note, KEY)).toEqual({
      routing_key: KEY,
      payload: {
        summary: 'ranker 1.4.2 deployed for ranker-api in eu-1',
        source: 'ranker-api',
        timestamp: '2026-11-22T10:00:00.000Z',
        custom_details: {
          deployment: 'd-82',
          kind: 'deploy',
          service: 'ranker-api',
          model: 'ranker',
          version: '1.4.2',
          region: 'eu-1',
        },
      },
    });
  });

  test.each<[part: object, summary: string, source: string]>([
    [{ kind: 'rollback', model: '' }, 'ranker-api 1.4.2 rolled back in eu-1', 'ranker-api'],
    [{ service: '', region: '' }, 'ranker 1.4.2 deployed', 'ranker'],
    [{ kind: 'paused' }, 'ranker 1.4.2 paused for ranker-api in eu-1', 'ranker-api'],
    [{ kind: '', service: '', model: '', modelVersion: '', region: '' }, 'A deployment', 'Tidewatch'],
  ])('%j: %s', (part, summary, source) => {
    expect(pagerdutyChange({ ...note, ...part }, KEY).payload).toMatchObject({ summary, source });
  });

  test.each([
    ['https://events.pagerduty.com/v2/enqueue', 'https://events.pagerduty.com/v2/change/enqueue'],
    ['https://events.eu.pagerduty.com/v2/enqueue/', 'https://events.eu.pagerduty.com/v2/change/enqueue'],
    ['http://127.0.0.1:9/proxy/v2/enqueue', 'http://127.0.0.1:9/proxy/v2/change/enqueue'],
    ['https://pager.example/', 'https://pager.example/v2/change/enqueue'],
  ])('alerts at %s, changes at %s', (alerts, changes) => {
    expect(changeAddress(alerts)).toBe(changes);
  });
});
