import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MINUTE, Replay, routing, SECOND, START, TWO_ROUTES } from '../fixtures/signals.js';
import type { Routing } from './routing/route.js';
import { compareSeverity, maxSeverity, type Severity } from './severity.js';
import type { SignalCondition } from './signal.js';

const TIERS: readonly [name: string, severity: Severity][] = [
  ['page-fast', 'page'],
  ['page-slow', 'page'],
  ['ticket-fast', 'ticket'],
  ['ticket-slow', 'ticket'],
];
const REOPEN_WITHIN = 15 * MINUTE;
const KEEP_FIRING = 5 * MINUTE;

interface Move {
  readonly tier: number;
  readonly condition: SignalCondition;
  readonly pauseMs: number;
}

const move: fc.Arbitrary<Move> = fc.record({
  tier: fc.integer({ min: 0, max: TIERS.length - 1 }),
  condition: fc.constantFrom<SignalCondition>('firing', 'ok', 'ok', 'unknown'),
  // From the next evaluation to longer than every time in the policy, so that all branches are reached.
  pauseMs: fc.constantFrom(10 * SECOND, 1 * MINUTE, 3 * MINUTE, 6 * MINUTE, 20 * MINUTE),
});
const moves = fc.array(move, { minLength: 1, maxLength: 80 });
const holds = fc.constantFrom(0, 2 * MINUTE);
const waits = fc.constantFrom(0, 5 * MINUTE);

function routingWith(groupWaitMs: number): Routing {
  return routing(...TWO_ROUTES.routes.map((route) => ({ ...route, groupWaitMs })));
}

function replayOf(sequence: readonly Move[], holdMs: number, groupWaitMs: number): Replay {
  const replay = new Replay(routingWith(groupWaitMs), {
    holdMs,
    keepFiringMs: KEEP_FIRING,
    reopenWithinMs: REOPEN_WITHIN,
  });
  let now = START;
  for (const { tier, condition, pauseMs } of sequence) {
    now += pauseMs;
    const [name, severity] = TIERS[tier]!;
    replay.feed(now, { tier: name, severity, condition });
  }
  return replay;
}

function everyReplay(check: (replay: Replay) => void): void {
  fc.assert(
    fc.property(moves, holds, waits, (sequence, holdMs, groupWaitMs) =>
      check(replayOf(sequence, holdMs, groupWaitMs)),
    ),
    { numRuns: 300, seed: 20_261_122 },
  );
}

