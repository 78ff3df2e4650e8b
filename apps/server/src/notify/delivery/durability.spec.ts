import { describe, expect, test } from '@jest/globals';
import type { NotificationEventRow, NotificationsRepository } from '@tidewatch/store';
import { useScenes } from '../../../../../test/harness/use-scenes.js';
import type { Scene } from '../../../../../test/harness/virtual-scene.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const scene = useScenes();

const CHAT = { receivers: { chat: { kind: 'slack-api' } } } as const;

/** A store that takes no attempts, or not all, while `refuses` says so. */
function refusing(refuses: (rows: readonly NotificationEventRow[]) => boolean) {
  return (repository: NotificationsRepository): NotificationsRepository => ({
    ...methodsOf(repository),
    append: async (project, rows) => {
      if (refuses(rows)) {
        throw new Error('the store is away');
      }
      await repository.append(project, rows);
    },
  });
}

function methodsOf(repository: NotificationsRepository): NotificationsRepository {
  return {
    append: (...given) => repository.append(...given),
    outbox: (...given) => repository.outbox(...given),
    attemptsOf: (...given) => repository.attemptsOf(...given),
    attemptsFor: (...given) => repository.attemptsFor(...given),
    log: (...given) => repository.log(...given),
  };
}

const SERVICES = ['a', 'b', 'c'];

/** What people see: messages of their own in the channel. */
function messages({ receivers }: Scene<'chat'>): readonly { readonly state: string }[] {
  return receivers.chat.standIn.objects();
}

describe('attempts that cannot be stored', () => {
  test('are kept and stored later; nothing is sent twice meanwhile', async () => {
    let away = true;
    const made = await scene({ ...CHAT, wrapNotifications: refusing(() => away) });
    const { clock, current, store, project } = made;
    await current.signals(SERVICES);
    await clock.advance(MINUTE);
    expect(messages(made)).toHaveLength(3);
    const ids = current.incidents.all().map(({ id }) => id);
    expect(await store.notifications.attemptsOf(project, ids)).toEqual([]);
    expect(current.delivery.trouble).not.toBeNull();

    away = false;
    await clock.advance(11 * SECOND);
    expect(await store.notifications.attemptsOf(project, ids)).toMatchObject(
      SERVICES.map(() => ({ outcome: 'delivered' })),
    );
    expect(current.delivery.trouble).toBeNull();
    expect(messages(made)).toHaveLength(3);
  });

  test('because the process died are found again: the channel looks before it posts', async () => {
    const made = await scene({
      ...CHAT,
      wrapNotifications: refusing((rows) => rows.some(({ outcome }) => outcome !== 'started')),
    });
    const { clock, current, receivers } = made;
    await current.signal('ranker');
    await clock.settled();
    expect(messages(made)).toHaveLength(1);
    await made.restart({ wrapNotifications: (repository) => repository });
    await clock.advance(SECOND);
    expect(made.current.attempts).toMatchObject([{ outcome: 'delivered', attempt: 2 }]);
    expect(receivers.chat.arrivals.map(({ action }) => action)).toEqual([
      'message',
      'conversations.history',
      'update',
    ]);
    expect(messages(made)).toHaveLength(1);
    expect(current.attempts).toHaveLength(1);
  });
});

describe('an answer that says yes, and not what was done', () => {
  test('makes the channel look before it posts again', async () => {
    let answers = 0;
    const made = await scene({
      ...CHAT,
      wrapChannel: (channel) => ({
        ...channel,
        deliver: async (notification) => {
          const result = await channel.deliver(notification);
          answers += 1;
          return answers === 1
            ? { outcome: 'retry', afterMs: null, reason: 'HTTP 200 with half an answer', httpStatus: 200 }
            : result;
        },
      }),
    });
    await made.current.signal('ranker');
    await made.clock.advance(2 * SECOND);
    expect(made.receivers.chat.arrivals.map(({ action }) => action)).toContain('conversations.history');
    expect(messages(made)).toHaveLength(1);
  });
});

describe('the outbox', () => {
  test('that is out of date when it has been read sends nothing again', async () => {
    let reading: Promise<void> | null = null;
    const made = await scene({
      ...CHAT,
      wrapNotifications: (repository) => ({
        ...methodsOf(repository),
        outbox: async (...given) => {
          const entries = await repository.outbox(...given);
          await reading;
          return entries;
        },
      }),
    });
    const { clock, current, receivers } = made;
    receivers.chat.down({ status: 500 });
    await current.signal('ranker');
    await clock.settled();
    let finish = (): void => undefined;
    reading = new Promise((resolve) => (finish = resolve));
    current.delivery.wake();
    await clock.settled();
    receivers.chat.up();
    await clock.advance(2 * SECOND);
    expect(messages(made)).toHaveLength(1);
    reading = null;
    finish();
    const sent = receivers.chat.arrivals.length;
    await clock.advance(30 * SECOND);
    expect(receivers.chat.arrivals).toHaveLength(sent);
  });
});

