import { describe, expect, test } from '@jest/globals';
import type { DeliveryResult } from '@tidewatch/channels';
import { seededRandom } from '@tidewatch/core';
import { useScenes } from '../../../../../test/harness/use-scenes.js';
import type { Arrival } from '../../../../../test/harness/virtual-receiver.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const scene = useScenes();

const HOOK = { receivers: { hook: { kind: 'webhook' } } } as const;

/** Times between requests, ms. */
function gaps(arrivals: readonly Arrival[]): number[] {
  return arrivals.slice(1).map(({ arrivedAt }, index) => arrivedAt - arrivals[index]!.arrivedAt);
}

test.each([408, 425, 429, 500, 502, 503, 504])('%d is tried again', async (status) => {
  const { clock, current, receivers } = await scene(HOOK);
  receivers.hook.down({ status });
  await current.signal('ranker');
  await clock.settled();
  receivers.hook.up();
  await clock.advance(2 * SECOND);
  expect(current.attempts).toMatchObject([
    { outcome: 'retry', httpStatus: status, attempt: 1 },
    { outcome: 'delivered', attempt: 2 },
  ]);
});

test.each([['reset'], ['hang']] as const)('a %s is tried again', async (failure) => {
  const { clock, current, receivers } = await scene({ ...HOOK, timeoutMs: 50 });
  receivers.hook.down(failure);
  await current.signal('ranker');
  await clock.settled();
  receivers.hook.up();
  await clock.advance(2 * SECOND);
  expect(current.attempts).toMatchObject([
    { outcome: 'retry', httpStatus: 0 },
    { outcome: 'delivered', attempt: 2 },
  ]);
});

describe('back-off', () => {
  test.each([
    ['as long as it gets', 0.999999, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]],
    ['half of that', 0.5, [0.5, 1, 2, 4, 8, 16, 32, 64, 128, 150, 150]],
  ])('%s', async (_name, random, seconds) => {
    const { clock, current, receivers } = await scene({ ...HOOK, random: () => random, slower: 12 });
    receivers.hook.down({ status: 500 });
    await current.signal('ranker');
    await clock.advance(20 * MINUTE);
    const waits = gaps(receivers.hook.arrivals).slice(0, seconds.length);
    expect(waits.map((wait) => Math.round(wait / 500) / 2)).toEqual(seconds);
  });

  test('is spread over the whole time', async () => {
    const { clock, current, receivers } = await scene({ ...HOOK, slower: 12 });
    receivers.hook.down({ status: 500 });
    const services = Array.from({ length: 20 }, (_, index) => `ranker-${index}`);
    await current.signals(services);
    await clock.advance(2 * SECOND);
    const retries = current.attempts.filter(({ attempt }) => attempt === 1);
    const delays = retries.map(({ at, nextAttemptAt }) => nextAttemptAt - at);
    expect(Math.max(...delays)).toBeLessThan(SECOND);
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(300);
    expect(receivers.hook.arrivals.length).toBeGreaterThan(20);
  });
});

describe('Retry-After', () => {
  test.each<[name: string, header: () => string, ms: number]>([
    ['in seconds', () => '120', 2 * MINUTE],
    ['as a date', () => new Date(Date.now() + 2 * MINUTE + SECOND).toUTCString(), 2 * MINUTE],
    ['of two days is cut to an hour', () => '172800', HOUR],
  ])('%s is kept to', async (_name, header, ms) => {
    const { clock, current, receivers } = await scene({ ...HOOK, slower: 12 });
    receivers.hook.down(() => ({ status: 429, headers: { 'retry-after': header() } }));
    await current.signal('ranker', { severity: 'ticket' });
    await clock.settled();
    receivers.hook.up();
    await clock.advance(ms + 4 * SECOND);
    const [gap = 0] = gaps(receivers.hook.arrivals);
    // A date has no milliseconds, and real time passes until it is read.
    expect(gap).toBeGreaterThanOrEqual(ms - (ms === 2 * MINUTE ? SECOND : 0));
    expect(gap).toBeLessThan(ms + 3 * SECOND);
    expect(current.attempts.at(-1)).toMatchObject({ outcome: 'delivered' });
  });

  test('of a receiver that exaggerates holds up other messages to it for an hour at most', async () => {
    const { clock, current, receivers } = await scene({ ...HOOK, slower: 12 });
    receivers.hook.down({ status: 429, headers: { 'retry-after': '172800' } });
    await current.signal('first');
    await clock.settled();
    receivers.hook.up();
    await current.signal('second');
    await clock.advance(HOUR - SECOND);
    expect(receivers.hook.arrivals).toHaveLength(1);
    await clock.advance(5 * SECOND);
    expect(receivers.hook.standIn.objects()).toHaveLength(2);
  });
});

describe('a receiver that is back', () => {
  const services = Array.from({ length: 20 }, (_, index) => `ranker-${index}`);
  const open = { ...HOOK, routes: [{ receivers: ['hook'], groupWait: '0s', repeat: '0s' }], slower: 12 };

  test('gets what waits as soon as one message has got through, and not when each back-off ends', async () => {
    const { clock, current, receivers } = await scene({ ...open, random: seededRandom(1) });
    receivers.hook.down({ status: 500 });
    await current.signals(services);
    await clock.advance(20 * MINUTE);
    receivers.hook.up();
    await clock.until(() => receivers.hook.standIn.objects().length > 0, 5 * MINUTE);
    const waits = current.attempts.map(({ nextAttemptAt }) => nextAttemptAt - clock.now());
    // Left alone, some of them would have gone only minutes later.
    expect(Math.max(...waits)).toBeGreaterThan(2 * MINUTE);
    await clock.advance(5 * SECOND);
    expect(receivers.hook.standIn.objects()).toHaveLength(20);
  });

  test('and that still fails two times out of three is not asked more and more', async () => {
    const { clock, current, receivers } = await scene({ ...open, random: seededRandom(2) });
    receivers.hook.down({ status: 500 });
    await current.signals(services, { severity: 'ticket' });
    await clock.advance(20 * MINUTE);
    const before = receivers.hook.arrivals.length;
    let request = 0;
    receivers.hook.down(() => ((request += 1) % 3 === 0 ? null : { status: 500 }));
    await clock.until(() => receivers.hook.standIn.objects().length > 0, 5 * MINUTE);
    await clock.advance(10 * SECOND);
    // Were all of them woken, there would be three requests for each of the 20 by now.
    expect(receivers.hook.arrivals.length - before).toBeLessThan(20);
    await clock.until(() => receivers.hook.standIn.objects().length === 20, HOUR);
  });

  test('is not asked time and again for the one message that it cannot take', async () => {
    let refused = 0;
    const refuse = (): DeliveryResult => {
      refused += 1;
      return { outcome: 'retry', afterMs: null, reason: 'HTTP 500', httpStatus: 500 };
    };
    const { clock, current } = await scene({
      ...open,
      random: () => 0.999999,
      wrapChannel: (channel) => ({
        ...channel,
        deliver: async (notification) =>
          notification.incident.key.service === 'poison' ? refuse() : channel.deliver(notification),
      }),
    });
    await current.signal('poison');
    for (const service of services) {
      await current.signal(service);
      await clock.advance(10 * SECOND);
    }
    // What its own back-off makes of 200 s, the first wait cut short. Each of the other 20 could have cut one short.
    expect(refused).toBe(8);
  });
});
