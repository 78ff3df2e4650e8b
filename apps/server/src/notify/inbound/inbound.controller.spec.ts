import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { IncidentState } from '@tidewatch/alerts';
import { pagerdutySignature, slackSignature } from '@tidewatch/channels';
import { AppError } from '@tidewatch/core';
import {
  later,
  Memory,
  NO_STORE,
  NO_WRITER,
  pagerdutyEvent,
  post as postTo,
  postPagerduty,
  SLACK_SECRET,
  startInbound,
  type Reply,
} from './fixtures/inbound-memory.js';

let memory: Memory;
let app: NestFastifyApplication;

beforeEach(async () => {
  memory = new Memory();
  app = await startInbound(memory);
});
afterEach(() => app.close());

const post = (path: string, body: string, headers: Record<string, string>): Promise<Reply> =>
  postTo(app, path, body, headers);

function press(
  action: string,
  value = memory.state.id,
  user: unknown = { id: 'U1', username: 'ada' },
): string {
  const payload = { type: 'block_actions', user, actions: [{ action_id: action, value }] };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

/** Slack signs every request anew, so each one here has a time of its own. */
let second = 0;
function signed(body: string, secret = SLACK_SECRET, offsetS = 0): Record<string, string> {
  second += 1;
  const timestamp = String(Math.floor(Date.now() / 1_000) + offsetS - (second % 200));
  return {
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': slackSignature(secret, timestamp, body),
  };
}

const fromSlack = (body: string, receiver = 'chat', headers = signed(body)): Promise<Reply> =>
  post(`slack/${receiver}`, body, headers);

const event = (type: string, data?: Record<string, unknown>, part?: Record<string, unknown>): string =>
  pagerdutyEvent(memory.state.id, type, data, part);

const fromPagerduty = (body: string, receiver?: string, signature?: string): Promise<Reply> =>
  postPagerduty(app, body, receiver, signature);

describe('a button of Slack', () => {
  test('acknowledges, so that every receiver hears of it, and is audited', async () => {
    expect(await fromSlack(press('tidewatch_acknowledge'))).toMatchObject({ status: 200, outcome: 'done' });
    expect(memory.state.acknowledged).toMatchObject({ by: 'ada (Slack)' });
    expect(memory.commands).toMatchObject([{ kind: 'acknowledge', origin: '' }]);
    expect(memory.audited).toMatchObject([
      {
        actor: 'ada (Slack)',
        action: 'incident.acknowledge',
        objectKind: 'incident',
        objectId: memory.state.id,
        requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    ]);
    expect(JSON.stringify(memory.audited)).not.toContain(SLACK_SECRET);
  });

  test('resolves', async () => {
    expect(await fromSlack(press('tidewatch_resolve'))).toMatchObject({ status: 200, outcome: 'done' });
    expect(memory.state).toMatchObject({ status: 'resolved', resolvedBy: 'ada (Slack)' });
  });

  test('pressed twice has one effect', async () => {
    await fromSlack(press('tidewatch_acknowledge'));
    const again = await fromSlack(press('tidewatch_acknowledge'));
    expect(again).toMatchObject({ status: 200, outcome: 'unchanged' });
    expect(memory.audited).toHaveLength(1);
  });

  test('pressed again when only its audit entry was not stored is audited', async () => {
    memory.auditTrouble = NO_STORE;
    expect(await fromSlack(press('tidewatch_acknowledge'))).toMatchObject({ status: 503 });
    memory.auditTrouble = null;
    expect(await fromSlack(press('tidewatch_acknowledge'))).toMatchObject({ outcome: 'unchanged' });
    expect(memory.audited).toMatchObject([{ actor: 'ada (Slack)', action: 'incident.acknowledge' }]);
  });

  test('is answered in time, and what fails after that is logged with who pressed it', async () => {
    memory.delayMs = 2_700;
    memory.trouble = NO_STORE;
    expect(await fromSlack(press('tidewatch_acknowledge'))).toMatchObject({
      status: 202,
      outcome: 'pending',
    });
    await later(500);
    expect(memory.logged).toMatchObject([
      { incident: memory.state.id, command: 'acknowledge', by: 'ada (Slack)' },
    ]);
  });

  test('recorded and sent again is refused', async () => {
    const body = press('tidewatch_acknowledge');
    const headers = signed(body);
    expect(await fromSlack(body, 'chat', headers)).toMatchObject({ status: 200 });
    expect(await fromSlack(body, 'chat', headers)).toMatchObject({ status: 401 });
  });

  test.each<[name: string, body: () => string]>([
    ['of an incident that nobody knows', () => press('tidewatch_resolve', 'f'.repeat(64))],
    ['of another app', () => press('approve')],
    [
      'that does something else',
      () => new URLSearchParams({ payload: '{"type":"view_closed","user":{"id":"U"}}' }).toString(),
    ],
  ])('%s is ignored', async (_name, body) => {
    expect(await fromSlack(body())).toMatchObject({ status: 202, outcome: 'ignored' });
    expect(memory.commands).toEqual([]);
  });

  test('a body that is no interaction is refused', async () => {
    expect(await fromSlack('text=hi')).toMatchObject({ status: 400 });
  });
});

describe('who may report', () => {
  const refusals: readonly (readonly [name: string, send: () => Promise<Reply>])[] = [
    ['an unknown receiver', () => fromSlack(press('tidewatch_resolve'), 'nobody')],
    ['a receiver whose secret is gone', () => fromSlack(press('tidewatch_resolve'), 'gone')],
    ['a receiver of another kind', () => fromSlack(press('tidewatch_resolve'), 'pager')],
    [
      'a receiver without a secret',
      () => fromSlack(press('tidewatch_resolve'), 'unset', signed(press('tidewatch_resolve'), '')),
    ],
    [
      'another secret',
      () => fromSlack(press('tidewatch_resolve'), 'chat', signed(press('tidewatch_resolve'), 'x')),
    ],
    [
      'ten minutes ago',
      () =>
        fromSlack(press('tidewatch_resolve'), 'chat', signed(press('tidewatch_resolve'), SLACK_SECRET, -600)),
    ],
    ['no signature', () => post('slack/chat', press('tidewatch_resolve'), {})],
    ['PagerDuty: an unknown receiver', () => fromPagerduty(event('incident.resolved'), 'nobody')],
    ['PagerDuty: a receiver of another kind', () => fromPagerduty(event('incident.resolved'), 'chat')],
    ['PagerDuty: no signature', () => fromPagerduty(event('incident.resolved'), 'pager', '')],
    [
      'PagerDuty: another secret',
      () => {
        const body = event('incident.resolved');
        return fromPagerduty(body, 'pager', pagerdutySignature('x', body));
      },
    ],
  ];

  test.each(refusals)('%s: 401', async (_name, send) => {
    expect(await send()).toMatchObject({ status: 401 });
    expect(memory.commands).toEqual([]);
  });

  test('the answer does not say what was wrong', async () => {
    const texts = [];
    for (const [, send] of refusals) {
      texts.push((await send()).text);
    }
    expect(new Set(texts).size).toBe(1);
  });

  test.each(['slack/chat', 'pagerduty/pager'])('%s takes no more than 256 KB', async (path) => {
    expect(await post(path, 'a'.repeat(262_145), {})).toMatchObject({ status: 413 });
    expect(await post(path, 'a'.repeat(262_144), {})).toMatchObject({ status: 401 });
  });
});

describe('a webhook of PagerDuty', () => {
  test.each<[type: string, data: Record<string, unknown>, expected: Partial<IncidentState>]>([
    [
      'incident.acknowledged',
      {},
      { acknowledged: expect.objectContaining({ by: 'Ada (PagerDuty)' }) as never },
    ],
    ['incident.resolved', {}, { status: 'resolved', resolvedBy: 'Ada (PagerDuty)' }],
    ['incident.reassigned', { assignees: [{ summary: 'Bob' }] }, { assignee: 'Bob' }],
  ])('%s', async (type, data, expected) => {
    expect(await fromPagerduty(event(type, data))).toMatchObject({ status: 200, outcome: 'done' });
    expect(memory.state).toMatchObject(expected);
    expect(memory.commands).toMatchObject([{ origin: 'pager' }]);
    expect(memory.audited).toHaveLength(1);
  });

  test('an acknowledgement that ran out is taken back', async () => {
    await fromPagerduty(event('incident.acknowledged'));
    await fromPagerduty(event('incident.unacknowledged', {}, { agent: null }));
    expect(memory.state.acknowledged).toBeNull();
    expect(memory.commands.at(-1)?.by).toBe('PagerDuty');
  });

  test('a note is a comment once its incident is known', async () => {
    const note = (): string =>
      event('incident.annotated', {
        type: 'incident_note',
        incident_key: undefined,
        incident: { id: 'PGR0VU2' },
        content: 'Rolling back.',
      });
    expect(await fromPagerduty(note())).toMatchObject({ status: 202, outcome: 'ignored' });
    await fromPagerduty(event('incident.triggered', {}, { agent: { type: 'service_reference' } }));
    expect(await fromPagerduty(note())).toMatchObject({ status: 200, outcome: 'done' });
    expect(memory.state.comments).toMatchObject([{ by: 'Ada (PagerDuty)', text: 'Rolling back.' }]);
    // The same note under another event, as after a restart of ours.
    expect(await fromPagerduty(note())).toMatchObject({ status: 200, outcome: 'unchanged' });
    expect(memory.state.comments).toHaveLength(1);
  });

  test('delivered again has one effect', async () => {
    const body = event('incident.acknowledged');
    expect(await fromPagerduty(body)).toMatchObject({ outcome: 'done' });
    expect(await fromPagerduty(body)).toMatchObject({ status: 202, outcome: 'ignored' });
    expect(memory.audited).toHaveLength(1);
  });

  test.each<[name: string, body: () => string]>([
    ['of an incident of somebody else', () => event('incident.resolved', { incident_key: 'other' })],
    [
      'that echoes what we sent',
      () => event('incident.resolved', {}, { agent: { type: 'service_reference' } }),
    ],
    ['that asks for nothing', () => event('incident.priority_updated')],
    ['that is a test', () => event('pagey.ping')],
    ['that is no event', () => '{}'],
  ])('%s is ignored', async (_name, body) => {
    expect(await fromPagerduty(body())).toMatchObject({ status: 202, outcome: 'ignored' });
    expect(memory.commands).toEqual([]);
  });

  test('that was about the time before a re-opening is ignored', async () => {
    const opened = { receiver: 'pager', openedAt: Date.now() } as IncidentState['opened'][number];
    memory.state = { ...memory.state, opened: [opened] };
    const late = { occurred_at: new Date(Date.now() - 60_000).toISOString() };
    expect(await fromPagerduty(event('incident.resolved', {}, late))).toMatchObject({ outcome: 'ignored' });
    expect(memory.state.status).toBe('open');
  });

  test('that cannot be stored now is done when it comes again', async () => {
    memory.trouble = NO_STORE;
    const body = event('incident.acknowledged');
    expect(await fromPagerduty(body)).toMatchObject({ status: 503 });
    memory.trouble = null;
    expect(await fromPagerduty(body)).toMatchObject({ status: 200, outcome: 'done' });
  });

  test.each(['incident.unknown', 'incident.resolved'])('%s in the meantime is no error', async (code) => {
    memory.trouble = new AppError({ code, message: 'Too late.' });
    const { status } = await fromPagerduty(event('incident.acknowledged'));
    expect(status).toBeLessThan(300);
    expect(memory.audited).toEqual([]);
  });

  test('that takes long is to come again, is done all the same, and once', async () => {
    memory.delayMs = 4_000;
    const begun = performance.now();
    const body = event('incident.acknowledged');
    expect(await fromPagerduty(body)).toMatchObject({ status: 503 });
    expect(performance.now() - begun).toBeLessThan(3_000);
    // Still in progress: an answer in the two hundreds would be the end of it.
    expect(await fromPagerduty(body)).toMatchObject({ status: 503 });
    await later(1_800);
    expect(memory.state.acknowledged).not.toBeNull();
    expect(await fromPagerduty(body)).toMatchObject({ status: 202, outcome: 'ignored' });
    expect(memory.commands).toHaveLength(1);
    expect(memory.audited).toHaveLength(1);
  });

  test('that fails after the time for an answer is done when it comes again', async () => {
    memory.delayMs = 2_700;
    memory.trouble = NO_WRITER;
    const body = event('incident.acknowledged');
    expect(await fromPagerduty(body)).toMatchObject({ status: 503 });
    await later(500);
    memory.delayMs = 0;
    memory.trouble = null;
    expect(await fromPagerduty(body)).toMatchObject({ status: 200, outcome: 'done' });
    expect(memory.state.acknowledged).not.toBeNull();
  });
});
