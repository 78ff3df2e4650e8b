import { describe, expect, test } from '@jest/globals';
import { escalation, MINUTE, receiver, Replay, route, routing, START } from '../../fixtures/signals.js';
import { readIncidentState } from '../read-state.js';

const HOUR = 60 * MINUTE;
const ticket = { tier: 'ticket-slow', severity: 'ticket' } as const;
const AT_ONCE = { keepFiringMs: 0 };

describe('escalation by time', () => {
  const steps = routing(
    route(
      'tickets',
      { severity: 'ticket' },
      {
        escalations: [
          escalation({ afterMs: 15 * MINUTE, when: 'not-acknowledged', receivers: ['boss'] }),
          escalation({ afterMs: 2 * HOUR, raise: true }),
        ],
      },
    ),
    route('pager', { severity: 'page' }),
  );

  test('the next receiver is told after the time, once, and of the end', () => {
    const replay = new Replay(steps, AT_ONCE);
    replay.feed(START, ticket);
    replay.advance(START + 15 * MINUTE - 1);
    expect(replay.calls).toEqual(['trigger:tickets']);
    replay.advance(START + HOUR);
    expect(replay.calls).toEqual(['trigger:tickets', 'trigger:boss']);
    expect(replay.intents.at(-1)).toMatchObject({
      reason: 'not-acknowledged',
      explanation: [expect.stringContaining('nobody has acknowledged it for 15m')],
    });
    replay.feed(START + HOUR, { ...ticket, condition: 'ok' });
    expect(replay.calls.slice(2).sort()).toEqual(['resolve:boss', 'resolve:tickets']);
  });

  test('whoever has taken it on is left alone, unless the step is for what goes on firing', () => {
    const replay = new Replay(steps);
    replay.feed(START, ticket);
    replay.command(START + MINUTE, {});
    replay.advance(START + 2 * HOUR - 1);
    expect(replay.calls).toEqual(['trigger:tickets']);
    replay.advance(START + 2 * HOUR);
    expect(replay.calls).toEqual(['trigger:tickets', 'trigger:pager']);
    expect(replay.state).toMatchObject({ severity: 'page', raisedTo: 'page' });
    expect(replay.changes.at(-1)).toMatchObject({ kind: 'raised', severity: 'page' });
  });

  test('the second page of an incident escalates like the first', () => {
    const paged = routing(
      route(
        'pager',
        { severity: 'page' },
        {
          escalations: [escalation({ when: 'not-acknowledged', receivers: ['boss'] })],
        },
      ),
      route('tickets'),
    );
    const replay = new Replay(paged, AT_ONCE);
    replay.feed(START, ticket);
    for (const begin of [0, 60]) {
      replay.feed(START + begin * MINUTE);
      replay.feed(START + (begin + 20) * MINUTE, { condition: 'ok' });
    }
    const bosses = replay.intents.filter(({ receiver: name }) => name === 'boss');
    expect(bosses.map(({ action, notBefore }) => `${action} ${(notBefore - START) / MINUTE}`)).toEqual([
      'trigger 15',
      'resolve 20',
      'trigger 75',
      'resolve 80',
    ]);
  });

  test('a raised incident closes page and ticket at its end, and the next one begins as a ticket', () => {
    const replay = new Replay(steps, AT_ONCE);
    replay.feed(START, ticket);
    replay.advance(START + 3 * HOUR);
    replay.feed(START + 3 * HOUR, { ...ticket, condition: 'ok' });
    expect(replay.state).toMatchObject({ status: 'resolved', raisedTo: null, escalations: [] });
    replay.feed(START + 4 * HOUR, ticket);
    expect(replay.state).toMatchObject({ status: 'open', severity: 'ticket', generation: 2 });
  });

  test.each<[name: string, updates: boolean, action: string]>([
    ['is told of the page in place', true, 'update'],
    ['that cannot change what it posted gets another message', false, 'trigger'],
  ])('a next receiver that knows only of the ticket %s', (_name, updates, action) => {
    const page = routing(
      route(
        'pager',
        { severity: 'page' },
        { escalations: [escalation({ when: 'not-acknowledged', receivers: ['boss'] })] },
      ),
      route('boss', { severity: 'ticket' }),
    );
    const replay = new Replay(page, AT_ONCE, [receiver('pager'), receiver('boss', { updates })]);
    replay.feed(START, ticket);
    replay.feed(START + HOUR);
    replay.advance(START + HOUR + 15 * MINUTE - 1);
    const before = replay.intents.length;
    replay.advance(START + 2 * HOUR);
    expect(replay.intents.slice(before)).toEqual([
      expect.objectContaining({
        ...{ receiver: 'boss', action, reason: 'escalated', severity: 'page' },
        explanation: [expect.stringContaining('nobody has acknowledged it for 15m')],
      }),
    ]);
    // The page of the receiver is over with the page; it gets the ticket anew.
    replay.feed(START + 2 * HOUR, { condition: 'ok' });
    replay.advance(START + 2 * HOUR);
    expect(replay.intents.slice(-3).map(({ action, receiver: name }) => `${action}:${name}`)).toEqual([
      'resolve:pager',
      'resolve:boss',
      'trigger:boss',
    ]);
  });

  test('a next receiver that was told of the page is not told again', () => {
    const page = routing(
      route('pager', {}, { continue: true, escalations: [escalation({ receivers: ['boss'] })] }),
      route('boss'),
    );
    const replay = new Replay(page);
    replay.feed(START);
    replay.advance(START + HOUR);
    expect(replay.calls).toEqual(['trigger:pager', 'trigger:boss']);
    expect(replay.intents).toHaveLength(2);
  });
});

