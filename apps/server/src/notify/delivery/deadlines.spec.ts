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
    expect(rejected.at - begin).toBe(HOUR);
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
      clock.now() - begin < HOUR ? { status: 429 } : { failure: 'reset', afterEffect: true },
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

  test('because the receiver asks for more patience than there is time is given up when that is over', async () => {
    const { clock, current, receivers } = await scene({
      receivers: WITH_FALLBACK,
      routes: TO_PAGER,
      slower: 12,
    });
    receivers.pager.down({ status: 503 });
    await current.signal('ranker');
    await clock.advance(50 * MINUTE);
    receivers.pager.down({ status: 429, headers: { 'retry-after': '3600' } });
    await clock.advance(9 * MINUTE);
    const { length: requests } = receivers.pager.arrivals;
    expect(receivers.pager.arrivals.at(-1)).toMatchObject({ status: 429 });
    expect(receivers.hook.arrivals).toEqual([]);
    await clock.advance(MINUTE + SECOND);
    expect(current.attempts.find(({ outcome }) => outcome === 'rejected')).toMatchObject({
      receiver: 'pager',
      attempt: requests + 1,
      reason: `gave up after ${requests} attempts: pager still asks for patience`,
    });
    expect(receivers.pager.arrivals).toHaveLength(requests);
    expect(receivers.hook.arrivals).toMatchObject([{ effect: 'opened' }]);
  });

  test('with others behind it in the line of a receiver that asks for patience: all fallbacks are told', async () => {
    const { clock, current, receivers } = await scene({
      receivers: WITH_FALLBACK,
      routes: TO_PAGER,
      slower: 12,
    });
    receivers.pager.down({ status: 429, headers: { 'retry-after': '2400' } });
    await current.signals(Array.from({ length: 12 }, (_, index) => `ranker-${index}`));
    await clock.advance(30 * MINUTE);
    await current.signal('late');
    await clock.advance(30 * MINUTE - SECOND);
    expect(receivers.hook.arrivals).toEqual([]);
    await clock.advance(30 * SECOND);
    expect(receivers.hook.standIn.objects()).toHaveLength(12);
    // Four at once, and four more when the first patience was over.
    expect(receivers.pager.arrivals.length).toBeLessThanOrEqual(8);
    await clock.advance(30 * MINUTE);
    expect(receivers.hook.standIn.objects()).toHaveLength(13);
    expect(current.delivery.pending).toBe(0);
  });

  test.each([
    ['by one process', false],
    ['with a restart in between', true],
  ])('although it is repeated is given up an hour after it was first due, %s', async (_name, restarts) => {
    const made = await scene({
      // It cannot change what it has posted, so a repeat is a further message that overtakes the first.
      receivers: { chat: { kind: 'slack', spec: { fallback: 'hook' } }, hook: { kind: 'webhook' } },
      routes: [{ receiver: 'chat', groupWait: '0s', repeat: '25m' }],
      slower: 12,
    });
    const { clock, receivers } = made;
    receivers.chat.down({ status: 503 });
    const begin = clock.now();
    await made.current.signal('ranker');
    await clock.advance(40 * MINUTE);
    const { attempts } = made.current;
    expect(attempts.filter(({ outcome }) => outcome === 'superseded')).toMatchObject([{ action: 'trigger' }]);
    if (restarts) {
      await made.restart();
    }
    await clock.advance(20 * MINUTE - SECOND);
    expect(receivers.hook.arrivals).toEqual([]);
    await clock.advance(6 * MINUTE);
    expect(receivers.hook.arrivals).toMatchObject([{ effect: 'opened' }]);
    const rejected = made.current.attempts.find(({ outcome }) => outcome === 'rejected')!;
    expect(rejected.at - begin).toBe(HOUR);

    // A later repeat is a message of its own.
    await clock.advance(20 * MINUTE);
    expect(made.current.attempts.at(-1)).toMatchObject({ receiver: 'chat', outcome: 'retry' });
    receivers.chat.up();
    await clock.advance(6 * MINUTE);
    expect(receivers.chat.standIn.objects()).toHaveLength(1);
  });

  test('because a ticket before it in the same lane is tried for longer is given up after an hour', async () => {
    const { clock, current, receivers } = await scene({
      receivers: WITH_FALLBACK,
      routes: TO_PAGER,
      slower: 12,
    });
    receivers.pager.down({ status: 503 });
    await current.signal('ranker', { severity: 'ticket' });
    await clock.advance(MINUTE);
    await current.signal('ranker', { severity: 'page' });
    await clock.advance(HOUR + SECOND);
    expect(current.gaveUp).toMatchObject([{ receiver: 'pager', severity: 'page' }]);
    expect(receivers.hook.arrivals).toMatchObject([{ effect: 'opened' }]);
  });

  test('while incidents cannot be stored is not at its end before its fallback is asked for', async () => {
    let away = true;
    const { clock, current, receivers } = await scene({
      receivers: WITH_FALLBACK,
      routes: TO_PAGER,
      wrapIncidents: (repository) => ({
        append: async (project, rows) => {
          if (away && rows.some(({ intents }) => intents.includes('"fallback"'))) {
            throw new Error('the store is away');
          }
          await repository.append(project, rows);
        },
        latestStates: (...given) => repository.latestStates(...given),
        lastChanges: (...given) => repository.lastChanges(...given),
        list: (...given) => repository.list(...given),
        changesOf: (...given) => repository.changesOf(...given),
      }),
    });
    receivers.pager.down({ status: 400 });
    await current.signal('ranker');
    await clock.advance(MINUTE);
    expect(current.attempts).toEqual([]);
    expect(current.delivery.pending).toBe(1);
    // The receiver is asked again, and not in a hot loop.
    expect(receivers.pager.arrivals.length).toBeGreaterThan(3);
    expect(receivers.pager.arrivals.length).toBeLessThan(8);
    away = false;
    await clock.advance(11 * SECOND);
    expect(receivers.hook.arrivals).toMatchObject([{ effect: 'opened' }]);
    expect(current.attempts.filter(({ outcome }) => outcome === 'rejected')).toHaveLength(1);
    await clock.advance(MINUTE);
    expect(receivers.hook.arrivals).toHaveLength(1);
  });

  test('asks for its fallback before its end is stored: a process that dies in between has forgotten nothing', async () => {
    const openAt: string[][] = [];
    const made = await scene({
      receivers: WITH_FALLBACK,
      routes: TO_PAGER,
      wrapNotifications: (repository) => ({
        append: async (project, rows) => {
          if (rows.some(({ outcome }) => outcome === 'rejected')) {
            const states = await made.store.incidents.latestStates(project);
            openAt.push(states.map(({ state }) => state));
          }
          await repository.append(project, rows);
        },
        outbox: (...given) => repository.outbox(...given),
        attemptsOf: (...given) => repository.attemptsOf(...given),
        attemptsFor: (...given) => repository.attemptsFor(...given),
        log: (...given) => repository.log(...given),
      }),
    });
    made.receivers.pager.down({ status: 400 });
    await made.current.signal('ranker');
    await made.clock.advance(SECOND);
    expect(openAt).toEqual([[expect.stringContaining('"receiver":"hook"')]]);
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
    await clock.advance(72 * HOUR - SECOND);
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
