import { describe, expect, test } from '@jest/globals';
import type { BudgetStep } from './budget-policy.js';
import { gateOf } from './gate.js';

const step = (spent: number, action: BudgetStep['action'], message = ''): BudgetStep => ({
  spent,
  action,
  message,
});
const POLICY = [step(0.5, 'message'), step(0.75, 'ticket'), step(1, 'freeze')];
const all = (budgetRemaining: number | null) => [{ group: '', budgetRemaining }];

describe('the gate of an SLO', () => {
  test.each([
    [0.4, true, '60 % of the error budget is spent; the policy freezes releases from 100 % on.'],
    [0.0001, true, '99.9 % of the error budget is spent; the policy freezes releases from 100 % on.'],
    [
      0,
      false,
      'Releases are frozen. 100 % of the error budget is spent; the policy freezes releases from 100 % on.',
    ],
    [
      -0.2,
      false,
      'Releases are frozen. 120 % of the error budget is spent; the policy freezes releases from 100 % on.',
    ],
    [null, null, 'What is left of the error budget is unknown, so the gate cannot be decided.'],
  ])('with %p of its budget left', (remaining, open, reason) => {
    expect(gateOf(POLICY, all(remaining))).toMatchObject({ open, reason, budgetRemaining: remaining });
  });

  test('never closes without a freeze step, whatever is known', () => {
    for (const remaining of [-3, null]) {
      expect(gateOf([step(1, 'ticket')], all(remaining))).toMatchObject({
        open: true,
        reason: 'The error budget policy has no freeze step, so this SLO never closes the gate.',
      });
    }
  });

  test('says which steps are reached, equality included and rounding aside', () => {
    const reached = (remaining: number | null) =>
      gateOf(POLICY, all(remaining)).steps.map((each) => each.reached);
    expect(reached(0.5)).toEqual([true, false, false]);
    expect(reached(1 - 0.75)).toEqual([true, true, false]);
    expect(reached(1 - 0.1 * 7.5)).toEqual([true, true, false]);
    expect(reached(null)).toEqual([null, null, null]);
  });

  test('gives the message of the freeze step that was reached last', () => {
    const policy = [step(1.5, 'freeze', 'Only fixes.'), step(1, 'freeze', 'No risky releases.')];
    expect(gateOf(policy, all(-0.1)).reason).toMatch(/^No risky releases\. 110 %.* from 100 % on\.$/);
    expect(gateOf(policy, all(-0.5)).reason).toMatch(/^Only fixes\. 150 %.* from 150 % on\.$/);
  });

  test('goes by the worst group, and names it', () => {
    const groups = [
      { group: 'region="eu-1"', budgetRemaining: 0.9 },
      { group: 'region="us-1"', budgetRemaining: -0.1 },
      { group: 'region="ap-1"', budgetRemaining: null },
    ];
    expect(gateOf(POLICY, groups)).toMatchObject({
      open: false,
      reason:
        'Releases are frozen. 110 % of the error budget is spent in the worst group, region="us-1"; the policy freezes releases from 100 % on.',
      budgetRemaining: -0.1,
    });
  });

  test('an unknown group leaves the gate to the others, and is mentioned', () => {
    const groups = [
      { group: 'region="eu-1"', budgetRemaining: 0.9 },
      { group: 'region="ap-1"', budgetRemaining: null },
    ];
    expect(gateOf(POLICY, groups)).toMatchObject({
      open: true,
      reason:
        '10 % of the error budget is spent in the worst group, region="eu-1"; the policy freezes releases from 100 % on. The budget of 1 group is unknown and left out.',
    });
  });

  test('without a verdict nothing is known', () => {
    expect(gateOf(POLICY, [])).toMatchObject({ open: null, budgetRemaining: null });
  });
});
