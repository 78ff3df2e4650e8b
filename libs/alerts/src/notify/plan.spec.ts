import { describe, expect, test } from '@jest/globals';
import {
  MINUTE,
  receiver,
  Replay,
  route,
  routing,
  SECOND,
  START,
  TWO_ROUTES,
} from '../../fixtures/signals.js';
import { dedupKey } from '../intent.js';
import { planFallback } from './plan.js';

const HOUR = 60 * MINUTE;
const ticket = { tier: 'ticket-slow', severity: 'ticket' } as const;
const AT_ONCE = { keepFiringMs: 0 };

describe('an opening', () => {
  test('names incident, receiver, reason, and why this receiver', () => {
    const { intents, state } = new Replay().feed(START);
    expect(intents).toEqual([
      {
        id: `${state?.id}:1:pager`,
        incidentId: state?.id,
        sequence: 1,
        receiver: 'pager',
        action: 'trigger',
        reason: 'opened',
        severity: 'page',
        dedupKey: dedupKey(state!.id, 'pager'),
        notBefore: START,
        explanation: expect.arrayContaining([expect.stringContaining('routes[0]')]),
        destination: '',
        by: '',
        text: '',
      },
    ]);
    expect(intents[0]?.dedupKey).toMatch(/^[0-9a-f]{64}$/);
  });

  test('a ticket waits for its route, and is never sent when it is over before', () => {
    const waits = routing(route('tickets', {}, { groupWaitMs: 5 * MINUTE }));
    const replay = new Replay(waits, AT_ONCE);
    replay.feed(START, ticket);
    replay.advance(START + 5 * MINUTE - 1);
    expect(replay.calls).toEqual([]);
    replay.advance(START + 5 * MINUTE);
    expect(replay.story).toEqual(['opened', 'notified trigger:tickets']);

    const short = new Replay(waits, AT_ONCE);
    short.feed(START, ticket);
    short.feed(START + 4 * MINUTE, { ...ticket, condition: 'ok' });
    short.advance(START + HOUR);
    expect(short.story).toEqual(['opened', 'resolved']);
  });

  test('a ticket that is ok again when its wait is over is not sent, unless it comes back', () => {
    const waits = routing(route('tickets', {}, { groupWaitMs: 5 * MINUTE }));
    const short = new Replay(waits);
    short.feed(START, ticket);
    short.feed(START + 2 * MINUTE, { ...ticket, condition: 'ok' });
    short.feed(START + 32 * MINUTE, { ...ticket, condition: 'ok' });
    short.advance(START + HOUR);
    expect(short.story).toEqual(['opened', 'resolved']);

    const back = new Replay(waits);
    back.feed(START, ticket);
    back.feed(START + 2 * MINUTE, { ...ticket, condition: 'ok' });
    back.feed(START + 10 * MINUTE, ticket);
    back.advance(START + 10 * MINUTE + 10 * SECOND);
    expect(back.story).toEqual(['opened', 'notified trigger:tickets']);
  });

  test('of two tickets of a receiver the one that still fires is enough', () => {
    const replay = new Replay(routing(route('tickets', {}, { groupWaitMs: 5 * MINUTE })));
    replay.feed(START, ticket);
    replay.feed(START + MINUTE, { ...ticket, member: 'DriftMonitor/inputs' });
    replay.feed(START + 2 * MINUTE, { ...ticket, condition: 'ok' });
    replay.advance(START + 5 * MINUTE);
    expect(replay.calls).toEqual(['trigger:tickets']);
  });

  test('every owner in the incident is told, a receiver that several rules lead to once', () => {
    const owners = routing(
      route('ml', { owner: 'ml' }, { continue: true }),
      route('tickets', { owner: 'sre' }, { continue: true }),
      route('all'),
    );
    const replay = new Replay(owners);
    replay.feed(START, { ...ticket, owner: 'sre' });
    replay.feed(START + 1, { ...ticket, member: 'DriftMonitor/inputs', owner: 'ml' });
    replay.advance(START + MINUTE);
    expect(replay.calls).toEqual(['trigger:tickets', 'trigger:all', 'trigger:ml']);
  });

  test('nobody is told where no route leads, at the end neither', () => {
    const replay = new Replay(routing(route('ml', { owner: 'ml' })), AT_ONCE);
    replay.feed(START);
    replay.feed(START + MINUTE, { condition: 'ok' });
    expect(replay.story).toEqual(['opened', 'resolved']);
  });
});

