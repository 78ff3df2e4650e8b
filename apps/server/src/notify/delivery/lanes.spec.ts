import { describe, expect, test } from '@jest/globals';
import { useScenes } from '../../../../../test/harness/use-scenes.js';
import type { Scene } from '../../../../../test/harness/virtual-scene.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const scene = useScenes();

const HOOK = { receivers: { hook: { kind: 'webhook' } } } as const;

interface Body {
  readonly incident: { readonly members: readonly unknown[]; readonly membersLeftOut: number };
}

/** Another tier of the rule fires: news of the incident. */
function news({ current }: Scene<string>, index: number): Promise<void> {
  return current.signal('ranker', { member: `SLO/availability/tier-${index}`, tier: `tier-${index}` });
}

describe('messages that wait', () => {
  test('50 changes while the receiver asks for patience: it hears of the newest state, once', async () => {
    const made = await scene(HOOK);
    const { clock, current, receivers } = made;
    await current.signal('ranker');
    await clock.settled();
    receivers.hook.down({ status: 429, headers: { 'retry-after': '60' } });
    for (let index = 0; index < 50; index += 1) {
      await news(made, index);
      await clock.advance(SECOND);
    }
    receivers.hook.up();
    await clock.advance(2 * MINUTE);
    expect(receivers.hook.arrivals).toMatchObject([
      { effect: 'opened', action: 'trigger' },
      { status: 429 },
      { effect: 'updated', action: 'update' },
    ]);
    const { incident } = receivers.hook.arrivals.at(-1)?.payload as Body;
    expect(incident.members.length + incident.membersLeftOut).toBe(51);
    expect(current.attempts.filter(({ outcome }) => outcome === 'superseded')).toHaveLength(49);
  });

  test('an incident that is over before it could be told is not told', async () => {
    const { clock, current, receivers } = await scene(HOOK);
    receivers.hook.down({ status: 429 });
    await current.signal('ranker');
    await clock.advance(10 * SECOND);
    await current.signal('ranker', { condition: 'ok' });
    receivers.hook.up();
    await clock.advance(5 * MINUTE);
    expect(receivers.hook.arrivals.every(({ status }) => status === 429)).toBe(true);
    expect(current.delivery.pending).toBe(0);
  });

  test.each([
    ['broke off', { failure: 'reset', afterEffect: true }],
    ['was answered by a gateway', { failure: { status: 504 }, afterEffect: true }],
  ] as const)(
    'an incident whose opening arrived although the attempt %s is closed',
    async (_name, failure) => {
      const { clock, current, receivers } = await scene(HOOK);
      let requests = 0;
      receivers.hook.down(() => {
        requests += 1;
        return requests === 1 ? failure : { status: 503 };
      });
      await current.signal('ranker');
      await clock.advance(10 * SECOND);
      await current.signal('ranker', { condition: 'ok' });
      receivers.hook.up();
      await clock.advance(5 * MINUTE);
      expect(receivers.hook.standIn.objects()).toMatchObject([{ state: 'closed' }]);
      expect(receivers.hook.arrivals.at(-1)).toMatchObject({ action: 'resolve', effect: 'resolved' });
    },
  );
});

describe('a receiver that is removed from the rules', () => {
  test('is told of the end of what it was told of, where that was', async () => {
    const made = await scene({ receivers: { hook: { kind: 'webhook' }, pager: { kind: 'pagerduty' } } });
    const { clock, current, receivers } = made;
    await current.signal('ranker');
    await clock.settled();
    receivers.hook.down({ status: 503 });
    await news(made, 1);
    await clock.advance(5 * SECOND);
    current.reload(made.rulesWith(['pager'], [{ receiver: 'pager', groupWait: '0s' }]));
    await current.incidents.replan(clock.now());
    await current.signal('ranker', { condition: 'ok' });
    await current.signal('ranker', { member: 'SLO/availability/tier-1', tier: 'tier-1', condition: 'ok' });
    await clock.advance(5 * SECOND);
    expect(current.attempts.filter(({ receiver }) => receiver === 'hook').at(-1)).toMatchObject({
      outcome: 'retry',
      channel: 'webhook',
    });
    receivers.hook.up();
    await clock.advance(5 * MINUTE);
    expect(receivers.hook.standIn.objects()).toMatchObject([{ state: 'closed' }]);
    expect(receivers.pager.standIn.objects()).toMatchObject([{ state: 'closed' }]);
    expect(current.delivery.pending).toBe(0);
  });

  test('before it was told of anything: the message waits, and goes when the receiver is back', async () => {
    const made = await scene({ receivers: { hook: { kind: 'webhook' }, pager: { kind: 'pagerduty' } } });
    const { clock, current, receivers } = made;
    receivers.hook.down({ status: 503 });
    await current.signal('ranker');
    await clock.settled();
    current.reload(made.rulesWith(['pager'], [{ receiver: 'pager', groupWait: '0s' }]));
    await clock.advance(MINUTE);
    expect(current.attempts.at(-1)).toMatchObject({
      outcome: 'retry',
      reason: expect.stringContaining('There is no open receiver named hook'),
    });
    current.reload(made.rulesWith(['pager', 'hook']));
    receivers.hook.up();
    await clock.advance(5 * MINUTE);
    expect(receivers.hook.standIn.objects()).toMatchObject([{ state: 'open' }]);
  });
});

