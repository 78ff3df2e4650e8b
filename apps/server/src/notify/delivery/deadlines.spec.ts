import { describe, expect, test } from '@jest/globals';
import { useScenes } from '../../../../../test/harness/use-scenes.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const scene = useScenes();

const WITH_FALLBACK = {
  pager: { kind: 'pagerduty', spec: { fallback: 'hook' } },
  hook: { kind: 'webhook' },
} as const;
const TO_PAGER = [{ receiver: 'pager', groupWait: '0s', repeat: '0s' }];

describe('a page that does not get through', () => {
  test('is given up after an hour; its fallback is told, and both are told of the end', async () => {
    const { clock, current, receivers } = await scene({
      receivers: WITH_FALLBACK,
      routes: TO_PAGER,
      slower: 12,
    });
    receivers.pager.down({ failure: { status: 503 }, afterEffect: true });
    const begin = clock.now();
    await current.signal('ranker');
    await clock.advance(HOUR - SECOND);
    expect(current.attempts.every(({ outcome }) => outcome === 'retry')).toBe(true);
    expect(receivers.hook.arrivals).toEqual([]);

    await clock.advance(6 * MINUTE);
    const rejected = current.attempts.find(({ outcome }) => outcome === 'rejected')!;
    expect(rejected).toMatchObject({
      receiver: 'pager',
      reason: expect.stringMatching(/^gave up after \d+ attempts: /),
    });
    expect(rejected.at - begin).toBeGreaterThan(HOUR);
    expect(receivers.hook.arrivals).toMatchObject([{ effect: 'opened' }]);
    expect(current.gaveUp).toHaveLength(1);

    receivers.pager.up();
    await current.signal('ranker', { condition: 'ok' });
    await clock.advance(MINUTE);
    expect(receivers.hook.standIn.objects()).toMatchObject([{ state: 'closed' }]);
    expect(receivers.pager.standIn.objects()).toMatchObject([{ state: 'closed' }]);
    expect(current.delivery.pending).toBe(0);
  });

  test('whose last attempt had no answer is closed when the incident is over', async () => {
    const { clock, current, receivers } = await scene({
      receivers: WITH_FALLBACK,
      routes: TO_PAGER,
      slower: 12,
    });
    // Refused an hour long, and then taken by a receiver that could not say so any more.
    receivers.pager.down(() =>
      clock.now() - begin <= HOUR ? { status: 429 } : { failure: 'reset', afterEffect: true },
    );
    const begin = clock.now();
    await current.signal('ranker');
    await clock.advance(HOUR + 6 * MINUTE);
    expect(current.attempts.at(-2)).toMatchObject({ outcome: 'rejected', httpStatus: 0 });
    receivers.pager.up();
    await current.signal('ranker', { condition: 'ok' });
    await clock.advance(MINUTE);
    expect(receivers.pager.standIn.objects()).toMatchObject([{ state: 'closed' }]);
  });

  test.each([400, 401, 404])('because the receiver refuses it (%d) is given up at once', async (status) => {
    const { clock, current, receivers } = await scene({ receivers: WITH_FALLBACK, routes: TO_PAGER });
    receivers.pager.down({ status });
    await current.signal('ranker');
    await clock.advance(SECOND);
    expect(current.attempts).toMatchObject([
      { receiver: 'pager', outcome: 'rejected', httpStatus: status, attempt: 1 },
      { receiver: 'hook', outcome: 'delivered', why: 'fallback' },
    ]);
    await current.signal('ranker', { condition: 'ok' });
    await clock.advance(SECOND);
    // The pager has never heard of it.
    expect(receivers.pager.arrivals).toHaveLength(1);
    expect(receivers.hook.standIn.objects()).toMatchObject([{ state: 'closed' }]);
  });
});

describe('a ticket that does not get through', () => {
  test('is tried for 72 hours, and nobody is told in its place', async () => {
    const { clock, current, receivers } = await scene({
      receivers: WITH_FALLBACK,
      routes: TO_PAGER,
      slower: 720,
    });
    receivers.pager.down({ status: 503, headers: { 'retry-after': '3600' } });
    await current.signal('ranker', { severity: 'ticket' });
    await clock.advance(72 * HOUR);
    expect(current.attempts.length).toBeGreaterThan(65);
    expect(current.attempts.every(({ outcome }) => outcome === 'retry')).toBe(true);
    await clock.advance(2 * HOUR);
    expect(current.attempts.at(-1)).toMatchObject({ outcome: 'rejected' });
    expect(receivers.hook.arrivals).toEqual([]);
    expect(current.delivery.pending).toBe(0);
  });

  test('is given up at once when it is refused, and nobody is told in its place', async () => {
    const { clock, current, receivers } = await scene({ receivers: WITH_FALLBACK, routes: TO_PAGER });
    receivers.pager.down({ status: 400 });
    await current.signal('ranker', { severity: 'ticket' });
    await clock.advance(MINUTE);
    expect(current.gaveUp).toMatchObject([{ receiver: 'pager', severity: 'ticket' }]);
    expect(receivers.hook.arrivals).toEqual([]);
  });
});
