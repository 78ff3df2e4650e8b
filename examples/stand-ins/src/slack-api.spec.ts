import { afterEach, describe, expect, test } from '@jest/globals';
import { describeEvent } from './event.js';
import { slackApiService, type SlackApiOptions } from './slack-api.js';
import { startStandIn, type StandIn } from './stand-in.js';

const TOKEN = 'xoxb-stand-in';
const CHANNEL = 'C0123456789';

const running: StandIn[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((standIn) => standIn.close()));
});

async function start(options: SlackApiOptions = {}): Promise<StandIn> {
  const standIn = await startStandIn({ kind: 'slack-api', service: slackApiService(options), port: 0 });
  running.push(standIn);
  return standIn;
}

interface Reply {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Record<string, unknown>;
}

async function call(
  { url }: StandIn,
  method: string,
  payload: unknown,
  headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` },
): Promise<Reply> {
  const response = await fetch(`${url}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(payload),
  });
  return replyOf(response);
}

async function read({ url }: StandIn, method: string, query: Record<string, string>): Promise<Reply> {
  const address = `${url}/${method}?${new URLSearchParams(query).toString()}`;
  return replyOf(await fetch(address, { headers: { authorization: `Bearer ${TOKEN}` } }));
}

async function replyOf(response: Response): Promise<Reply> {
  const text = await response.text();
  const body = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text };
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body };
}

const section = (text: string): unknown => ({ type: 'section', text: { type: 'mrkdwn', text } });
const message = {
  channel: CHANNEL,
  text: 'PAGE a &lt;b&gt;',
  blocks: [section('a')],
  metadata: { event_type: 'tidewatch_incident', event_payload: { dedup_key: 'k1' } },
};

