import { describe, expect, test } from '@jest/globals';
import { MINUTE, Replay, START, TWO_ROUTES } from '../fixtures/signals.js';
import { dedupKey, isObsolete, planNotifications, type NotificationIntent } from './notifications.js';
import type { Routing } from './routing.js';

const ticket = { tier: 'ticket-slow', severity: 'ticket' } as const;
const AT_ONCE = { keepFiringMs: 0 };

function waiting(groupWaitMs: number): Routing {
  return { routes: TWO_ROUTES.routes.map((route) => ({ ...route, groupWaitMs })) };
}

describe('planNotifications', () => {
  test('a trigger names incident, receiver, severity and when it is due', () => {
    const { intents, state } = new Replay(waiting(30_000)).feed(START);
    expect(intents).toEqual([
      {
        id: `${state?.id}:1:pager`,
        incidentId: state?.id,
        sequence: 1,
        receiver: 'pager',
        action: 'trigger',
        severity: 'page',
        dedupKey: dedupKey(state!.id, 'pager'),
        notBefore: START + 30_000,
      },
    ]);
    expect(intents[0]?.dedupKey).toMatch(/^[0-9a-f]{64}$/);
  });

  test('a resolve carries the deduplication key and the severity of its trigger', () => {
    const replay = new Replay(undefined, AT_ONCE);
    const [trigger] = replay.feed(START).intents;
    const [resolve] = replay.feed(START + MINUTE, { condition: 'ok' }).intents;
    expect(resolve).toMatchObject({
      action: 'resolve',
      sequence: 2,
      severity: 'page',
      notBefore: START + MINUTE,
    });
    expect(resolve?.dedupKey).toBe(trigger?.dedupKey);
  });

  test('a re-opened incident triggers again under the same deduplication key but another id', () => {
    const replay = new Replay(undefined, AT_ONCE);
    const [first] = replay.feed(START).intents;
    replay.feed(START + MINUTE, { condition: 'ok' });
    const [second] = replay.feed(START + 2 * MINUTE).intents;
    expect(second).toMatchObject({ action: 'trigger', dedupKey: first?.dedupKey });
    expect(second?.id).not.toBe(first?.id);
  });

  test('resolving follows what was opened, not the routes of today', () => {
    const replay = new Replay(undefined, AT_ONCE);
    const { state } = replay.feed(START);
    const plan = planNotifications(
      {
        kind: 'resolved',
        incidentId: state!.id,
        sequence: 2,
        at: START + MINUTE,
        member: 'SLO/availability/page-fast',
        severity: 'page',
      },
      state!,
      { routes: [] },
    );
    expect(plan.intents.map((intent) => intent.receiver)).toEqual(['pager']);
    expect(plan.state.opened).toEqual([]);
  });

  test('an incident that resolves while its trigger waits is never sent, and neither is its resolve', () => {
    const replay = new Replay(waiting(5 * MINUTE), AT_ONCE);
    const [trigger] = replay.feed(START).intents;
    expect(isObsolete(trigger!, replay.state!)).toBe(false);
    expect(replay.feed(START + 4 * MINUTE, { condition: 'ok' }).intents).toEqual([]);
    expect(isObsolete(trigger!, replay.state!)).toBe(true);
  });

  test('an incident that resolves exactly when its trigger is due is resolved there', () => {
    const replay = new Replay(waiting(5 * MINUTE), AT_ONCE);
    replay.feed(START);
    expect(replay.feed(START + 5 * MINUTE, { condition: 'ok' }).intents).toHaveLength(1);
  });

  test('an incident that no route matches notifies nobody, at its end neither', () => {
    const replay = new Replay(
      { routes: [{ match: { owner: 'ml' }, receiver: 'ml', groupWaitMs: 0 }] },
      AT_ONCE,
    );
    replay.feed(START);
    replay.feed(START + MINUTE, { condition: 'ok' });
    expect(replay.story).toEqual(['opened', 'resolved']);
  });

  test('routes match on the owner and kind of the member that changed the incident', () => {
    const routing: Routing = {
      routes: [
        { match: { owner: 'ml', kind: 'DriftMonitor' }, receiver: 'ml', groupWaitMs: 0 },
        { match: {}, receiver: 'everybody', groupWaitMs: 0 },
      ],
    };
    const drift = {
      member: 'DriftMonitor/inputs',
      kind: 'DriftMonitor',
      owner: 'ml',
      severity: 'ticket',
    } as const;
    expect(new Replay(routing).feed(START, drift).intents[0]?.receiver).toBe('ml');
    expect(new Replay(routing).feed(START, { ...drift, owner: 'sre' }).intents[0]?.receiver).toBe(
      'everybody',
    );
  });

  test('one receiver for tickets and pages is told of the escalation, and resolved once', () => {
    const replay = new Replay({ routes: [{ match: {}, receiver: 'all', groupWaitMs: 0 }] }, AT_ONCE);
    const [first] = replay.feed(START, ticket).intents;
    const [second] = replay.feed(START + MINUTE).intents;
    expect([first?.severity, second?.severity]).toEqual(['ticket', 'page']);
    expect(second?.dedupKey).toBe(first?.dedupKey);
    expect(isObsolete(first!, replay.state!)).toBe(true);
    expect(isObsolete(second!, replay.state!)).toBe(false);
    replay.feed(START + 2 * MINUTE, { condition: 'ok' });
    replay.feed(START + 3 * MINUTE, { ...ticket, condition: 'ok' });
    expect(replay.story).toEqual([
      'opened trigger:all',
      'escalated trigger:all',
      'left',
      'resolved resolve:all',
    ]);
  });

  test('a receiver whose first trigger was due is resolved although its escalation still waited', () => {
    const routing: Routing = {
      routes: [
        { match: { severity: 'ticket' }, receiver: 'all', groupWaitMs: 0 },
        { match: { severity: 'page' }, receiver: 'all', groupWaitMs: 10 * MINUTE },
      ],
    };
    const replay = new Replay(routing, AT_ONCE);
    replay.feed(START, ticket);
    replay.feed(START + MINUTE);
    replay.feed(START + 2 * MINUTE, { condition: 'ok' });
    expect(replay.feed(START + 3 * MINUTE, { ...ticket, condition: 'ok' }).intents).toHaveLength(1);
  });
});

describe('isObsolete', () => {
  function history(): { replay: Replay; trigger: NotificationIntent; resolve: NotificationIntent } {
    const replay = new Replay(undefined, AT_ONCE);
    const [trigger] = replay.feed(START).intents;
    const [resolve] = replay.feed(START + MINUTE, { condition: 'ok' }).intents;
    return { replay, trigger: trigger!, resolve: resolve! };
  }

  test('a page still being retried when its incident resolves is not sent any more; the resolve is', () => {
    const { replay, trigger, resolve } = history();
    expect([trigger, resolve].map((intent) => isObsolete(intent, replay.state!))).toEqual([true, false]);
  });

  test('after a re-opening only the new trigger counts', () => {
    const { replay, trigger, resolve } = history();
    const [again] = replay.feed(START + 2 * MINUTE).intents;
    expect([trigger, resolve, again!].map((intent) => isObsolete(intent, replay.state!))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('after a later incident of the same key, the earlier resolve is still due', () => {
    const { replay, trigger, resolve } = history();
    const [next] = replay.feed(START + 60 * MINUTE).intents;
    expect([trigger, resolve, next!].map((intent) => isObsolete(intent, replay.state!))).toEqual([
      true,
      false,
      false,
    ]);
  });
});
