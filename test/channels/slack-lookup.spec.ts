import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { SlackApiOptions } from '../../examples/stand-ins/src/slack-api.js';
import type { Notification } from '../../libs/channels/src/channel.js';
import { createOutboundClient } from '../../libs/channels/src/outbound/create-outbound-client.js';
import { openChannel } from '../../libs/channels/src/receiver.js';
import { findMessage } from '../../libs/channels/src/slack/message-pages.js';
import type { ApiResult, SlackApi } from '../../libs/channels/src/slack/slack-api.js';
import type { HttpBench } from './http-bench.js';
import { everywhere, notification, updateOf } from './notification.js';
import { SLACK_CHANNEL, SLACK_TOKEN, startSlackBot } from './slack-bot.bench.js';

const running: { close(): unknown }[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(running.splice(0).map((each) => each.close()));
});

interface Run {
  readonly bench: HttpBench;
  /** Delivers, expects success, and gives the new `ref`. */
  succeed(notification: Notification): Promise<string>;
  /** Posts as another app does, or as a person. */
  postAsOther(text: string, more?: Record<string, unknown>): Promise<void>;
  /** How many pages of a list were asked for. */
  pages(): number;
}

async function start(options: SlackApiOptions = {}): Promise<Run> {
  const bench = await startSlackBot({ now: () => notification().attemptAt, ...options });
  const outbound = createOutboundClient({ privateDestinations: ['127.0.0.1'] });
  running.push(bench, outbound);
  const channel = openChannel(bench.receiver, ({ env = '' }) => bench.secrets[env] ?? '', { outbound });
  return {
    bench,
    async succeed(each) {
      const result = await channel.deliver(each);
      expect(result).toMatchObject({ outcome: 'delivered', httpStatus: 200 });
      return result.outcome === 'delivered' ? (result.ref ?? '') : '';
    },
    async postAsOther(text, more = {}) {
      const answer = await fetch(`${bench.url}/chat.postMessage`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${SLACK_TOKEN}` },
        body: JSON.stringify({ channel: SLACK_CHANNEL, text, ...more }),
      });
      expect(await answer.json()).toMatchObject({ ok: true });
    },
    pages: () => bench.events().filter(({ effect }) => effect === 'read').length,
  };
}

const first = notification();
const uncertain = (each: Notification): Notification => ({ ...each, uncertain: true });

/** About 10 KB, of another incident. */
function bigMessage(number: number): Notification {
  const big = everywhere('a'.repeat(300), 20, 20);
  return { ...big, intent: { ...big.intent, dedupKey: `other ${number}`, id: `other ${number}` } };
}

/** A line of more than 1 KB for the thread: what people say is cut there. */
function bigLine(number: number, ref: string): Notification {
  const text = 'a'.repeat(2_900);
  return notification({
    intent: { action: 'update', reason: 'commented', by: 'ada', text, id: `line ${number}` },
    ref,
  });
}

/** Larger than what is read of an answer. */
const GIANT = 'é'.repeat(39_000);

const threadOf = (ref: string): Record<string, unknown> => ({
  thread_ts: (JSON.parse(ref) as { ts: string }).ts,
});

describe('an attempt that may have arrived', () => {
  test('is found behind 60 big messages', async () => {
    const run = await start();
    const ref = await run.succeed(first);
    for (let number = 0; number < 60; number += 1) {
      await run.succeed(bigMessage(number));
    }
    expect(await run.succeed(uncertain(first))).toBe(ref);
    expect(run.bench.objects()).toHaveLength(61);
    expect(run.pages()).toBeGreaterThan(10);
    expect(run.pages()).toBeLessThan(25);
    expect(run.bench.problems()).toEqual([]);
  });

  test('that never arrived is posted in a channel of 60 big messages', async () => {
    const run = await start();
    for (let number = 0; number < 60; number += 1) {
      await run.succeed(bigMessage(number));
    }
    await run.succeed(uncertain(first));
    expect(run.bench.objects()).toHaveLength(61);
  });

  test('is found at the end of a long thread', async () => {
    const run = await start();
    const ref = await run.succeed(first);
    for (let number = 0; number < 100; number += 1) {
      await run.succeed(bigLine(number, ref));
    }
    const update = updateOf(first, ref);
    await run.succeed(update);
    const lines = (): number => run.bench.events().filter(({ effect }) => effect === 'commented').length;
    await run.succeed(uncertain(update));
    expect(lines()).toBe(101);
    await run.succeed(uncertain(bigLine(100, ref)));
    expect(lines()).toBe(102);
    expect(run.bench.problems()).toEqual([]);
  });

  test('is not looked for among lines that are older than what it tells', async () => {
    let now = first.intent.notBefore;
    const run = await start({ now: () => now });
    const ref = await run.succeed(first);
    for (let number = 0; number < 40; number += 1) {
      await run.succeed(bigLine(number, ref));
    }
    const late = notification({
      intent: { action: 'update', reason: 'changed', notBefore: now + 3_600_000 },
      ref,
    });
    now += 3_600_000;
    await run.succeed(late);
    await run.succeed(uncertain(late));
    expect(run.pages()).toBe(1);
    expect(run.bench.events().filter(({ effect }) => effect === 'commented')).toHaveLength(41);
  });

  test('is found behind messages that are larger than what is read of an answer', async () => {
    const run = await start();
    const ref = await run.succeed(first);
    await run.postAsOther(GIANT);
    await run.postAsOther('small');
    await run.postAsOther(GIANT);
    expect(await run.succeed(uncertain(first))).toBe(ref);
    expect(run.bench.objects()).toHaveLength(4);
  });

  test('is found in a thread behind replies that are larger than what is read of an answer', async () => {
    const run = await start();
    const ref = await run.succeed(first);
    await run.postAsOther(GIANT, threadOf(ref));
    await run.postAsOther(GIANT, threadOf(ref));
    const update = updateOf(first, ref);
    await run.succeed(update);
    await run.succeed(uncertain(update));
    // The two giants and the line.
    expect(run.bench.events().filter(({ effect }) => effect === 'commented')).toHaveLength(3);
  });

  test('is posted again where Slack gives out one page a minute', async () => {
    let reads = 0;
    const run = await start({
      error: (method) => (method === 'conversations.history' && (reads += 1) > 1 ? 'ratelimited' : null),
    });
    await run.succeed(first);
    for (let number = 0; number < 20; number += 1) {
      await run.postAsOther('small');
    }
    await run.succeed(uncertain(first));
    expect(reads).toBe(2);
    expect(run.bench.objects()).toHaveLength(22);
  });
});

describe('a list that cannot be read to its end', () => {
  const page: ApiResult = { ok: true, channel: '', ts: '', messages: [], next: 'more' };
  const failure = { outcome: 'retry', afterMs: null, reason: 'No.', httpStatus: 200 } as const;
  const cutAt = (cut: string | null): ApiResult => ({ ok: false, word: '', failure, cut });

  /** Looks for a message that is not there; gives what came of it, and the queries. */
  async function look(
    answer: (query: Readonly<Record<string, string>>) => ApiResult,
  ): Promise<{ readonly found: unknown; readonly queries: readonly Readonly<Record<string, string>>[] }> {
    const queries: Readonly<Record<string, string>>[] = [];
    const api: SlackApi = {
      write: () => Promise.reject(new Error('nothing is written')),
      read: (_method, query) => {
        queries.push(query);
        return Promise.resolve(answer(query));
      },
    };
    const list = { method: 'conversations.history', query: { oldest: '1' } } as const;
    return { found: await findMessage(api, list, () => true), queries };
  }

  test('holds nothing: a message that does not even say its time', async () => {
    const { found, queries } = await look(() => cutAt(''));
    expect(found).toEqual({ ts: '' });
    expect(queries.map(({ limit }) => limit)).toEqual(['15', '8', '4', '2', '1']);
  });

  test('holds nothing: a message that comes again after it was skipped', async () => {
    const { found, queries } = await look(() => cutAt('12.000003'));
    expect(found).toEqual({ ts: '' });
    expect(queries.slice(-2)).toEqual([
      { oldest: '1', limit: '1' },
      { oldest: '1', limit: '1', latest: '12.000003' },
    ]);
  });

  test('holds nothing: more messages than are looked through', async () => {
    const { found, queries } = await look(() => page);
    expect(found).toEqual({ ts: '' });
    expect(queries).toHaveLength(40);
    expect(queries[1]).toEqual({ oldest: '1', limit: '15', cursor: 'more' });
  });

  test('holds nothing: pages that come too slowly', async () => {
    let now = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    const { found, queries } = await look(() => {
      now += 4_000;
      return page;
    });
    expect(found).toEqual({ ts: '' });
    expect(queries).toHaveLength(3);
  });

  test('is asked for again where Slack did not answer', async () => {
    const { found, queries } = await look(({ cursor }) => (cursor === undefined ? page : cutAt(null)));
    expect(found).toBe(failure);
    expect(queries).toHaveLength(2);
  });
});
