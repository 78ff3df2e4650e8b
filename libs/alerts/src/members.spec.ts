import { describe, expect, test } from '@jest/globals';
import { MINUTE, Replay, route, routing, START } from '../fixtures/signals.js';
import { withoutWaits } from './members.js';

const drift = {
  member: 'DriftMonitor/inputs',
  kind: 'DriftMonitor',
  rule: 'inputs',
  tier: '',
  severity: 'ticket',
  aspect: 'inputs',
  raisedBy: ['outputs', 'accuracy'],
} as const;
const outputs = {
  member: 'QualityMonitor/answers',
  kind: 'QualityMonitor',
  rule: 'answers',
  tier: '',
  severity: 'ticket',
  aspect: 'outputs',
} as const;

describe('drift beside its outputs', () => {
  test.each(['ok', 'unknown'] as const)(
    'that comes when the output is %s stays a ticket, and is a page when the output fires again',
    (condition) => {
      const replay = new Replay();
      replay.feed(START, outputs);
      replay.feed(START + MINUTE, { ...outputs, condition });
      expect(replay.feed(START + 28 * MINUTE, drift).state?.severity).toBe('ticket');
      expect(replay.feed(START + 29 * MINUTE, outputs).state?.severity).toBe('page');
      expect(replay.calls).toEqual(['trigger:tickets', 'trigger:pager']);
    },
  );

  test('that was seen well itself is not raised by an output that comes then', () => {
    const replay = new Replay();
    replay.feed(START, drift);
    replay.feed(START + MINUTE, { ...drift, condition: 'ok' });
    expect(replay.feed(START + 2 * MINUTE, outputs).state?.severity).toBe('ticket');
  });

  test('stays a page while both are members that fire, whatever each says in between', () => {
    const replay = new Replay();
    replay.feed(START, drift);
    replay.feed(START + MINUTE, outputs);
    replay.feed(START + 2 * MINUTE, { ...outputs, condition: 'ok' });
    replay.feed(START + 3 * MINUTE, drift);
    replay.feed(START + 4 * MINUTE, { ...outputs, condition: 'unknown' });
    replay.feed(START + 5 * MINUTE, { ...drift, condition: 'ok' });
    replay.feed(START + 6 * MINUTE, drift);
    replay.feed(START + 7 * MINUTE, outputs);
    expect(replay.calls).toEqual(['trigger:tickets', 'trigger:pager']);
    replay.feed(START + 8 * MINUTE, { ...outputs, condition: 'ok' });
    replay.feed(START + 38 * MINUTE, { ...outputs, condition: 'ok' });
    expect(replay.calls).toEqual(['trigger:tickets', 'trigger:pager', 'resolve:pager']);
  });
});

describe('a member that becomes a page in an incident that is one', () => {
  const byRule = routing(
    route('pager', { severity: 'page', rule: 'availability' }),
    route('ml', { severity: 'page', rule: 'errors' }),
    route('tickets', { severity: 'ticket' }),
  );
  const errors = { member: 'MetricMonitor/errors', kind: 'MetricMonitor', rule: 'errors', tier: '' } as const;

  test('is told where its own route leads', () => {
    const replay = new Replay(byRule);
    replay.feed(START);
    replay.feed(START + MINUTE, { ...errors, severity: 'ticket' });
    replay.feed(START + 2 * MINUTE, { ...errors, severity: 'page' });
    expect(replay.calls).toEqual(['trigger:pager', 'trigger:ml']);
    expect(replay.changes.at(-1)).toMatchObject({ kind: 'joined', member: errors.member, severity: 'page' });
  });

  test('is heard although the page that was there before is kept quiet', () => {
    const replay = new Replay();
    const silence = {
      id: 's-1',
      matchers: [{ label: 'rule', op: 'equals', value: 'availability' }],
      startsAt: START - MINUTE,
      endsAt: START + 600 * MINUTE,
      comment: 'known',
      createdBy: 'ada',
      createdAt: START - MINUTE,
      withdrawnAt: null,
    } as const;
    replay.stage.suppression = { ...replay.stage.suppression, silences: [silence] };
    replay.feed(START);
    replay.feed(START + MINUTE, { ...errors, severity: 'ticket' });
    replay.feed(START + 2 * MINUTE, { ...errors, severity: 'page' });
    expect(replay.calls).toEqual(['trigger:tickets', 'trigger:pager']);
  });
});

describe('an incident that is taken over', () => {
  test('does not resolve on one ok signal: what was seen before is forgotten', () => {
    const replay = new Replay();
    replay.feed(START);
    replay.feed(START + MINUTE, { tier: 'page-slow' });
    replay.feed(START + 2 * MINUTE, { condition: 'ok' });
    // Stored here, with the ok time of the first member; that it fires again is not.
    replay.feed(START + 3 * MINUTE, { tier: 'page-third' });
    const stored = replay.state!;
    replay.state = withoutWaits(stored);
    expect(replay.feed(START + 60 * MINUTE, { condition: 'ok' }).changes).toEqual([]);
    expect(replay.feed(START + 65 * MINUTE - 1, { condition: 'ok' }).changes).toEqual([]);
    expect(replay.feed(START + 65 * MINUTE, { condition: 'ok' }).changes).toHaveLength(1);
  });

  test('forgets it of members that fire or are dismissed, and nothing else', () => {
    const replay = new Replay();
    replay.feed(START, { severity: 'page' });
    replay.feed(START + MINUTE, { severity: 'ticket' });
    replay.feed(START + 2 * MINUTE, { condition: 'ok' });
    const [name] = Object.keys(replay.state!.members);
    const member = replay.state!.members[name!]!;
    expect(member).toMatchObject({ okSince: START + 2 * MINUTE, lowerSince: START + MINUTE });
    const state = {
      ...replay.state!,
      members: {
        firing: member,
        dismissed: { ...member, phase: 'dismissed' as const },
        left: { ...member, phase: 'left' as const },
      },
    };
    expect(withoutWaits(state)).toEqual({
      ...state,
      members: {
        firing: { ...member, okSince: null, lowerSince: null },
        dismissed: { ...member, phase: 'dismissed', okSince: null, lowerSince: null },
        left: { ...member, phase: 'left' },
      },
    });
  });
});
