import { afterEach, describe, expect, test } from '@jest/globals';
import { describeEvent } from './event.js';
import { startStandIn, type Interference, type StandIn, type StandInOptions } from './stand-in.js';

const running: StandIn[] = [];

async function start(kind: StandInOptions['kind'], part: Partial<StandInOptions> = {}): Promise<StandIn> {
  const standIn = await startStandIn({ kind, port: 0, ...part });
  running.push(standIn);
  return standIn;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((standIn) => standIn.close()));
});

interface Reply {
  readonly status: number;
  readonly body: string;
}

async function post(url: string, body: unknown, contentType = 'application/json'): Promise<Reply> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': contentType }, body: text });
  return { status: response.status, body: await response.text() };
}

const KEY = '0123456789abcdef0123456789abcdef';
const payload = { summary: 'ranker-api: budget burns', source: 'ranker-api', severity: 'critical' };
const opening = { routing_key: KEY, event_action: 'trigger', dedup_key: 'k1', payload };
const closing = { routing_key: KEY, event_action: 'resolve', dedup_key: 'k1' };

describe('the PagerDuty stand-in', () => {
  test('answers an event as documented, and opens, repeats, closes and drops alerts', async () => {
    const standIn = await start('pagerduty');
    expect(await post(standIn.url, opening)).toEqual({
      status: 202,
      body: '{"status":"success","message":"Event processed","dedup_key":"k1"}',
    });
    for (const body of [opening, closing, closing, opening, { ...opening, dedup_key: 'k2' }]) {
      expect(await post(standIn.url, body)).toMatchObject({ status: 202 });
    }
    expect(standIn.events.map(({ effect }) => effect)).toEqual([
      'opened',
      'repeated',
      'resolved',
      'dropped',
      'opened',
      'opened',
    ]);
    expect(standIn.events.map(describeEvent).slice(0, 4)).toEqual([
      '[PagerDuty] OPENED critical  ranker-api: budget burns',
      '[PagerDuty] REPEATED critical  ranker-api: budget burns (nothing new)',
      '[PagerDuty] RESOLVED  ranker-api: budget burns',
      '[PagerDuty] DROPPED   (nothing is open)',
    ]);
  });

  test('shows that an open alert is changed in place, taken on and closed', async () => {
    const standIn = await start('pagerduty');
    const worse = { ...opening, payload: { ...payload, summary: 'ranker-api: budget is gone' } };
    const taken = { routing_key: KEY, event_action: 'acknowledge', dedup_key: 'k1' };
    for (const body of [opening, worse, worse, taken]) {
      expect(await post(standIn.url, body)).toMatchObject({ status: 202 });
    }
    expect(standIn.objects()).toEqual([
      {
        key: 'k1#0',
        state: 'acknowledged',
        texts: [expect.any(String), expect.any(String), expect.any(String)],
      },
    ]);
    await post(standIn.url, closing);
    expect(standIn.objects()).toMatchObject([{ state: 'closed' }]);
    expect(standIn.events.map(({ effect }) => effect)).toEqual([
      'opened',
      'updated',
      'repeated',
      'acknowledged',
      'resolved',
    ]);
    expect(describeEvent(standIn.events[1]!)).toBe(
      '[PagerDuty] UPDATED critical  ranker-api: budget is gone',
    );
  });

  test('notes changes beside alerts', async () => {
    const standIn = await start('pagerduty');
    const url = standIn.url.replace('/v2/enqueue', '/v2/change/enqueue');
    const change = { routing_key: KEY, payload: { summary: 'ranker 1.4.2 deployed' } };
    expect(await post(url, change)).toEqual({
      status: 202,
      body: '{"status":"success","message":"Change event processed"}',
    });
    expect(await post(url, { ...change, dedup_key: 'a' })).toMatchObject({ status: 400 });
    expect(await post(url, { ...change, payload: { summary: 'a'.repeat(1_025) } })).toMatchObject({
      status: 400,
    });
    expect(standIn.objects()).toEqual([]);
    expect(describeEvent(standIn.events[0]!)).toBe('[PagerDuty] CHANGE  ranker 1.4.2 deployed');
    expect(JSON.stringify(standIn.events)).not.toContain(KEY);
  });

  test('reports no routing key, also of a refused event', async () => {
    const standIn = await start('pagerduty');
    await post(standIn.url, opening);
    await post(standIn.url, { ...opening, extra: 1 });
    expect(JSON.stringify(standIn.events)).not.toContain(KEY);
  });

  test.each<[name: string, body: unknown, problem: string]>([
    ['an unknown key', { ...opening, severity: 'critical' }, 'severity'],
    ['a short routing key', { ...opening, routing_key: 'abc' }, 'routing_key'],
    ['no routing key', { ...opening, routing_key: undefined }, 'routing_key'],
    ['an unknown action', { ...opening, event_action: 'open' }, 'event_action'],
    ['a trigger without payload', { ...opening, payload: undefined }, 'payload'],
    [
      'a summary that is too long',
      { ...opening, payload: { ...payload, summary: 'a'.repeat(1_025) } },
      'payload.summary',
    ],
    ['no source', { ...opening, payload: { ...payload, source: '' } }, 'payload.source'],
    ['an unknown severity', { ...opening, payload: { ...payload, severity: 'page' } }, 'payload.severity'],
    [
      'a key of the payload that does not exist',
      { ...opening, payload: { ...payload, details: {} } },
      'details',
    ],
    ['a deduplication key that is too long', { ...opening, dedup_key: 'a'.repeat(256) }, 'dedup_key'],
    ['a resolve without deduplication key', { ...closing, dedup_key: undefined }, 'dedup_key'],
    ['a link that is no address', { ...opening, links: [{ href: 'runbook' }] }, 'links.0.href'],
    ['an image without https', { ...opening, images: [{ src: 'http://example.com/a.png' }] }, 'images.0.src'],
  ])('%s is refused with the documented error', async (_name, body, problem) => {
    const standIn = await start('pagerduty');
    const reply = await post(standIn.url, body);
    expect(reply.status).toBe(400);
    const answer = JSON.parse(reply.body) as { status: string; message: string; errors: string[] };
    expect(answer).toMatchObject({ status: 'invalid event', message: 'Event object is invalid' });
    expect(answer.errors.join()).toContain(problem);
    expect(describeEvent(standIn.events[0]!)).toMatch(/^\[PagerDuty\] REFUSED 400/);
  });

  test('a summary of exactly 1,024 characters and every optional key are taken', async () => {
    const standIn = await start('pagerduty');
    const full = {
      ...opening,
      payload: {
        ...payload,
        summary: 'a'.repeat(1_024),
        timestamp: '2026-11-22T10:00:00.000Z',
        component: 'a',
        group: 'b',
        class: 'c',
        custom_details: { a: [1] },
      },
      links: [{ href: 'https://example.com', text: 'Runbook' }],
      images: [{ src: 'https://example.com/a.png', href: 'https://example.com', alt: 'a' }],
      client: 'Tidewatch',
      client_url: 'https://example.com',
    };
    expect(await post(standIn.url, full)).toMatchObject({ status: 202 });
  });
});

