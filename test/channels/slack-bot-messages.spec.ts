import { afterEach, describe, expect, test } from '@jest/globals';
import type { SlackApiOptions } from '../../examples/stand-ins/src/slack-api.js';
import type { Channel, DeliveryResult, Notification } from '../../libs/channels/src/channel.js';
import { createOutboundClient } from '../../libs/channels/src/outbound/create-outbound-client.js';
import { openChannel } from '../../libs/channels/src/receiver.js';
import type { HttpBench } from './http-bench.js';
import { acknowledgeOf, notification, resolveOf, updateOf } from './notification.js';
import { SLACK_CHANNEL, SLACK_TOKEN, startSlackBot } from './slack-bot.bench.js';

const running: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.close()));
});

interface Run {
  readonly bench: HttpBench;
  readonly channel: Channel;
  deliver(notification: Notification): Promise<DeliveryResult>;
  /** Delivers, expects success, and gives the new `ref`. */
  succeed(notification: Notification): Promise<string>;
  /** What the service made of each request. */
  effects(): string[];
}

/** The workspace runs by the time of the notifications, so that what they post is found by its time. */
async function start(options: SlackApiOptions = {}, more: Record<string, unknown> = {}): Promise<Run> {
  const bench = await startSlackBot({ now: () => notification().attemptAt, ...options }, more);
  const outbound = createOutboundClient({ privateDestinations: ['127.0.0.1'] });
  running.push(bench, outbound);
  const readSecret = ({ env = '' }: { env?: string }): string => bench.secrets[env] ?? '';
  const channel = openChannel(bench.receiver, readSecret, { outbound });
  return {
    bench,
    channel,
    deliver: (each) => channel.deliver(each),
    async succeed(each) {
      const result = await channel.deliver(each);
      expect(result).toMatchObject({ outcome: 'delivered', httpStatus: 200 });
      return result.outcome === 'delivered' ? (result.ref ?? '') : '';
    },
    effects: () => bench.events().map(({ effect, action }) => `${effect} ${action}`.trim()),
  };
}

const first = notification();