describe('page and ticket in one incident', () => {
  test('a ticket that joins a page is held back until no page fires, and then sent at once', () => {
    const replay = new Replay(undefined, AT_ONCE);
    replay.feed(START);
    replay.feed(START + SECOND, ticket);
    replay.advance(START + MINUTE);
    expect(replay.calls).toEqual(['trigger:pager']);
    replay.feed(START + 2 * MINUTE, { condition: 'ok' });
    replay.advance(START + 2 * MINUTE);
    expect(replay.calls).toEqual(['trigger:pager', 'resolve:pager', 'trigger:tickets']);
    expect(replay.intents.find(({ action }) => action === 'resolve')?.reason).toBe('deescalated');
  });

  test('a second page of the same incident is heard, and the ticket that is open stays one', () => {
    const replay = new Replay(undefined, AT_ONCE);
    replay.feed(START, ticket);
    for (const begin of [10, 70, 130]) {
      replay.feed(START + begin * MINUTE);
      replay.feed(START + (begin + 20) * MINUTE, { condition: 'ok' });
    }
    replay.feed(START + 200 * MINUTE, { ...ticket, condition: 'ok' });
    expect(replay.calls).toEqual([
      'trigger:tickets',
      'trigger:pager',
      'resolve:pager',
      'trigger:pager',
      'resolve:pager',
      'trigger:pager',
      'resolve:pager',
      'resolve:tickets',
    ]);
  });

  test('one receiver of both: the ticket becomes a page in place; when the page is over the ticket is told anew', () => {
    const replay = new Replay(routing(route('all')), AT_ONCE);
    replay.feed(START, ticket);
    const escalated = replay.feed(START + MINUTE);
    expect(escalated.intents).toEqual([
      expect.objectContaining({ action: 'update', reason: 'escalated', severity: 'page' }),
    ]);
    replay.feed(START + 2 * MINUTE, { condition: 'ok' });
    replay.advance(START + 3 * MINUTE);
    expect(replay.calls).toEqual(['trigger:all', 'resolve:all', 'trigger:all']);
    expect(replay.intents.at(-1)?.severity).toBe('ticket');
  });

  test('a receiver that cannot change what it posted hears of the escalation in a further message', () => {
    const replay = new Replay(routing(route('all')), {}, [receiver('all', { updates: false })]);
    replay.feed(START, ticket);
    expect(replay.feed(START + MINUTE).intents[0]).toMatchObject({ action: 'trigger', reason: 'escalated' });
  });
});

describe('news', () => {
  const coalescing = routing(route('pager', {}, { updateWaitMs: 10 * SECOND }));

  test('what members do within the wait is told together', () => {
    const replay = new Replay(coalescing, AT_ONCE);
    replay.feed(START);
    replay.feed(START + 20 * SECOND, { tier: 'b' });
    replay.feed(START + 25 * SECOND, { tier: 'c' });
    replay.feed(START + 29 * SECOND, { tier: 'b', condition: 'ok' });
    replay.advance(START + HOUR);
    expect(replay.intents.map(({ action, notBefore }) => `${action} ${notBefore - START}`)).toEqual([
      'trigger 0',
      'update 30000',
    ]);
  });

  test('a receiver that cannot be brought up to date is not told of it', () => {
    const replay = new Replay(coalescing, {}, [receiver('pager', { updates: false })]);
    replay.feed(START);
    replay.feed(START + 20 * SECOND, { tier: 'b' });
    replay.advance(START + HOUR);
    expect(replay.intents).toHaveLength(1);
  });

  test('a page that nobody has taken on is repeated, one that somebody has is not', () => {
    const repeating = routing(route('pager', {}, { repeatMs: 4 * HOUR }));
    const replay = new Replay(repeating);
    replay.feed(START);
    replay.advance(START + 9 * HOUR);
    expect(replay.intents.map(({ reason, notBefore }) => `${reason} ${(notBefore - START) / HOUR}`)).toEqual([
      'opened 0',
      'repeated 4',
      'repeated 8',
    ]);
    replay.command(START + 10 * HOUR, {});
    replay.advance(START + 48 * HOUR);
    expect(replay.intents.filter(({ reason }) => reason === 'repeated')).toHaveLength(2);
  });
});

