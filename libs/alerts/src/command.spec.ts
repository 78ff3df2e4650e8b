import { describe, expect, test } from '@jest/globals';
import { MINUTE, Replay, START } from '../fixtures/signals.js';
import { DISMISSED_MS } from './member.js';
import type { Signal } from './signal.js';

const AT_ONCE = { keepFiringMs: 0 };
const kinds = (entry: { readonly changes: readonly { readonly kind: string }[] }): string[] =>
  entry.changes.map(({ kind }) => kind);

describe('an acknowledgement', () => {
  test('is kept with name, time and remark, told to receivers that know of it, and not to the one it came through', () => {
    const replay = new Replay();
    replay.feed(START);
    const entry = replay.command(START + MINUTE, { text: 'looking', origin: '' });
    expect(entry.state).toMatchObject({
      acknowledged: { by: 'ada', at: START + MINUTE },
      comments: [{ by: 'ada', at: START + MINUTE, text: 'looking' }],
    });
    expect(entry.intents).toEqual([
      expect.objectContaining({
        receiver: 'pager',
        action: 'acknowledge',
        reason: 'acknowledged',
        by: 'ada',
        text: 'looking',
      }),
    ]);
    const through = new Replay();
    through.feed(START);
    expect(through.command(START + MINUTE, { origin: 'pager' }).intents).toEqual([]);
    expect(through.state?.acknowledged?.by).toBe('ada');
  });

  test('a second one changes nothing; it can be taken back', () => {
    const replay = new Replay();
    replay.feed(START);
    replay.command(START + 1, {});
    expect(kinds(replay.command(START + 2, { by: 'bob' }))).toEqual([]);
    expect(kinds(replay.command(START + 3, { kind: 'unacknowledge' }))).toEqual(['unacknowledged']);
    expect(kinds(replay.command(START + 4, { kind: 'unacknowledge' }))).toEqual([]);
    expect(replay.state?.acknowledged).toBeNull();
  });

  test('does not outlive an escalation or a re-opening', () => {
    const replay = new Replay(undefined, AT_ONCE);
    replay.feed(START, { tier: 'slow', severity: 'ticket' });
    replay.command(START + 1, {});
    expect(replay.feed(START + 2, {}).state?.acknowledged).toBeNull();
    replay.command(START + 3, {});
    replay.feed(START + 4, { condition: 'ok' });
    replay.feed(START + 5, { tier: 'slow', severity: 'ticket', condition: 'ok' });
    expect(replay.state).toMatchObject({ status: 'resolved', acknowledged: { by: 'ada' } });
    expect(replay.feed(START + 6, {}).state).toMatchObject({ status: 'open', acknowledged: null });
  });
});

describe('assignments and comments', () => {
  test('are history, and told', () => {
    const replay = new Replay();
    replay.feed(START);
    const assigned = replay.command(START + 1, { kind: 'assign', text: 'bob' });
    expect([kinds(assigned), assigned.state?.assignee]).toEqual([['assigned'], 'bob']);
    expect(kinds(replay.command(START + 2, { kind: 'assign', text: 'bob' }))).toEqual([]);
    const commented = replay.command(START + 3, { kind: 'comment', text: 'a\u0000b\nc' });
    expect(commented.intents[0]).toMatchObject({ action: 'update', reason: 'commented', by: 'ada' });
    expect(commented.state?.comments).toEqual([{ at: START + 3, by: 'ada', text: 'a b c' }]);
    expect(kinds(replay.command(START + 4, { kind: 'comment', text: ' \n ' }))).toEqual([]);
  });

  test('a resolved incident can be commented on, and nothing else', () => {
    const replay = new Replay(undefined, AT_ONCE);
    replay.feed(START);
    replay.feed(START + 1, { condition: 'ok' });
    expect(kinds(replay.command(START + 2, { kind: 'comment', text: 'it was the cache' }))).toEqual([
      'commented',
    ]);
    for (const kind of ['acknowledge', 'assign', 'resolve', 'unacknowledge'] as const) {
      expect(kinds(replay.command(START + 3, { kind, text: 'x' }))).toEqual([]);
    }
  });

  test('keep the newest 50 comments', () => {
    const replay = new Replay();
    replay.feed(START);
    for (let number = 1; number <= 60; number += 1) {
      replay.command(START + number, { kind: 'comment', text: `number ${number}` });
    }
    expect(replay.state?.comments).toHaveLength(50);
    expect(replay.state?.comments[0]?.text).toBe('number 11');
  });
});