describe('whatever the signals', () => {
  test('a receiver that knows of an opening is not told of it again, and is told of the end exactly once', () => {
    everyReplay((replay) => {
      for (const incident of new Set(replay.intents.map(({ incidentId }) => incidentId))) {
        for (const name of ['pager', 'tickets']) {
          const calls = replay.intents
            .filter((intent) => intent.incidentId === incident && intent.receiver === name)
            .filter(({ action }) => action === 'trigger' || action === 'resolve')
            .map(({ action }) => action);
          calls.forEach((action, index) => expect(action).toBe(index % 2 === 0 ? 'trigger' : 'resolve'));
        }
      }
    });
  });

  test('what a receiver holds open is what the state says, and it is closed when the incident has resolved', () => {
    everyReplay((replay) => {
      const open = new Map<string, Set<string>>();
      for (const { state, intents } of replay.entries) {
        for (const { incidentId, receiver, action } of intents) {
          const held = open.get(incidentId) ?? new Set();
          open.set(incidentId, held);
          if (action === 'resolve') {
            held.delete(receiver);
          } else {
            held.add(receiver);
          }
        }
        if (state !== null) {
          expect([...(open.get(state.id) ?? [])].sort()).toEqual(
            state.opened.map(({ receiver }) => receiver).sort(),
          );
          expect(state.status === 'resolved' && state.opened.length > 0).toBe(false);
        }
      }
    });
  });

  test('a page is open exactly while a page fires, once its wait is over', () => {
    everyReplay((replay) => {
      for (const { state } of replay.entries) {
        const pages = state?.status === 'open' && state.severity === 'page';
        const paged = state?.opened.some(({ receiver }) => receiver === 'pager') ?? false;
        expect(paged && !pages).toBe(false);
      }
    });
  });

  test('every incident resolves, and closes what it opened, once all is well for long enough', () => {
    everyReplay((replay) => {
      const end = replay.entries.at(-1)!.at;
      for (const after of [MINUTE, MINUTE + KEEP_FIRING]) {
        for (const [tier, severity] of TIERS) {
          replay.feed(end + after, { tier, severity, condition: 'ok' });
        }
      }
      expect([undefined, 'resolved']).toContain(replay.state?.status);
      expect(replay.state?.opened ?? []).toEqual([]);
    });
  });

  test('the sequence of an incident rises by one with every change, and intent ids are unique', () => {
    everyReplay((replay) => {
      const last = new Map<string, number>();
      for (const change of replay.changes) {
        expect(change.sequence).toBe((last.get(change.incidentId) ?? 0) + 1);
        last.set(change.incidentId, change.sequence);
      }
      const ids = replay.intents.map((intent) => intent.id);
      expect(new Set(ids).size).toBe(ids.length);
    });
  });

  test('an open incident has the severity of its most severe firing member', () => {
    everyReplay((replay) => {
      for (const { state } of replay.entries) {
        if (state?.status === 'open') {
          const firing = Object.values(state.members).filter((member) => member.phase === 'firing');
          expect(state.severity).toBe(maxSeverity(firing.map((member) => member.severity)));
        }
      }
    });
  });

  test('an unknown signal changes nothing and sends nothing', () => {
    everyReplay((replay) => {
      for (const entry of replay.entries.filter(({ signal }) => signal?.condition === 'unknown')) {
        expect([entry.changes, entry.intents]).toEqual([[], []]);
      }
    });
  });

  test('no member leaves before it was seen ok, without a break, for its keep-firing time', () => {
    everyReplay((replay) => {
      for (const [index, { changes, signal, at }] of replay.entries.entries()) {
        if (signal !== null && changes.some(({ kind }) => kind === 'left' || kind === 'resolved')) {
          const own = replay.entries
            .slice(0, index + 1)
            .filter((entry) => entry.signal?.member === signal.member);
          const lastBad = own.findLastIndex((entry) => entry.signal?.condition !== 'ok');
          expect(at - own[lastBad + 1]!.at).toBeGreaterThanOrEqual(KEEP_FIRING);
        }
      }
    });
  });

  test('an incident re-opens inside the re-open time and starts a new generation after it', () => {
    everyReplay((replay) => {
      let resolvedAt: number | null = null;
      let generation = 0;
      for (const { changes, state } of replay.entries) {
        for (const change of changes) {
          if (change.kind === 'reopened') {
            expect(change.at - resolvedAt!).toBeLessThanOrEqual(REOPEN_WITHIN);
            expect(state?.generation).toBe(generation);
          } else if (change.kind === 'opened') {
            expect(resolvedAt === null || change.at - resolvedAt > REOPEN_WITHIN).toBe(true);
            expect(state?.generation).toBe(generation + 1);
          }
          resolvedAt = change.kind === 'resolved' ? change.at : resolvedAt;
          generation = state?.generation ?? generation;
        }
      }
    });
  });

  test('an escalation raises the severity and triggers only the page route', () => {
    everyReplay((replay) => {
      for (const [index, { changes, intents }] of replay.entries.entries()) {
        if (changes.some((change) => change.kind === 'escalated')) {
          const before = replay.entries[index - 1]!.state!.severity;
          expect(compareSeverity(changes[0]!.severity, before)).toBeGreaterThan(0);
          expect(intents.every(({ receiver, action }) => receiver === 'pager' || action === 'update')).toBe(
            true,
          );
        }
      }
    });
  });

  test('a state that went through JSON is the same state and goes on in the same way', () => {
    fc.assert(
      fc.property(moves, holds, (sequence, holdMs) => {
        const straight = replayOf(sequence, holdMs, 0);
        const restarted = new Replay(routingWith(0), {
          holdMs,
          keepFiringMs: KEEP_FIRING,
          reopenWithinMs: REOPEN_WITHIN,
        });
        for (const { at, signal } of straight.entries) {
          if (signal === null) {
            continue;
          }
          restarted.state = JSON.parse(JSON.stringify(restarted.state)) as Replay['state'];
          restarted.feed(at, signal);
        }
        expect(restarted.state).toEqual(straight.state);
        expect(restarted.intents).toEqual(straight.intents);
      }),
      { numRuns: 200, seed: 20_261_122 },
    );
  });
});

describe('one outage is one page', () => {
  /** What the four tiers of an SLO say during an outage of minutes 10 to 25, evaluated every 10 s (tickets 30 s). */
  function hourOfSignals(replay: Replay): void {
    const firing: Record<string, readonly [from: number, to: number]> = {
      'page-fast': [11, 30],
      'page-slow': [13, 50],
      'ticket-fast': [15, 58],
      'ticket-slow': [15, 58],
    };
    for (let second = 0; second < 3_600; second += 10) {
      for (const [tier, severity] of TIERS) {
        if (severity === 'page' || second % 30 === 0) {
          const [from, to] = firing[tier]!;
          const condition = second >= from * 60 && second < to * 60 ? 'firing' : 'ok';
          replay.feed(START + second * SECOND, { tier, severity, condition }, {});
        }
      }
    }
    for (let minute = 60; minute <= 100; minute += 1) {
      for (const [tier, severity] of TIERS) {
        replay.feed(START + minute * MINUTE, { tier, severity, condition: 'ok' }, {});
      }
    }
  }

  test('an hour of signals from four tiers is one page, and one ticket for what goes on after it', () => {
    const replay = new Replay();
    hourOfSignals(replay);
    expect(replay.entries.length).toBeGreaterThan(900);
    expect(replay.story).toEqual([
      'opened trigger:pager',
      'joined update:pager',
      'joined update:pager',
      'joined update:pager',
      'left update:pager',
      'deescalated resolve:pager trigger:tickets',
      'left update:tickets',
      'resolved resolve:tickets',
    ]);
  });

  test('when a ticket tier fires first, it is one ticket, one page and their resolves', () => {
    const replay = new Replay();
    replay.feed(START, {
      tier: 'drift',
      severity: 'ticket',
      member: 'DriftMonitor/inputs',
      kind: 'DriftMonitor',
    });
    hourOfSignals(replay);
    replay.feed(START + 101 * MINUTE, { severity: 'ticket', member: 'DriftMonitor/inputs', condition: 'ok' });
    replay.feed(START + 131 * MINUTE, { severity: 'ticket', member: 'DriftMonitor/inputs', condition: 'ok' });
    expect(replay.calls).toEqual(['trigger:tickets', 'trigger:pager', 'resolve:pager', 'resolve:tickets']);
  });
});