describe('one incident', () => {
  test('is one message, changed in place, with its history in the thread', async () => {
    const run = await start();
    const ref = await run.succeed(first);
    expect(JSON.parse(ref)).toEqual({ channel: SLACK_CHANNEL, ts: expect.stringMatching(/^\d+\.\d{6}$/) });
    expect(await run.succeed(updateOf(first, ref))).toBe(ref);
    expect(await run.succeed(acknowledgeOf(first, ref))).toBe(ref);
    expect(await run.succeed(resolveOf(first, ref))).toBe(ref);
    expect(run.effects()).toEqual([
      'posted message',
      ...['updated update', 'commented reply'],
      ...['updated update', 'commented reply'],
      ...['updated update', 'commented reply'],
    ]);
    const [message, ...others] = run.bench.objects();
    expect(others).toEqual([]);
    expect(message?.state).toBe('closed');
    expect(message?.texts[0]).toMatch(/^RESOLVED ranker-api/);
    expect(message?.texts.slice(-2)).toEqual([
      'Acknowledged by ada.',
      expect.stringMatching(/^\*RESOLVED\* No rule fires any more\. Open from /),
    ]);
    expect(run.bench.problems()).toEqual([]);
  });

  test('is posted with what finds it again, and updated with blocks and text', async () => {
    const run = await start();
    const ref = await run.succeed(first);
    await run.succeed(updateOf(first, ref));
    const [posted, updated, reply] = run.bench.events().map(({ payload }) => payload);
    expect(posted).toMatchObject({
      channel: SLACK_CHANNEL,
      text: expect.stringMatching(/^PAGE /),
      blocks: expect.any(Array),
      unfurl_links: false,
      unfurl_media: false,
      metadata: { event_type: 'tidewatch_incident', event_payload: { dedup_key: first.intent.dedupKey } },
    });
    expect(updated).toMatchObject({ text: expect.stringMatching(/^PAGE /), blocks: expect.any(Array) });
    expect(reply).toMatchObject({ thread_ts: (JSON.parse(ref) as { ts: string }).ts });
    expect(JSON.stringify([posted, updated, reply])).not.toContain('link_names');
  });

  test('an escalation is shown in the channel, other news in the thread alone', async () => {
    const run = await start();
    const ref = await run.succeed(first);
    await run.succeed(updateOf(first, ref));
    await run.succeed(notification({ intent: { action: 'update', reason: 'escalated' }, ref }));
    const replies = run.bench
      .events()
      .filter(({ effect }) => effect === 'commented')
      .map(({ payload }) => payload as Record<string, unknown>);
    expect(replies.map((each) => each['reply_broadcast'])).toEqual([undefined, true]);
  });

  test('that comes back is a new message, because a changed one wakes nobody', async () => {
    const run = await start();
    const opened = await run.succeed(first);
    const closed = await run.succeed(resolveOf(first, opened));
    const again = await run.succeed(notification({ intent: { reason: 'reopened' }, ref: closed }));
    expect(again).not.toBe(opened);
    expect(run.bench.objects().map(({ state }) => state)).toEqual(['closed', 'open']);
  });

  test('an update or acknowledgement without a message opens one or does nothing', async () => {
    const run = await start();
    await run.succeed(updateOf(first, null));
    expect(run.effects()).toEqual(['posted message']);
    for (const each of [acknowledgeOf(first, null), resolveOf(first, null)]) {
      expect(await run.deliver(each)).toEqual({ outcome: 'delivered', httpStatus: 0 });
    }
    expect(run.bench.requests()).toBe(1);
  });

  test.each(['', '{', 'null', '[]', '{"ts":1}', '"a"'])(
    'a ref that cannot be read (%s) opens anew',
    async (ref) => {
      const run = await start();
      await run.succeed(updateOf(first, ref));
      expect(run.effects()).toEqual(['posted message']);
    },
  );
});

describe('a message that can be changed no more', () => {
  test.each(['message_not_found', 'cant_update_message', 'edit_window_closed'])(
    '%s: a new one takes its place',
    async (word) => {
      let gone = false;
      const run = await start({ error: (method) => (gone && method === 'chat.update' ? word : null) });
      const ref = await run.succeed(first);
      gone = true;
      const next = await run.succeed(updateOf(first, ref));
      expect(next).not.toBe(ref);
      gone = false;
      expect(await run.succeed(resolveOf(first, next))).toBe(next);
      expect(run.bench.objects().map(({ state }) => state)).toEqual(['open', 'closed']);
    },
  );

  test('a thread that takes no replies does not hold the message up', async () => {
    let updated = false;
    const run = await start({
      error: (method) => {
        updated ||= method === 'chat.update';
        return updated && method === 'chat.postMessage' ? 'cannot_reply_to_message' : null;
      },
    });
    const ref = await run.succeed(first);
    expect(await run.succeed(resolveOf(first, ref))).toBe(ref);
    expect(run.bench.objects().map(({ state }) => state)).toEqual(['closed']);
  });

  test('a reply that cannot be written yet is tried again, and the update with it', async () => {
    let trouble = false;
    const run = await start({
      error: (method) => (trouble && method === 'chat.postMessage' ? 'internal_error' : null),
    });
    const ref = await run.succeed(first);
    trouble = true;
    expect(await run.deliver(updateOf(first, ref))).toMatchObject({ outcome: 'retry' });
    trouble = false;
    await run.succeed(updateOf(first, ref));
    expect(run.bench.objects()).toHaveLength(1);
  });
});