describe('a message that was given up and is sent again', () => {
  async function rejected(made: Scene<'hook'>): Promise<() => Promise<void>> {
    const { clock, current, receivers, store, project } = made;
    receivers.hook.down({ status: 400 });
    await current.signal('ranker');
    await clock.advance(SECOND);
    const last = current.attempts.at(-1)!;
    expect(last).toMatchObject({ outcome: 'rejected', attempt: 1 });
    receivers.hook.up();
    return async () => {
      const again = { ...last, attempt: last.attempt + 1, at: clock.now(), outcome: 'replayed' };
      await store.notifications.append(project, [again]);
      current.delivery.wake();
      await clock.advance(SECOND);
    };
  }

  test('opens the incident as it is now', async () => {
    const made = await scene(HOOK);
    const replay = await rejected(made);
    await replay();
    expect(made.receivers.hook.standIn.objects()).toMatchObject([{ state: 'open' }]);
    expect(made.current.attempts.at(-1)).toMatchObject({ outcome: 'delivered', attempt: 3 });
    await made.current.signal('ranker', { condition: 'ok' });
    await made.clock.advance(SECOND);
    expect(made.receivers.hook.standIn.objects()).toMatchObject([{ state: 'closed' }]);
  });

  test('has its time anew: a receiver that is away when it is sent again is tried again', async () => {
    const made = await scene({ ...HOOK, random: () => 0.999999 });
    const replay = await rejected(made);
    await made.clock.advance(2 * 60 * MINUTE);
    made.receivers.hook.down({ status: 503 });
    await replay();
    expect(made.current.attempts.at(-1)).toMatchObject({ outcome: 'retry', attempt: 3 });
    made.receivers.hook.up();
    await made.clock.advance(MINUTE);
    expect(made.current.attempts.at(-1)).toMatchObject({ outcome: 'delivered' });
  });

  test.each([
    ['at once', false],
    ['after a restart', true],
  ])('opens nothing when the incident is over; %s', async (_name, restarts) => {
    const made = await scene(HOOK);
    const replay = await rejected(made);
    await made.current.signal('ranker', { condition: 'ok' });
    await made.clock.advance(SECOND);
    if (restarts) {
      await made.restart();
    }
    await replay();
    if (restarts) {
      await made.clock.advance(11 * SECOND);
    }
    expect(made.receivers.hook.standIn.objects()).toEqual([]);
    expect(made.current.attempts.at(-1)).toMatchObject({ outcome: 'superseded', action: 'trigger' });
    expect(made.current.delivery.pending).toBe(0);
  });
});

describe('a message that was given up at one place and sent again to another', () => {
  test.each([false, true])('is closed where it was opened (after a restart: %s)', async (restarts) => {
    const made = await scene({ receivers: { old: { kind: 'webhook' }, fresh: { kind: 'webhook' } } });
    const { clock, receivers, project, store } = made;
    const routes = [{ receiver: 'old', groupWait: '0s', updateWait: '0s', repeat: '0s' }];
    made.current.reload(made.rulesWith(['old'], routes));
    receivers.old.down({ status: 404 });
    await made.current.signal('ranker');
    await clock.advance(SECOND);
    const [rejected] = made.current.attempts;
    expect(rejected).toMatchObject({ receiver: 'old', outcome: 'rejected' });
    receivers.old.up();
    const elsewhere = made.rulesWith(['old'], routes).replaceAll(receivers.old.url, receivers.fresh.url);
    made.current.reload(elsewhere);
    const again = { ...rejected!, attempt: rejected!.attempt + 1, at: clock.now(), outcome: 'replayed' };
    await store.notifications.append(project, [again]);
    made.current.delivery.wake();
    await clock.advance(SECOND);
    expect(receivers.fresh.standIn.objects()).toMatchObject([{ state: 'open' }]);
    if (restarts) {
      await made.restart({ rules: elsewhere });
    }
    await made.current.signal('ranker', { condition: 'ok' });
    await clock.advance(SECOND);
    expect(receivers.fresh.standIn.objects()).toMatchObject([{ state: 'closed' }]);
    expect(receivers.old.arrivals).toHaveLength(1);
  });
});
