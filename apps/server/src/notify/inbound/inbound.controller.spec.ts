import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { applyCommand, dedupKey, type IncidentCommand, type IncidentState } from '@tidewatch/alerts';
import { pagerdutySignature, slackSignature } from '@tidewatch/channels';
import { AppError } from '@tidewatch/core';
import type { AuditEntry } from '@tidewatch/store';
import { pino } from 'pino';
import { notification } from '../../../../../test/channels/notification.js';
import { ProblemFilter } from '../../http/problem-filter.js';
import { RUNTIME } from '../../runtime.js';
import { InboundController } from './inbound.controller.js';
import type { InboundRuntime } from './inbound-runtime.js';

const SLACK_SECRET = '3f1e0c5f6a7b8c9d0e1f2a3b4c5d6e7f';
const PAGERDUTY_SECRET = 'lDQHScfUeXUKaQRNF+8XIiDKZ7XX3itB';

/** Alert state in memory, changed by the real state machine. */
class Memory implements InboundRuntime {
  state: IncidentState = notification().incident;
  readonly audited: AuditEntry[] = [];
  readonly commands: IncidentCommand[] = [];
  trouble: AppError | null = null;
  delayMs = 0;
  readonly logger = { error: () => undefined };
  readonly store = {
    audit: {
      append: async (_project: string, entries: readonly AuditEntry[]) => void this.audited.push(...entries),
    },
  };
  readonly incidents = {
    all: () => [this.state],
    command: async (_project: string, _id: string, command: IncidentCommand, now: number) => {
      await new Promise((resolve) => setTimeout(resolve, this.delayMs));
      if (this.trouble !== null) {
        throw this.trouble;
      }
      this.commands.push(command);
      this.state = applyCommand(this.state, command, now).state ?? this.state;
      return this.state;
    },
  };
  inboundSecrets(receiver: string): ReturnType<InboundRuntime['inboundSecrets']> {
    switch (receiver) {
      case 'chat':
        return { kind: 'slack', secret: SLACK_SECRET };
      case 'pager':
        return { kind: 'pagerduty', secret: PAGERDUTY_SECRET };
      case 'gone':
        throw new AppError({ code: 'config.secret', message: 'The file /run/secrets/x is missing.' });
      case 'unset':
        return { kind: 'slack', secret: '' };
      default:
        return undefined;
    }
  }
}

let memory: Memory;
let app: NestFastifyApplication;

beforeEach(async () => {
  memory = new Memory();
  const adapter = new FastifyAdapter();
  @Module({ controllers: [InboundController], providers: [{ provide: RUNTIME, useFactory: () => memory }] })
  class TestModule {}
  app = await NestFactory.create<NestFastifyApplication>(TestModule, adapter, {
    bodyParser: false,
    logger: false,
  });
  app.useGlobalFilters(new ProblemFilter(pino({ level: 'silent' })));
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request: unknown, _payload: unknown, done: (e: null) => void) =>
    done(null),
  );
  await app.listen(0, '127.0.0.1');
});
afterEach(() => app.close());

interface Reply {
  readonly status: number;
  readonly outcome: string | undefined;
  readonly text: string;
}

async function post(path: string, body: string, headers: Record<string, string>): Promise<Reply> {
  const response = await fetch(`${await app.getUrl()}/api/v1/inbound/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body,
  });
  const text = await response.text();
  return { status: response.status, outcome: (JSON.parse(text) as { outcome?: string }).outcome, text };
}

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

let events = 0;
function event(type: string, data: Record<string, unknown> = {}, part: Record<string, unknown> = {}): string {
  events += 1;
  return JSON.stringify({
    event: {
      id: `event-${events}`,
      event_type: type,
      occurred_at: new Date().toISOString(),
      agent: { id: 'PLH1HKV', summary: 'Ada', type: 'user_reference' },
      data: { id: 'PGR0VU2', type: 'incident', incident_key: dedupKey(memory.state.id, 'pager'), ...data },
      ...part,
    },
  });
}

const fromPagerduty = (
  body: string,
  receiver = 'pager',
  signature = pagerdutySignature(PAGERDUTY_SECRET, body),
): Promise<Reply> =>
  post(`pagerduty/${receiver}`, body, {
    'content-type': 'application/json',
    'x-pagerduty-signature': signature,
  });

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
    memory.trouble = new AppError({ code: 'store.unavailable', message: 'No store.', retryable: true });
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

  test('is answered in time, and done all the same', async () => {
    memory.delayMs = 2_700;
    const begun = performance.now();
    expect(await fromPagerduty(event('incident.acknowledged'))).toMatchObject({
      status: 202,
      outcome: 'pending',
    });
    expect(performance.now() - begun).toBeLessThan(3_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(memory.state.acknowledged).not.toBeNull();
  });
});