describe('an attempt that may have arrived', () => {
  const uncertain = (each: Notification): Notification => ({ ...each, uncertain: true });

  test('is found again, and brought up to date', async () => {
    const run = await start();
    run.bench.fail('reset', { times: 1, afterEffect: true });
    expect(await run.deliver(first)).toMatchObject({ outcome: 'retry', httpStatus: 0 });
    const ref = await run.succeed(uncertain(first));
    expect(run.bench.objects()).toHaveLength(1);
    expect(run.effects()).toEqual(['posted message', 'read conversations.history', 'updated update']);
    await run.succeed(resolveOf(first, ref));
  });

  test('that never arrived is posted', async () => {
    const run = await start();
    await run.succeed(uncertain(first));
    expect(run.effects()).toEqual(['read conversations.history', 'posted message']);
  });

  test('is found among others, and other incidents are left alone', async () => {
    const run = await start();
    const other = notification({ intent: { dedupKey: 'f'.repeat(64) } });
    await run.succeed(other);
    await run.succeed(first);
    await run.succeed(other);
    await run.succeed(uncertain(first));
    expect(run.bench.objects()).toHaveLength(3);
  });

  test('is not confused with the message of the time before', async () => {
    const run = await start();
    const closed = await run.succeed(resolveOf(first, await run.succeed(first)));
    const again = notification({ intent: { reason: 'reopened' }, ref: closed, uncertain: true });
    expect(await run.succeed(again)).not.toBe(closed);
    expect(run.bench.objects().map(({ state }) => state)).toEqual(['closed', 'open']);
    // Now it has arrived, but nobody heard of it.
    await run.succeed(again);
    expect(run.bench.objects()).toHaveLength(2);
  });

  test('of something that has ended meanwhile is closed', async () => {
    const run = await start();
    run.bench.fail('reset', { times: 1, afterEffect: true });
    await run.deliver(first);
    await run.succeed(uncertain(resolveOf(first, null)));
    expect(run.bench.objects().map(({ state }) => state)).toEqual(['closed']);
  });

  test('of a line in the thread is not written twice', async () => {
    const run = await start();
    const ref = await run.succeed(first);
    const update = updateOf(first, ref);
    await run.succeed(update);
    await run.succeed(uncertain(update));
    expect(run.effects().filter((effect) => effect.startsWith('commented'))).toHaveLength(1);
  });

  test('a broadcast line is not taken for the message', async () => {
    const run = await start();
    const ref = await run.succeed(first);
    await run.succeed(notification({ intent: { action: 'update', reason: 'escalated' }, ref }));
    expect(await run.succeed(uncertain(first))).toBe(ref);
  });

  test('is posted again where the app may not look', async () => {
    const run = await start({ scopes: ['chat:write'] });
    await run.succeed(first);
    await run.succeed(uncertain(first));
    expect(run.bench.objects()).toHaveLength(2);
  });

  test('waits while nobody can look', async () => {
    const run = await start({
      error: (method) => (method === 'conversations.history' ? 'internal_error' : null),
    });
    expect(await run.deliver(uncertain(first))).toMatchObject({ outcome: 'retry' });
    expect(run.bench.objects()).toEqual([]);
  });
});