describe('an incident that time has raised', () => {
  const drift = { member: 'DriftMonitor/inputs', severity: 'ticket', owner: 'ml' } as const;
  const steps = routing(
    route('pager', { severity: 'page', owner: 'sre' }, { repeatMs: HOUR }),
    route('boss', { severity: 'page' }),
    route('tickets', { owner: 'sre' }, { escalations: [escalation({ afterMs: 2 * HOUR, raise: true })] }),
    route('ml'),
  );

  function raised(): Replay {
    const replay = new Replay(steps, AT_ONCE);
    replay.feed(START, ticket);
    replay.advance(START + 2 * HOUR);
    expect(replay.calls).toEqual(['trigger:tickets', 'trigger:pager']);
    return replay;
  }

  test('is a page for the rules for which it was raised, and not for one that joins', () => {
    const replay = raised();
    replay.feed(START + 3 * HOUR, drift);
    replay.advance(START + 4 * HOUR);
    expect(replay.calls).toEqual(['trigger:tickets', 'trigger:pager']);
    const { changes } = replay.feed(START + 5 * HOUR, { ...ticket, condition: 'ok' });
    expect(changes.map(({ kind, severity }) => `${kind} ${severity}`)).toEqual([
      'left page',
      'deescalated ticket',
    ]);
    replay.advance(START + 24 * HOUR);
    expect(replay.calls.slice(2)).toEqual(['resolve:pager', 'trigger:ml']);
    expect(replay.state).toMatchObject({ status: 'open', severity: 'ticket', raisedTo: null });
  });

  test('is no page for a rule that another route led elsewhere', () => {
    const replay = new Replay(steps, AT_ONCE);
    replay.feed(START, drift);
    replay.feed(START, ticket);
    replay.advance(START + 3 * HOUR);
    expect(replay.calls).toEqual(['trigger:ml', 'trigger:tickets', 'trigger:pager']);
  });

  test('is a ticket when the rule comes back beside one that goes on', () => {
    const replay = raised();
    replay.feed(START + 3 * HOUR, drift);
    replay.feed(START + 4 * HOUR, { ...ticket, condition: 'ok' });
    replay.feed(START + 5 * HOUR, ticket);
    expect(replay.state).toMatchObject({ severity: 'ticket', raisedTo: null });
  });

  test('goes on as a page while one of its rules does, and while a page of its own fires', () => {
    const replay = raised();
    replay.feed(START + 3 * HOUR);
    replay.feed(START + 4 * HOUR, { condition: 'ok' });
    expect(replay.state).toMatchObject({ severity: 'page', raisedTo: 'page' });
    replay.feed(START + 5 * HOUR);
    replay.feed(START + 6 * HOUR, { ...ticket, condition: 'ok' });
    expect(replay.state).toMatchObject({ severity: 'page', raisedTo: null });
    expect(replay.calls).toEqual(['trigger:tickets', 'trigger:pager']);
  });

  test('is read as an earlier version meant it: raised for all that fire', () => {
    const replay = raised();
    const { raisedMembers, ...stored } = JSON.parse(JSON.stringify(replay.state)) as Record<string, unknown>;
    expect(raisedMembers).toEqual(['SLO/availability/ticket-slow']);
    replay.state = readIncidentState(JSON.stringify(stored));
    replay.replan(START + 2 * HOUR + MINUTE);
    replay.feed(START + 3 * HOUR, drift);
    expect(replay.state).toMatchObject({ severity: 'page', raisedTo: 'page' });
    replay.feed(START + 4 * HOUR, { ...ticket, condition: 'ok' });
    replay.advance(START + 5 * HOUR);
    expect(replay.state).toMatchObject({ severity: 'ticket', raisedTo: null });
    expect(replay.calls.slice(2)).toEqual(['resolve:pager', 'trigger:ml']);
  });

  test('is a page that nobody has taken on: it is repeated, and its own steps are taken', () => {
    const paging = routing(
      route(
        'pager',
        { severity: 'page' },
        { repeatMs: HOUR, escalations: [escalation({ when: 'not-acknowledged', receivers: ['boss'] })] },
      ),
      route('tickets', {}, { escalations: [escalation({ afterMs: 24 * HOUR, raise: true })] }),
    );
    const replay = new Replay(paging);
    replay.feed(START, ticket);
    replay.command(START + MINUTE, {});
    replay.advance(START + 24 * HOUR);
    expect(replay.state).toMatchObject({ severity: 'page', acknowledged: null });
    replay.advance(START + 25 * HOUR);
    expect(replay.calls).toEqual(['trigger:tickets', 'trigger:pager', 'trigger:boss']);
    expect(replay.intents.at(-1)).toMatchObject({ receiver: 'pager', reason: 'repeated' });
  });
});