const message = {
  text: 'PAGE ranker-api: budget &lt;burns&gt;',
  blocks: [
    { type: 'header', text: { type: 'plain_text', text: 'PAGE' } },
    { type: 'section', text: { type: 'mrkdwn', text: 'budget burns', verbatim: true } },
    { type: 'section', fields: [{ type: 'mrkdwn', text: '*burn*\n20' }] },
    { type: 'context', elements: [{ type: 'mrkdwn', text: 'since 10:00' }] },
    { type: 'divider' },
  ],
};
const section = (length: number): unknown => ({
  type: 'section',
  text: { type: 'mrkdwn', text: 'a'.repeat(length) },
});

describe('the Slack stand-in', () => {
  test('answers ok and shows the text as a person reads it', async () => {
    const standIn = await start('slack');
    expect(await post(standIn.url, message)).toEqual({ status: 200, body: 'ok' });
    expect(standIn.events.map(describeEvent)).toEqual(['[Slack] POSTED  PAGE ranker-api: budget <burns>']);
  });

  test.each<[name: string, body: unknown, word: string]>([
    ['no text', { blocks: message.blocks }, 'no_text'],
    ['an empty text', { text: '' }, 'no_text'],
    ['an unknown key', { ...message, colour: 'red' }, 'invalid_payload'],
    ['a text that is too long', { text: 'a'.repeat(40_001) }, 'invalid_payload'],
    [
      'a header of 151 characters',
      { text: 'a', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'a'.repeat(151) } }] },
      'invalid_blocks',
    ],
    [
      'a header with markup',
      { text: 'a', blocks: [{ type: 'header', text: { type: 'mrkdwn', text: 'a' } }] },
      'invalid_blocks',
    ],
    ['a section of 3,001 characters', { text: 'a', blocks: [section(3_001)] }, 'invalid_blocks'],
    ['an empty section', { text: 'a', blocks: [{ type: 'section' }] }, 'invalid_blocks'],
    [
      'eleven fields',
      { text: 'a', blocks: [{ type: 'section', fields: Array(11).fill({ type: 'mrkdwn', text: 'a' }) }] },
      'invalid_blocks',
    ],
    ['51 blocks', { text: 'a', blocks: Array(51).fill({ type: 'divider' }) }, 'invalid_blocks'],
    ['an unknown block', { text: 'a', blocks: [{ type: 'banner' }] }, 'invalid_blocks'],
    ['too much text in all', { text: 'a', blocks: Array(5).fill(section(3_000)) }, 'msg_blocks_too_long'],
    ['text that is no object', '"a"', 'invalid_payload'],
  ])('%s is refused with the word of Slack', async (_name, body, word) => {
    const standIn = await start('slack');
    expect(await post(standIn.url, body)).toEqual({ status: 400, body: word });
    expect(standIn.events[0]).toMatchObject({ effect: 'refused', status: 400 });
  });
});