describe('what Slack answers with status 200', () => {
  test.each<[word: string, outcome: string, reason: string]>([
    ['ratelimited', 'retry', 'Slack could not take the message: ratelimited.'],
    ['fatal_error', 'retry', 'Slack could not take the message: fatal_error.'],
    ['internal_error', 'retry', 'Slack could not take the message: internal_error.'],
    ['service_unavailable', 'retry', 'Slack could not take the message: service_unavailable.'],
    ['request_timeout', 'retry', 'Slack could not take the message: request_timeout.'],
    ['channel_not_found', 'rejected', 'invite the bot if the channel is private.'],
    ['not_in_channel', 'rejected', 'Invite the bot to the channel'],
    ['is_archived', 'rejected', 'The channel is archived: restore it or name another one.'],
    ['invalid_auth', 'rejected', 'store its new bot token.'],
    ['token_revoked', 'rejected', 'store its new bot token.'],
    ['account_inactive', 'rejected', 'store its new bot token.'],
    ['missing_scope', 'rejected', 'Give the app the scope chat:write'],
    ['msg_too_long', 'rejected', 'This is a fault of Tidewatch'],
    ['some_new_word', 'rejected', 'Slack refused the message: some_new_word.'],
    ['Not A Word', 'retry', 'Slack could not take the message.'],
  ])('%s: %s', async (word, outcome, reason) => {
    const run = await start({ error: () => word });
    const result = await run.deliver(first);
    expect(result).toMatchObject({ outcome, httpStatus: 200, reason: expect.stringContaining(reason) });
    expect(result).toMatchObject({ reason: expect.stringMatching(/^\S.*\.$/) });
  });

  test.each([
    ['<html>Sign in</html>', 'retry'],
    ['{"ok":true}', 'retry'],
    ['{}', 'retry'],
    [`{"ok":false,"error":"${SLACK_TOKEN}"}`, 'retry'],
  ])('%s confirms nothing and gives nothing away', async (body, outcome) => {
    const run = await start();
    run.bench.fail({ status: 200, body, headers: { 'content-type': 'application/json' } });
    const result = await run.deliver(first);
    expect(result).toMatchObject({ outcome });
    expect(JSON.stringify(result)).not.toContain(SLACK_TOKEN);
  });

  test('too many messages: when to come back', async () => {
    const run = await start({ perSecond: 1 });
    const results = [];
    for (let index = 0; index < 4; index += 1) {
      results.push(await run.deliver(notification({ intent: { dedupKey: String(index).repeat(64) } })));
    }
    expect(results.map(({ outcome }) => outcome)).toEqual(['delivered', 'delivered', 'delivered', 'retry']);
    expect(results[3]).toMatchObject({ afterMs: 1_000, httpStatus: 429 });
  });

  test('a token that is not valid is refused once and for all', async () => {
    const run = await start({ token: 'xoxb-another' });
    expect(await run.deliver(first)).toMatchObject({ outcome: 'rejected' });
  });
});

describe('a bot', () => {
  test('has buttons only where somebody listens to them', async () => {
    const silent = await start();
    await silent.succeed(first);
    expect(JSON.stringify(silent.bench.events())).not.toContain('tidewatch_acknowledge');
    const listening = await start({}, { signingSecretEnv: 'SLACK_SIGNING_SECRET' });
    await listening.succeed(first);
    expect(JSON.stringify(listening.bench.events())).toContain('tidewatch_acknowledge');
    expect(listening.bench.problems()).toEqual([]);
  });

  test.each(['', 'xoxb-1\r\nX-Injected: 1', 'xoxb-é'])(
    'a token that cannot be one is refused: %j',
    async (token) => {
      const { bench } = await start();
      const outbound = createOutboundClient({ privateDestinations: [] });
      running.push(outbound);
      expect(() => openChannel(bench.receiver, () => token, { outbound })).toThrow(
        expect.objectContaining({
          code: 'channels.bad-secret',
          message: expect.stringContaining('SLACK_TOKEN'),
        }),
      );
    },
  );

  test('posts a report once, cut with a note', async () => {
    const run = await start();
    const rows = Array.from({ length: 90 }, (_, index) => [`slo-${index} \`\`\` <!channel>`, '12.5 %', 'ok']);
    const result = await run.channel.report?.({
      id: 'digest:weekly',
      title: 'Week 47',
      summary: 'One page, two tickets.',
      sections: Array.from({ length: 30 }, (_, index) => ({
        heading: `Section ${index}`,
        paragraphs: ['Nothing burned.', 'a & b'],
        table: { columns: ['SLO', 'budget', 'state'], rows },
      })),
      console: 'https://tidewatch.example.com/',
      attemptAt: first.attemptAt,
    });
    expect(result).toMatchObject({ outcome: 'delivered' });
    const [message, ...others] = run.bench.objects();
    expect(others).toEqual([]);
    expect(message?.texts.at(-1)).toMatch(/cut here; see <https:\/\/tidewatch\.example\.com\/\|Tidewatch>\./);
    expect(message?.texts.join('\n')).toContain('… and ');
    expect(run.bench.problems()).toEqual([]);
  });
});