describe('a resolve by hand', () => {
  test('closes what was opened and says who did it', () => {
    const replay = new Replay();
    replay.feed(START);
    const { state, intents } = replay.command(START + MINUTE, { kind: 'resolve', text: 'known' });
    expect(state).toMatchObject({
      status: 'resolved',
      resolvedBy: 'ada',
      resolvedAt: START + MINUTE,
      opened: [],
    });
    expect(intents).toEqual([
      expect.objectContaining({
        receiver: 'pager',
        action: 'resolve',
        reason: 'resolved-by-hand',
        by: 'ada',
      }),
    ]);
  });

  test('a rule that goes on firing is not heard before it has been well', () => {
    const replay = new Replay(undefined, AT_ONCE);
    replay.feed(START);
    replay.command(START + MINUTE, { kind: 'resolve' });
    expect(kinds(replay.feed(START + 2 * MINUTE))).toEqual([]);
    replay.feed(START + 3 * MINUTE, { condition: 'ok' });
    expect(kinds(replay.feed(START + 4 * MINUTE))).toEqual(['reopened']);
  });

  test('a rule that fires for an hour is heard again: an outage is not lost to a click', () => {
    const replay = new Replay();
    replay.feed(START);
    replay.command(START, { kind: 'resolve' });
    expect(kinds(replay.feed(START + DISMISSED_MS - 1))).toEqual([]);
    const again = replay.feed(START + DISMISSED_MS);
    expect([kinds(again), again.intents.map(({ action }) => action)]).toEqual([['opened'], ['trigger']]);
  });

  test('another tier of the same rule is as dismissed; one that is more severe is heard, and so is another rule', () => {
    const resolved = (part: Partial<Signal> = {}): Replay => {
      const replay = new Replay(undefined, AT_ONCE);
      replay.feed(START, part);
      replay.command(START + 1, { kind: 'resolve' });
      return replay;
    };
    expect(kinds(resolved().feed(START + 2, { tier: 'page-slow' }))).toEqual([]);
    expect(kinds(resolved().feed(START + 2, { tier: 'ticket-slow', severity: 'ticket' }))).toEqual([]);
    const ticket = resolved({ tier: 'ticket-slow', severity: 'ticket' });
    expect(kinds(ticket.feed(START + 2, { tier: 'page-fast' }))).toEqual(['reopened']);
    const other = { rule: 'latency', member: 'SLO/latency/page-fast' };
    expect(kinds(resolved().feed(START + 2, other))).toEqual(['reopened']);
    const tenantB = {
      member: 'SLO/availability/page-fast/tenant=b',
      labels: { tenant: 'b', team: 'sre' },
    };
    expect(kinds(resolved().feed(START + 2, tenantB))).toEqual(['reopened']);
    const tenantA = resolved({ labels: { tenant: 'a', team: 'sre' } });
    expect(kinds(tenantA.feed(START + 2, tenantB))).toEqual(['reopened']);
    const sameTenant = resolved({ labels: { team: 'sre', tenant: 'b' } });
    expect(kinds(sameTenant.feed(START + 2, { ...tenantB, tier: 'page-slow' }))).toEqual([]);
    const well = resolved();
    well.feed(START + 2, { condition: 'ok' });
    expect(kinds(well.feed(START + 3, { tier: 'page-slow' }))).toEqual(['reopened']);
  });

  test('a ticket that becomes a page is heard as one that begins now; what falls and comes back is not', () => {
    const levels = { member: 'MetricMonitor/errors', kind: 'MetricMonitor', rule: 'errors', tier: '' };
    const ticket = new Replay();
    ticket.feed(START, { ...levels, severity: 'ticket' });
    ticket.command(START + MINUTE, { kind: 'resolve' });
    expect(kinds(ticket.feed(START + 2 * MINUTE, { ...levels, severity: 'ticket' }))).toEqual([]);
    const { changes, intents, state } = ticket.feed(START + 3 * MINUTE, { ...levels, severity: 'page' });
    expect(kinds({ changes })).toEqual(['reopened']);
    expect(intents.map(({ action, receiver }) => `${action}:${receiver}`)).toEqual(['trigger:pager']);
    expect(state?.members[levels.member]).toMatchObject({
      phase: 'firing',
      severity: 'page',
      since: START + 3 * MINUTE,
      leftAt: null,
    });
    const page = new Replay();
    page.feed(START, { ...levels, severity: 'page' });
    page.command(START + MINUTE, { kind: 'resolve' });
    expect(kinds(page.feed(START + 2 * MINUTE, { ...levels, severity: 'ticket' }))).toEqual([]);
    expect(kinds(page.feed(START + 3 * MINUTE, { ...levels, severity: 'page' }))).toEqual([]);
    expect(kinds(page.feed(START + MINUTE + DISMISSED_MS, { ...levels, severity: 'page' }))).toEqual([
      'opened',
    ]);
  });

  test('drift that was a page beside its outputs was seen as one; drift that was a ticket was not', () => {
    const drift = {
      member: 'DriftMonitor/inputs',
      kind: 'DriftMonitor',
      rule: 'inputs',
      tier: '',
      severity: 'ticket',
      aspect: 'inputs',
      raisedBy: ['outputs'],
    } as const;
    const outputs = {
      member: 'QualityMonitor/answers',
      kind: 'QualityMonitor',
      rule: 'answers',
      tier: '',
      severity: 'ticket',
      aspect: 'outputs',
    } as const;
    const seen = new Replay(undefined, AT_ONCE);
    seen.feed(START, drift);
    seen.feed(START + 1, outputs);
    expect(seen.state?.severity).toBe('page');
    seen.command(START + 2, { kind: 'resolve' });
    seen.feed(START + 3, { ...outputs, condition: 'ok' });
    seen.feed(START + 4, drift);
    expect(seen.feed(START + 5, outputs).state?.severity).toBe('ticket');
    const unseen = new Replay(undefined, AT_ONCE);
    unseen.feed(START, drift);
    unseen.command(START + 1, { kind: 'resolve' });
    const { state, intents } = unseen.feed(START + 2, outputs);
    expect(state?.members[drift.member]).toMatchObject({
      phase: 'firing',
      severity: 'page',
      since: START + 2,
    });
    expect(intents.map(({ action, receiver }) => `${action}:${receiver}`)).toEqual(['trigger:pager']);
  });
});