describe.each(['pagerduty', 'slack'] as const)('the %s stand-in as a server', (kind) => {
  test('refuses what is no JSON, no POST, too large or elsewhere', async () => {
    const standIn = await start(kind);
    expect(await post(standIn.url, '{')).toMatchObject({ status: 400 });
    expect(await post(standIn.url, message, 'text/plain')).toMatchObject({ status: 400 });
    expect((await fetch(standIn.url)).status).toBe(405);
    expect(await post(standIn.url, 'a'.repeat(600_000))).toMatchObject({ status: 413 });
    expect(await post(`${new URL(standIn.url).origin}/elsewhere`, {})).toMatchObject({ status: 404 });
    expect(standIn.events).toHaveLength(5);
  });

  test('fails the requests that it is told to fail', async () => {
    const failure = { status: 429, headers: { 'retry-after': '2' } };
    const standIn = await start(kind, { interfere: (request) => (request <= 2 ? failure : null) });
    const body = kind === 'pagerduty' ? opening : message;
    const replies = [
      await post(standIn.url, body),
      await post(standIn.url, body),
      await post(standIn.url, body),
    ];
    expect(replies.map((reply) => reply.status)).toEqual([429, 429, kind === 'pagerduty' ? 202 : 200]);
    expect(standIn.events.map(({ effect }) => effect).slice(0, 2)).toEqual(['failed', 'failed']);
  });

  test('hangs, breaks off and works before it fails as it is told', async () => {
    const interferences: Interference[] = [
      { failure: 'reset', afterEffect: false },
      { failure: 'reset', afterEffect: true },
      { failure: { status: 500, body: 'sorry' }, afterEffect: true },
      { failure: 'hang', afterEffect: false },
    ];
    const standIn = await start(kind, { interfere: (request) => interferences[request - 1] ?? null });
    const body = kind === 'pagerduty' ? opening : message;
    await expect(post(standIn.url, body)).rejects.toThrow();
    await expect(post(standIn.url, body)).rejects.toThrow();
    expect(await post(standIn.url, body)).toEqual({ status: 500, body: 'sorry' });
    const hanging = fetch(standIn.url, { method: 'POST', body: '{}', signal: AbortSignal.timeout(200) });
    await expect(hanging).rejects.toMatchObject({ name: 'TimeoutError' });
    const effects = standIn.events.map(({ effect }) => effect);
    const usual = kind === 'pagerduty' ? ['opened', 'repeated'] : ['posted', 'posted'];
    expect(effects).toEqual(['failed', ...usual, 'failed']);
    expect(standIn.largestBody()).toBe(Buffer.byteLength(JSON.stringify(body)));
  });

  test('reports a taken port', async () => {
    const standIn = await start(kind);
    await expect(startStandIn({ kind, port: standIn.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
