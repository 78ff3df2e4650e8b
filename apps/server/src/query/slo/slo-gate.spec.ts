import { describe, expect, test } from '@jest/globals';
import type { SloDefinition } from '@tidewatch/slo';
import type { VerdictRow } from '@tidewatch/store';
import { gateView } from './slo-gate.js';

const NOW = Date.parse('2026-11-22T10:00:00Z');
const SLO = {
  name: 'ranker',
  groupBy: null,
  budgetPolicy: [{ spent: 1, action: 'freeze', message: '' }],
} as unknown as SloDefinition;

const row = (budgetRemaining: number | null, evaluatedAt = NOW, state = 'ok'): VerdictRow =>
  ({ subject: '', state, severity: '', document: '', budgetRemaining, evaluatedAt }) as unknown as VerdictRow;

describe('the gate of an SLO', () => {
  test('is decided by its last verdict', () => {
    expect(gateView(SLO, [row(0.4)], NOW)).toMatchObject({ open: true, state: 'ok', at: NOW });
    expect(gateView(SLO, [row(-0.4, NOW, 'breach')], NOW)).toMatchObject({
      ...{ slo: 'ranker', open: false, state: 'breach', budgetRemaining: -0.4 },
      steps: [{ spent: 1, action: 'freeze', reached: true }],
    });
  });

  test('is undecided before the first verdict, and where the budget is unknown', () => {
    expect(gateView(SLO, [], NOW)).toMatchObject({
      ...{ open: null, state: null, at: null },
      reason: 'The SLO has not been judged yet, so the gate cannot be decided.',
    });
    expect(gateView(SLO, [row(null, NOW, 'frozen')], NOW)).toMatchObject({ open: null, state: 'frozen' });
  });

  test('an old verdict decides nothing', () => {
    const minutesAgo = (minutes: number) => gateView(SLO, [row(0.4, NOW - minutes * 60_000)], NOW);
    expect(minutesAgo(15).open).toBe(true);
    expect(minutesAgo(16)).toMatchObject({
      open: null,
      reason:
        'The SLO was last judged at 2026-11-22T09:44:00.000Z, so the gate cannot be decided. Check that evaluation is running.',
    });
  });
});