describe('jobs that the queue loses', () => {
  test('are made again, of lanes and of those who wait for one another', async () => {
    let loses = false;
    const made = await scene({
      receivers: { pager: { kind: 'pagerduty' } },
      wrapQueue: (queue) => {
        const add = queue.add.bind(queue);
        queue.add = async (jobs) => (loses ? undefined : add(jobs));
        return queue;
      },
    });
    const { clock, current, receivers } = made;
    const services = Array.from({ length: 30 }, (_, index) => `ranker-${index}`);
    await current.signals(services);
    await clock.settled();
    expect(receivers.pager.standIn.objects()).toHaveLength(10);
    loses = true;
    await current.signals(['late-1', 'late-2']);
    await clock.advance(20 * SECOND);
    const before = receivers.pager.standIn.objects().length;
    loses = false;
    await clock.advance(MINUTE);
    expect(before).toBeLessThan(30);
    expect(receivers.pager.standIn.objects()).toHaveLength(32);
    expect(receivers.pager.arrivals).toHaveLength(32);
  });
});

describe('a restart', () => {
  test('knows what is open at the receivers, and what was still to be sent', async () => {
    const made = await scene(CHAT);
    const { clock, receivers } = made;
    await made.current.signals(SERVICES);
    await clock.advance(5 * SECOND);
    receivers.chat.down({ status: 503 });
    await made.current.signals(['a', 'b'], { condition: 'ok' });
    await made.current.signal('d');
    await clock.advance(5 * SECOND);
    await made.restart();
    receivers.chat.up();
    await clock.advance(5 * MINUTE);
    const states = messages(made).map(({ state }) => state);
    expect(states.sort()).toEqual(['closed', 'closed', 'open', 'open']);
    expect(made.current.delivery.pending).toBe(0);
  });

  test('sends the end of what was sent before it, although that end comes before the outbox has been read', async () => {
    const made = await scene({
      receivers: { pager: { kind: 'pagerduty' } },
      wrapNotifications: refusing(() => true),
    });
    const { clock, receivers } = made;
    await made.current.signal('ranker');
    await clock.settled();
    // It has arrived, and the process died before it could say so.
    expect(receivers.pager.standIn.objects()).toMatchObject([{ state: 'open' }]);
    let over = (): void => undefined;
    const isOver = new Promise<void>((resolve) => (over = resolve));
    await made.restart({
      wrapNotifications: (repository) => ({
        ...methodsOf(repository),
        outbox: async (...given) => {
          const entries = await repository.outbox(...given);
          await isOver;
          return entries;
        },
      }),
      meanwhile: async ({ signal }) => {
        await signal('ranker', { condition: 'ok' });
        // Long enough for whoever does not wait for the outbox.
        await new Promise((resolve) => setTimeout(resolve, 100));
        over();
      },
    });
    await clock.advance(SECOND);
    expect(receivers.pager.standIn.objects()).toMatchObject([{ state: 'closed' }]);
    expect(made.current.delivery.pending).toBe(0);
  });

  test('keeps to the back-off that was stored', async () => {
    const made = await scene(CHAT);
    const { clock, receivers } = made;
    receivers.chat.down({ status: 429, headers: { 'retry-after': '120' } });
    await made.current.signal('ranker');
    await clock.settled();
    receivers.chat.up();
    await made.restart();
    await clock.advance(119 * SECOND);
    expect(receivers.chat.arrivals).toHaveLength(1);
    await clock.advance(3 * SECOND);
    expect(messages(made)).toHaveLength(1);
  });

  test('keeps to what the receiver asked of all, not only of the one message that heard it', async () => {
    const made = await scene(CHAT);
    const { clock, receivers } = made;
    receivers.chat.down({ status: 429, headers: { 'retry-after': '120' } });
    await made.current.signal('ranker');
    await clock.settled();
    receivers.chat.up();
    await made.current.signal('waiting');
    await made.restart();
    await made.current.signal('new');
    await clock.advance(119 * SECOND);
    expect(receivers.chat.arrivals).toHaveLength(1);
    await clock.advance(4 * SECOND);
    expect(messages(made)).toHaveLength(3);
  });

  test('of the term alone: who waited for others to the same receiver is not forgotten', async () => {
    const made = await scene({ receivers: { pager: { kind: 'pagerduty' } }, timeoutMs: 100 });
    const { clock, current, receivers } = made;
    receivers.pager.down('hang');
    await current.signals(Array.from({ length: 30 }, (_, index) => `ranker-${index}`));
    await new Promise((resolve) => setTimeout(resolve, 30));
    await current.delivery.end();
    receivers.pager.up();
    await current.delivery.begin(clock.now() + 1);
    await clock.advance(MINUTE);
    expect(receivers.pager.standIn.objects()).toHaveLength(30);
    expect(current.delivery.pending).toBe(0);
  });
});