describe('what was opened is closed where it was opened', () => {
  test.each<[name: string, change: (replay: Replay) => void]>([
    ['the routes lead elsewhere', ({ stage }) => (stage.routing = routing(route('boss')))],
    ['there are no routes any more', ({ stage }) => (stage.routing = routing())],
    ['the receiver is disabled', ({ stage }) => (stage.receivers = [receiver('pager', { enabled: false })])],
    ['the receiver is gone', ({ stage }) => (stage.receivers = [])],
    [
      'its name leads somewhere else',
      ({ stage }) =>
        (stage.receivers = [receiver('pager', { destination: '{"type":"webhook","url":"https://new"}' })]),
    ],
  ])('%s', (_name, change) => {
    const replay = new Replay(undefined, AT_ONCE);
    replay.feed(START);
    change(replay);
    const { intents } = replay.feed(START + MINUTE, { condition: 'ok' });
    expect(intents.find(({ receiver: name }) => name === 'pager')).toMatchObject({
      action: 'resolve',
      destination: receiver('pager').destination,
    });
    expect(replay.state?.opened).toEqual([]);
  });

  test('a disabled receiver is told of nothing new', () => {
    const replay = new Replay(TWO_ROUTES, {}, [receiver('pager', { enabled: false })]);
    replay.feed(START);
    expect(replay.calls).toEqual([]);
  });
});

describe('a page that cannot be delivered', () => {
  const receivers = [receiver('pager', { fallback: 'boss' }), receiver('boss')];

  test('goes to the fallback, which hears of the end too', () => {
    const replay = new Replay(TWO_ROUTES, AT_ONCE, receivers);
    const [failed] = replay.feed(START).intents;
    const plan = planFallback(replay.state!, failed!, replay.contextAt(START + HOUR));
    expect(plan?.rows).toEqual([
      {
        change: expect.objectContaining({ kind: 'notified', sequence: 2 }),
        intents: [
          expect.objectContaining({
            receiver: 'boss',
            action: 'trigger',
            reason: 'fallback',
            severity: 'page',
          }),
        ],
      },
    ]);
    replay.state = plan!.state;
    replay.feed(START + 2 * HOUR, { condition: 'ok' });
    expect(replay.calls.slice(1).sort()).toEqual(['resolve:boss', 'resolve:pager']);
  });

  test.each([
    ['update', true],
    ['trigger', false],
  ])('goes to a fallback that knows only of the ticket (%s)', (action, updates) => {
    const onTicket = routing(route('pager', { severity: 'page' }), route('boss', { severity: 'ticket' }));
    const replay = new Replay(onTicket, AT_ONCE, [
      receiver('pager', { fallback: 'boss' }),
      receiver('boss', { updates }),
    ]);
    replay.feed(START, ticket);
    const [failed] = replay.feed(START + HOUR).intents;
    const plan = planFallback(replay.state!, failed!, replay.contextAt(START + HOUR));
    expect(plan?.rows[0]?.intents).toEqual([
      expect.objectContaining({
        ...{ receiver: 'boss', action, reason: 'escalated', severity: 'page' },
        explanation: expect.arrayContaining(['pager could not be told; boss is its fallback']),
      }),
    ]);
    expect(plan?.state.opened.find(({ receiver: name }) => name === 'boss')?.severity).toBe('page');
    // What it knows now it is not told once more.
    expect(planFallback(plan!.state, failed!, replay.contextAt(START + HOUR))).toBeNull();
  });

  test.each<[name: string, prepare: (replay: Replay) => void]>([
    ['there is no fallback', ({ stage }) => (stage.receivers = [receiver('pager')])],
    [
      'it is disabled',
      ({ stage }) => (stage.receivers = [receivers[0]!, receiver('boss', { enabled: false })]),
    ],
    ['it knows already', () => undefined],
    ['the incident is over', (replay) => void replay.feed(START + MINUTE, { condition: 'ok' })],
  ])('and to nobody when %s', (name, prepare) => {
    const both = routing(route('pager', {}, { continue: true }), route('boss'));
    const replay = new Replay(name === 'it knows already' ? both : TWO_ROUTES, AT_ONCE, receivers);
    const [failed] = replay.feed(START).intents;
    prepare(replay);
    expect(planFallback(replay.state!, failed!, replay.contextAt(START + HOUR))).toBeNull();
  });
});