describe('the Web API of Slack', () => {
  test('posts, changes in place and answers in the thread, as one can watch', async () => {
    const standIn = await start();
    const { body } = await call(standIn, 'chat.postMessage', message);
    expect(body).toMatchObject({ ok: true, channel: CHANNEL, ts: expect.stringMatching(/^\d+\.\d{6}$/) });
    const { ts } = body;
    const update = { channel: CHANNEL, ts, text: 'RESOLVED a', blocks: [section('b')] };
    expect((await call(standIn, 'chat.update', update)).body).toMatchObject({ ok: true, ts });
    const reply = { channel: CHANNEL, thread_ts: ts, text: 'No rule fires any more.' };
    expect((await call(standIn, 'chat.postMessage', reply)).body).toMatchObject({ ok: true });
    expect(standIn.events.map(({ effect }) => effect)).toEqual(['posted', 'updated', 'commented']);
    expect(standIn.events.map(describeEvent)).toEqual([
      '[Slack] POSTED  PAGE a <b>',
      '[Slack] UPDATED  RESOLVED a',
      '[Slack] COMMENTED  No rule fires any more.',
    ]);
    expect(standIn.objects()).toEqual([
      {
        key: `${CHANNEL}:${String(ts)}`,
        state: 'closed',
        texts: ['RESOLVED a', 'b', 'No rule fires any more.'],
      },
    ]);
    expect(JSON.stringify(standIn.events)).not.toContain(TOKEN);
  });

  test('an update without blocks keeps the old ones', async () => {
    const standIn = await start();
    const { ts } = (await call(standIn, 'chat.postMessage', message)).body;
    await call(standIn, 'chat.update', { channel: CHANNEL, ts, text: 'b' });
    expect(standIn.objects()[0]?.texts).toEqual(['b', 'a']);
  });

  test('lists the newest first, with metadata when asked, and replies only where they are shown', async () => {
    let now = 1_000_000;
    const standIn = await start({ now: () => (now += 1_000) });
    const first = (await call(standIn, 'chat.postMessage', message)).body;
    await call(standIn, 'chat.postMessage', { channel: CHANNEL, text: 'two' });
    await call(standIn, 'chat.postMessage', { channel: CHANNEL, text: 'reply', thread_ts: first['ts'] });
    const shown = { channel: CHANNEL, text: 'shown', thread_ts: first['ts'], reply_broadcast: true };
    await call(standIn, 'chat.postMessage', shown);
    const texts = async (
      query: Record<string, string>,
      method = 'conversations.history',
    ): Promise<unknown[]> =>
      (
        (await read(standIn, method, { channel: CHANNEL, ...query })).body['messages'] as { text: string }[]
      ).map(({ text }) => text);
    expect(await texts({})).toEqual(['shown', 'two', message.text]);
    expect(await texts({ oldest: String(first['ts']) })).toEqual(['shown', 'two']);
    expect(await texts({ oldest: String(first['ts']), inclusive: 'true' })).toHaveLength(3);
    expect(await texts({ limit: '1' })).toEqual(['shown']);
    expect(await texts({ ts: String(first['ts']) }, 'conversations.replies')).toEqual([
      message.text,
      'reply',
      'shown',
    ]);
    const all = await read(standIn, 'conversations.history', {
      channel: CHANNEL,
      include_all_metadata: 'true',
    });
    expect(all.body['messages']).toContainEqual(expect.objectContaining({ metadata: message.metadata }));
    expect(await texts({ latest: String(first['ts']), inclusive: 'true' })).toEqual([message.text]);
    expect(await texts({ latest: String(first['ts']) })).toEqual([]);
  });

  test.each(['conversations.history', 'conversations.replies'])(
    '%s lists page by page, of any size, whatever is posted meanwhile',
    async (method) => {
      let now = 1_000_000;
      const standIn = await start({ now: () => (now += 1_000) });
      const { ts } = (await call(standIn, 'chat.postMessage', message)).body;
      const reply = { channel: CHANNEL, thread_ts: ts, reply_broadcast: true };
      for (const text of ['1', '2', '3', '4']) {
        await call(standIn, 'chat.postMessage', { ...reply, text });
      }
      const seen: string[][] = [];
      let cursor = '';
      for (const limit of ['2', '1', '15']) {
        const page = (await read(standIn, method, { channel: CHANNEL, ts: String(ts), limit, cursor })).body;
        seen.push((page['messages'] as { text: string }[]).map(({ text }) => text));
        expect(page['has_more']).toBe(limit !== '15');
        cursor = (page['response_metadata'] as { next_cursor: string } | undefined)?.next_cursor ?? '';
        await call(standIn, 'chat.postMessage', { channel: CHANNEL, text: 'meanwhile' });
      }
      const oldestFirst = [[message.text, '1'], ['2'], ['3', '4']];
      const newestFirst = [['4', '3'], ['2'], ['1', message.text]];
      expect(seen).toEqual(method === 'conversations.replies' ? oldestFirst : newestFirst);
      expect(cursor).toBe('');
      expect(
        (await read(standIn, method, { channel: CHANNEL, ts: String(ts), cursor: 'next:2' })).body,
      ).toMatchObject({ ok: false, error: 'invalid_cursor' });
    },
  );

  test('a thread is listed with its first message and the replies of the asked time', async () => {
    let now = 1_000_000;
    const standIn = await start({ now: () => (now += 1_000) });
    const ts = String((await call(standIn, 'chat.postMessage', message)).body['ts']);
    const replies: string[] = [];
    for (const text of ['1', '2']) {
      const reply = { channel: CHANNEL, thread_ts: ts, text };
      replies.push(String((await call(standIn, 'chat.postMessage', reply)).body['ts']));
    }
    const query = { channel: CHANNEL, ts, oldest: String(replies[0]) };
    const { messages } = (await read(standIn, 'conversations.replies', query)).body;
    expect(messages).toMatchObject([{ text: message.text, blocks: message.blocks }, { text: '2' }]);
  });

  test.each<[name: string, method: string, body: unknown, word: string]>([
    ['no text', 'chat.postMessage', { channel: CHANNEL, blocks: message.blocks }, 'no_text'],
    ['an unknown argument', 'chat.postMessage', { ...message, colour: 'red' }, 'invalid_arguments'],
    ['an unknown channel', 'chat.postMessage', { ...message, channel: 'alerts' }, 'channel_not_found'],
    [
      'a thread that is not there',
      'chat.postMessage',
      { ...message, thread_ts: '1.000001' },
      'thread_not_found',
    ],
    [
      'a broadcast of nothing',
      'chat.postMessage',
      { ...message, reply_broadcast: true },
      'invalid_arguments',
    ],
    [
      'metadata that is not flat',
      'chat.postMessage',
      { ...message, metadata: { event_type: 'a', event_payload: { a: { b: 1 } } } },
      'invalid_arguments',
    ],
    [
      '51 blocks',
      'chat.postMessage',
      { ...message, blocks: Array(51).fill({ type: 'divider' }) },
      'invalid_blocks',
    ],
    [
      'a section of 3,001',
      'chat.postMessage',
      { ...message, blocks: [section('a'.repeat(3_001))] },
      'invalid_blocks',
    ],
    [
      'too much text in all',
      'chat.postMessage',
      { ...message, blocks: Array(5).fill(section('a'.repeat(3_000))) },
      'msg_blocks_too_long',
    ],
    [
      'two buttons of one name',
      'chat.postMessage',
      {
        ...message,
        blocks: [
          {
            type: 'actions',
            elements: Array(2).fill({
              type: 'button',
              action_id: 'a',
              text: { type: 'plain_text', text: 'A' },
            }),
          },
        ],
      },
      'invalid_blocks',
    ],
    [
      'a message that is not there',
      'chat.update',
      { channel: CHANNEL, ts: '1.000001', text: 'a' },
      'message_not_found',
    ],
    [
      'an argument of posting',
      'chat.update',
      { channel: CHANNEL, ts: '1', text: 'a', unfurl_links: false },
      'invalid_arguments',
    ],
    ['an unknown method', 'chat.delete', { channel: CHANNEL, ts: '1' }, 'unknown_method'],
  ])('%s is refused with status 200 and the word of Slack', async (_name, method, body, word) => {
    const standIn = await start();
    expect(await call(standIn, method, body)).toMatchObject({
      status: 200,
      body: { ok: false, error: word },
    });
    expect(standIn.events[0]).toMatchObject({ effect: 'refused' });
  });

  test.each<[headers: Record<string, string>, word: string]>([
    [{}, 'not_authed'],
    [{ authorization: 'Bearer xoxp-user' }, 'invalid_auth'],
  ])('%j: %s', async (headers, word) => {
    expect((await call(await start(), 'chat.postMessage', message, headers)).body).toMatchObject({
      error: word,
    });
  });

  test('only who posted a message may change it', async () => {
    const standIn = await start();
    const { ts } = (await call(standIn, 'chat.postMessage', message)).body;
    const other = { authorization: 'Bearer xoxb-other' };
    const update = { channel: CHANNEL, ts, text: 'a' };
    expect((await call(standIn, 'chat.update', update, other)).body).toMatchObject({
      error: 'cant_update_message',
    });
  });

  test('an app without a scope is told which', async () => {
    const standIn = await start({ scopes: ['chat:write'] });
    expect((await read(standIn, 'conversations.history', { channel: CHANNEL })).body).toMatchObject({
      error: 'missing_scope',
      needed: 'channels:history',
    });
  });

  test('says when too many messages come, for each channel', async () => {
    let now = 1_000_000;
    const standIn = await start({ perSecond: 1, now: () => now });
    const post = (channel = CHANNEL): Promise<Reply> =>
      call(standIn, 'chat.postMessage', { ...message, channel });
    expect([await post(), await post(), await post()].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await post()).toMatchObject({
      status: 429,
      retryAfter: '1',
      body: { ok: false, error: 'ratelimited' },
    });
    expect(await post('C9876543210')).toMatchObject({ status: 200 });
    now += 1_000;
    expect(await post()).toMatchObject({ status: 200 });
  });

  test.each([
    ['<!channel> down', '<!channel>'],
    ['down <@U012AB3CD>', '<@U012AB3CD>'],
    ['a < b', 'unescaped <'],
    ['a & b', 'unescaped &'],
    ['<javascript:alert(1)|x>', 'unescaped <'],
  ])('%s is taken, and reported', async (text, problem) => {
    const standIn = await start();
    expect(
      (await call(standIn, 'chat.postMessage', { ...message, blocks: [section(text)] })).body,
    ).toMatchObject({
      ok: true,
    });
    expect(standIn.events[0]?.problems.join()).toContain(problem);
  });

  test.each(['a &lt;b&gt; &amp; c', '<https://example.com/?a=1&amp;b=2|label>', '<https://example.com>'])(
    '%s is not reported',
    async (text) => {
      const standIn = await start();
      await call(standIn, 'chat.postMessage', { ...message, blocks: [section(text)] });
      expect(standIn.events[0]?.problems).toEqual([]);
    },
  );

  test('says who it is', async () => {
    expect((await read(await start(), 'auth.test', {})).body).toMatchObject({ ok: true });
  });
});
