import { describe, expect, test } from '@jest/globals';
import { MINUTE, Replay, START } from '../../fixtures/signals.js';

const AT_ONCE = { keepFiringMs: 0 };

describe('drift and outputs', () => {
  const drift = {
    member: 'DriftMonitor/inputs',
    kind: 'DriftMonitor',
    severity: 'ticket',
    aspect: 'inputs',
    raisedBy: ['outputs', 'accuracy'],
  } as const;
  const outputs = { member: 'QualityMonitor/answers', severity: 'ticket', aspect: 'outputs' } as const;

  test('drift alone is a ticket; together with a change of the outputs it is a page; then a ticket again', () => {
    const replay = new Replay(undefined, AT_ONCE);
    expect(replay.feed(START, drift).state?.severity).toBe('ticket');
    const together = replay.feed(START + MINUTE, outputs);
    expect(together.changes.map(({ kind }) => kind)).toEqual(['escalated']);
    expect(together.state?.members[drift.member]).toMatchObject({ severity: 'page', ownSeverity: 'ticket' });
    expect(together.state?.members[outputs.member]?.severity).toBe('ticket');
    replay.feed(START + 2 * MINUTE, { ...outputs, condition: 'ok' });
    expect(replay.calls).toEqual(['trigger:tickets', 'trigger:pager', 'resolve:pager']);
  });

  test('a rule that does not ask for it is never raised, nor by an aspect it does not name', () => {
    const plain = new Replay(undefined, AT_ONCE);
    plain.feed(START, { ...drift, raisedBy: [] });
    plain.feed(START + MINUTE, outputs);
    expect(plain.state?.severity).toBe('ticket');
    const other = new Replay(undefined, AT_ONCE);
    other.feed(START, drift);
    other.feed(START + MINUTE, { ...outputs, aspect: 'data-quality' });
    expect(other.state?.severity).toBe('ticket');
  });
});
