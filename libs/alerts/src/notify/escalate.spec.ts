import { describe, expect, test } from '@jest/globals';
import { escalation, MINUTE, Replay, route, routing, START } from '../../fixtures/signals.js';

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
});
