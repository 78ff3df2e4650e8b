import { describe, expect, test } from '@jest/globals';
import { escalation, MINUTE, receiver, Replay, route, routing, START } from '../../fixtures/signals.js';
import type { Silence } from '../suppression/suppression.js';

const HOUR = 60 * MINUTE;
const ticket = { tier: 'ticket-slow', severity: 'ticket' } as const;
const AT_ONCE = { keepFiringMs: 0 };

function silence(part: Partial<Silence> = {}): Silence {
  return {
    id: 's-1',
    matchers: [{ label: 'service', op: 'equals', value: 'ranker-api' }],
    startsAt: START - MINUTE,
    endsAt: START + 30 * MINUTE,
    comment: 'upgrade',
    createdBy: 'ada',
    createdAt: START - MINUTE,
    withdrawnAt: null,
    ...part,
  };
}

describe('suppression', () => {
  test('holds back, is history, and when it ends while the incident fires it is told at that moment', () => {
    const replay = new Replay();
    replay.stage.suppression = { ...replay.stage.suppression, silences: [silence()] };
    replay.feed(START);
    expect(replay.story).toEqual(['opened suppressed']);
    expect(replay.changes.at(-1)?.text).toMatch(/^SLO\/availability\/page-fast: /);
    expect(Object.values(replay.state!.members)[0]?.suppressed).toMatchObject({ kind: 'silence', id: 's-1' });
    replay.advance(START + 30 * MINUTE - 1);
    expect(replay.calls).toEqual([]);
    replay.advance(START + 30 * MINUTE);
    expect(replay.story).toEqual(['opened suppressed', 'unsuppressed trigger:pager']);
    expect(replay.intents[0]?.reason).toBe('suppression-ended');
  });

  test('a wait that has passed meanwhile is not begun again', () => {
    const replay = new Replay(routing(route('tickets', {}, { groupWaitMs: 5 * MINUTE })));
    replay.stage.suppression = { ...replay.stage.suppression, silences: [silence()] };
    replay.feed(START, ticket);
    replay.advance(START + 30 * MINUTE);
    expect(replay.calls).toEqual(['trigger:tickets']);
  });

  test('what was ok again before a warm-up ended is not told then', () => {
    const inputs = { ...ticket, member: 'DriftMonitor/inputs', aspect: 'inputs' } as const;
    const replay = new Replay();
    const deployed = { deploymentId: 'd-81', service: 'ranker-api', model: '', region: '', at: START };
    replay.stage.suppression = { ...replay.stage.suppression, warmUps: [deployed] };
    replay.feed(START + 4 * MINUTE, inputs);
    replay.feed(START + 10 * MINUTE, { ...inputs, condition: 'ok' });
    replay.advance(START + 39 * MINUTE);
    replay.feed(START + 40 * MINUTE, { ...inputs, condition: 'ok' });
    expect(replay.calls).toEqual([]);
    expect(replay.story).toEqual(['opened suppressed', 'unsuppressed', 'resolved']);
  });

  test('never holds back an end, and never closes what goes on', () => {
    const replay = new Replay(undefined, AT_ONCE);
    replay.feed(START);
    replay.stage.suppression = { ...replay.stage.suppression, silences: [silence()] };
    expect(replay.replan(START + MINUTE).changes.map(({ kind }) => kind)).toEqual(['suppressed']);
    expect(replay.calls).toEqual(['trigger:pager']);
    replay.feed(START + 2 * MINUTE, { condition: 'ok' });
    expect(replay.calls).toEqual(['trigger:pager', 'resolve:pager']);
  });

  test('a silenced page does not close its alert while a ticket speaks', () => {
    const replay = new Replay(undefined, AT_ONCE);
    replay.feed(START);
    replay.feed(START, ticket);
    const pageOnly = silence({ matchers: [{ label: 'severity', op: 'equals', value: 'page' }] });
    replay.stage.suppression = { ...replay.stage.suppression, silences: [pageOnly] };
    replay.replan(START + MINUTE);
    replay.advance(START + 2 * MINUTE);
    expect(replay.calls).toEqual(['trigger:pager', 'trigger:tickets']);
  });

  describe('of what was told before', () => {
    const both = routing(route('ml', { owner: 'ml' }), route('pager'));
    const second = { tier: 'page-slow' } as const;
    const foreign = { member: 'DriftMonitor/inputs', owner: 'ml' } as const;

    function silenced(given: readonly Silence[] = [silence()], updates = true): Replay {
      const names = ['pager', 'tickets', 'ml'].map((name) => receiver(name, { updates }));
      const replay = new Replay(both, AT_ONCE, names);
      replay.feed(START);
      replay.feed(START, second);
      replay.stage.suppression = { ...replay.stage.suppression, silences: given };
      replay.replan(START + MINUTE);
      return replay;
    }

    test.each([
      ['update', true],
      ['trigger', false],
    ])('is told again once at its end, for all rules together (%s)', (action, updates) => {
      const replay = silenced([silence()], updates);
      replay.advance(START + 30 * MINUTE - 1);
      expect(replay.intents.filter(({ reason }) => reason !== 'changed')).toHaveLength(1);
      const before = replay.intents.length;
      replay.advance(START + HOUR);
      expect(replay.intents.slice(before)).toEqual([
        expect.objectContaining({
          ...{ receiver: 'pager', action, reason: 'suppression-ended', severity: 'page' },
          notBefore: START + 30 * MINUTE,
        }),
      ]);
    });

    test('is told again at the end of a maintenance window', () => {
      const window = {
        ...{ name: 'nights', matchers: silence().matchers, rrule: '', timeZone: 'UTC', comment: 'upgrade' },
        ...{ from: START - MINUTE, to: START + 30 * MINUTE },
      };
      const replay = new Replay();
      replay.feed(START);
      replay.stage.suppression = { ...replay.stage.suppression, windows: [window] };
      replay.replan(START + MINUTE);
      replay.advance(START + 30 * MINUTE);
      expect(replay.intents.at(-1)).toMatchObject({ receiver: 'pager', reason: 'suppression-ended' });
    });

    test('is news like any other while somebody has taken it on', () => {
      const replay = silenced();
      replay.command(START + 2 * MINUTE, {});
      replay.advance(START + HOUR);
      expect(replay.intents.map(({ reason }) => reason)).not.toContain('suppression-ended');
      expect(replay.intents.at(-1)).toMatchObject({ action: 'update', reason: 'changed' });
    });

    test('is not told to those whose rules were not quiet', () => {
      const replay = silenced([silence({ matchers: [{ label: 'owner', op: 'equals', value: 'sre' }] })]);
      replay.feed(START + 2 * MINUTE, foreign);
      replay.advance(START + HOUR);
      const told = replay.intents.filter(({ reason }) => reason === 'suppression-ended');
      expect(told.map(({ receiver: name }) => name)).toEqual(['pager']);
    });

    test('is not told again after every deployment', () => {
      const inputs = { ...ticket, member: 'DriftMonitor/inputs', aspect: 'inputs' } as const;
      const replay = new Replay();
      replay.feed(START, inputs);
      const warmUp = {
        deploymentId: 'd-82',
        service: 'ranker-api',
        model: '',
        region: '',
        at: START + MINUTE,
      };
      replay.stage.suppression = { ...replay.stage.suppression, warmUps: [warmUp] };
      replay.replan(START + MINUTE);
      replay.advance(START + HOUR);
      expect(replay.changes.map(({ kind }) => kind)).toContain('unsuppressed');
      expect(replay.intents.map(({ reason }) => reason)).not.toContain('suppression-ended');
    });
  });

  describe('by severity, of a ticket that time has raised', () => {
    const steps = routing(
      route('pager', { severity: 'page' }, { repeatMs: HOUR }),
      route(
        'tickets',
        {},
        { escalations: [escalation({ afterMs: HOUR, raise: true, receivers: ['boss'] })] },
      ),
    );
    const ofSeverity = (value: string): Silence =>
      silence({ matchers: [{ label: 'severity', op: 'equals', value }], endsAt: START + 24 * HOUR });

    function raised(value: string, silentFrom: number): Replay {
      const replay = new Replay(steps);
      replay.feed(START, ticket);
      replay.advance(silentFrom);
      replay.stage.suppression = { ...replay.stage.suppression, silences: [ofSeverity(value)] };
      replay.replan(silentFrom);
      replay.advance(START + 3 * HOUR);
      return replay;
    }

    test('a silence of tickets is not one of the page', () => {
      const replay = raised('ticket', START + HOUR + MINUTE);
      const pages = replay.intents.filter(({ receiver: name }) => name === 'pager');
      expect(pages.map(({ reason }) => reason)).toEqual(['escalated', 'repeated', 'repeated']);
    });

    test('a silence of pages is', () => {
      const replay = raised('page', START + HOUR + MINUTE);
      const pages = replay.intents.filter(({ receiver: name }) => name === 'pager');
      expect(pages.map(({ reason }) => reason)).toEqual(['escalated']);
      expect(replay.changes.map(({ kind }) => kind)).toContain('suppressed');
    });

    test('a silence of pages holds from the moment at which it becomes one', () => {
      const replay = raised('page', START + MINUTE);
      expect(replay.story).toEqual(['opened trigger:tickets', 'raised suppressed']);
      replay.advance(START + 24 * HOUR);
      expect(replay.calls).toEqual(['trigger:tickets', 'trigger:pager']);
    });
  });

  test('a silence that is taken back ends at the next look', () => {
    const replay = new Replay();
    replay.stage.suppression = { ...replay.stage.suppression, silences: [silence()] };
    replay.feed(START);
    replay.stage.suppression = {
      ...replay.stage.suppression,
      silences: [silence({ withdrawnAt: START + MINUTE })],
    };
    replay.replan(START + MINUTE);
    expect(replay.calls).toEqual(['trigger:pager']);
  });
});
