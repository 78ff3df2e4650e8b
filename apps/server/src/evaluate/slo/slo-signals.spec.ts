import { describe, expect, test } from '@jest/globals';
import { DEFAULT_TIERS, judgeSlo, windowsOf, type EventCount, type SloDefinition } from '@tidewatch/slo';
import { sloSignals } from './signals.js';
import { sliceKeyOf } from './slice-key.js';

const total = { metric: 'inference.requests', match: [] };
const SLO: SloDefinition = {
  name: 'ranker-availability',
  displayName: 'Ranker answers',
  description: '',
  service: 'ranker-api',
  region: 'eu-1',
  model: 'ranker',
  labels: {},
  owner: 'ranking',
  runbook: 'https://example.com/runbooks/ranker',
  target: 0.999,
  periodMs: 2_592_000_000,
  sli: { kind: 'ratio', good: null, bad: { metric: 'inference.errors', match: [] }, total },
  tiers: DEFAULT_TIERS,
};

function signalsOf(count: EventCount) {
  const counts = new Map(windowsOf(SLO).map((window) => [window, count]));
  return sloSignals(SLO, judgeSlo({ slo: SLO, group: '', counts, period: count, windowEnd: 60_000 }), 61_000);
}

describe('the signals of an SLO', () => {
  test('come pages first, so that an incident opens as a page when tickets fire in the same round', () => {
    const severities = signalsOf({ good: 850, total: 1_000 }).map(({ severity }) => severity);
    expect(severities).toEqual(['page', 'page', 'page', 'ticket', 'ticket']);
  });

  test('say firing, ok, and unknown when there was no traffic', () => {
    const conditions = (count: EventCount) => new Set(signalsOf(count).map(({ condition }) => condition));
    expect(conditions({ good: 850, total: 1_000 })).toEqual(new Set(['firing']));
    expect(conditions({ good: 1_000, total: 1_000 })).toEqual(new Set(['ok']));
    expect(conditions({ good: 0, total: 0 })).toEqual(new Set(['unknown']));
  });

  test('explain each tier with its own windows and limit', () => {
    expect(signalsOf({ good: 850, total: 1_000 })[0]?.summary).toBe(
      'Ranker answers: error budget burns 150.0 times too fast over 1h and 150.0 times over 5m (limit 14.4); ' +
        '150 of 1,000 events were bad. The 30d budget is overspent by 14900 %.',
    );
  });
});

describe('the key of slices', () => {
  test('stays when the promise changes, and changes with what is counted', () => {
    const key = sliceKeyOf(SLO);
    expect(sliceKeyOf({ ...SLO, target: 0.9, tiers: DEFAULT_TIERS.slice(0, 1) })).toEqual(key);
    const other = { ...SLO, sli: { kind: 'latency' as const, histogram: total, threshold: 0.25 } };
    expect(sliceKeyOf(other).slo).not.toBe(key.slo);
    expect(sliceKeyOf({ ...SLO, name: 'other' }).slo).not.toBe(key.slo);
  });
});
