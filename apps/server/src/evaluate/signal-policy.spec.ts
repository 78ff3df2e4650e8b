import { describe, expect, test } from '@jest/globals';
import type { Signal } from '@tidewatch/alerts';
import { DEFAULT_TIERS } from '@tidewatch/slo';
import { withMonitorTimes, withTierTimes } from './signal-policy.js';

const signal = (changes: Partial<Signal>): Signal =>
  ({ rule: 'answers', tier: '', severity: 'page', ...changes }) as Signal;

const [page] = DEFAULT_TIERS;
const slo = {
  name: 'answers',
  tiers: [
    { ...page!, name: 'own', holdMs: 60_000, keepFiringMs: 10_000 },
    { ...page!, name: 'at-once', keepFiringMs: 0 },
    { ...page!, name: 'usual' },
  ],
};

describe('signals of SLOs', () => {
  test.each<[name: string, changes: Partial<Signal>, expected: object]>([
    ['have the times of their tier', { tier: 'own' }, { holdMs: 60_000, keepFiringMs: 10_000 }],
    ['may leave at once', { tier: 'at-once' }, { holdMs: 0, keepFiringMs: 0 }],
    ['have the usual times where it says none', { tier: 'usual' }, { holdMs: 0, keepFiringMs: 300_000 }],
    ['have them without a tier', { severity: 'ticket' }, { holdMs: 0, keepFiringMs: 1_800_000 }],
    [
      'have them when their rule has just gone',
      { rule: 'gone', tier: 'own' },
      { holdMs: 0, keepFiringMs: 300_000 },
    ],
  ])('%s', (_name, changes, expected) => {
    const given = signal(changes);
    expect(withTierTimes([given], [slo])).toEqual([
      { signal: given, policy: { ...expected, reopenWithinMs: 900_000 } },
    ]);
  });
});

describe('signals of monitors', () => {
  const monitors = [
    { name: 'inputs', keepFiringMs: 20_000 },
    { name: 'outputs', keepFiringMs: null },
  ];
  test.each([
    ['inputs', 20_000],
    ['outputs', 1_800_000],
    ['gone', 1_800_000],
  ])('of %s leave after %d ms', (rule, keepFiringMs) => {
    const given = signal({ rule, severity: 'ticket' });
    expect(withMonitorTimes([given], monitors)).toEqual([
      { signal: given, policy: { holdMs: 0, keepFiringMs, reopenWithinMs: 900_000 } },
    ]);
  });
});
