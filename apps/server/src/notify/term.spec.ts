import { describe, expect, test } from '@jest/globals';
import { whyNotHealthy } from './term.js';

const MINUTE = 60_000;

/** What holds a dead man's switch back when all is well but for `part`. */
function held(part: {
  readonly lease?: boolean;
  /** How long ago a round of SLOs ended and the term began, ms; `null` for no round. */
  readonly roundAgoMs?: number | null;
  readonly begunAgoMs?: number;
  readonly monitors?: string;
  readonly delivery?: string;
}): string | null {
  const now = Date.now();
  const { lease = true, roundAgoMs = 1_000, begunAgoMs = 10 * MINUTE, monitors, delivery } = part;
  return whyNotHealthy(
    {
      lastEvaluationAt: () => (roundAgoMs === null ? null : now - roundAgoMs),
      alerting: { delivery: { trouble: delivery ?? null } },
    },
    {
      lease: { held: () => lease },
      evaluation: { trouble: (at) => (at >= now && monitors !== undefined ? monitors : null) },
      startedAt: now - begunAgoMs,
    },
  );
}

describe("a dead man's switch", () => {
  test('hears that all is well when everything runs, and in the first minute of a term', () => {
    expect(held({})).toBeNull();
    expect(held({ roundAgoMs: null, begunAgoMs: MINUTE / 2 })).toBeNull();
  });

  test.each([
    ['the lease is elsewhere', { lease: false }, 'this process does not hold the lease of alerts'],
    ['SLOs are not judged', { roundAgoMs: 2 * MINUTE }, 'no round of evaluation has ended for a minute'],
    ['SLOs were never judged', { roundAgoMs: null }, 'no round of evaluation has ended for a minute'],
    ['monitors stand still', { monitors: 'no round of monitors' }, 'no round of monitors'],
    ['messages cannot be sent', { delivery: 'no outbox' }, 'no outbox'],
  ])('does not when %s', (_what, part, reason) => {
    expect(held(part)).toBe(reason);
  });
});
