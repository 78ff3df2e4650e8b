import { describe, expect, test } from '@jest/globals';
import type { SloVerdict, TierVerdict } from '@tidewatch/slo';
import { SloGauges } from './slo-gauges.js';

const NOW = Date.parse('2026-11-22T10:00:00Z');
const SLO = { name: 'ranker', budgetPolicy: [{ spent: 1, action: 'freeze' as const, message: '' }] };

function tier(longMs: number, shortMs: number, burns: [number | null, number | null]): TierVerdict {
  return {
    ...{ name: `t${longMs}`, severity: 'page', state: 'ok', longMs, shortMs, threshold: 14.4 },
    ...{ longBurn: burns[0], shortBurn: burns[1], badEvents: 0, totalEvents: 10, coverage: 1, and: null },
  };
}

function verdict(parts: Partial<SloVerdict> = {}): SloVerdict {
  return {
    ...{ slo: 'ranker', group: '', state: 'ok', reason: '', sentence: '', frozenBecause: null },
    ...{ windowEnd: NOW, target: 0.999, sliValue: 0.9995, budgetRemaining: 0.5, timeToExhaustionMs: null },
    period: { from: 0, to: NOW, ms: NOW, good: 1, total: 1, coverage: 1 },
    tiers: [tier(3_600_000, 300_000, [0.4, 0.3]), tier(21_600_000, 1_800_000, [0.2, null])],
    health: [],
    ...parts,
  };
}

/** Sample lines as Prometheus prints them, without their families. */
function lines(gauges: SloGauges, now = NOW): string[] {
  return gauges
    .families(now)
    .flatMap(({ name, values }) =>
      values.map(({ value, labels }) => `${name}${JSON.stringify(labels)} ${value}`),
    );
}

describe('the gauges of SLOs', () => {
  test('one burn rate per distinct window, and no sample for what is unknown', () => {
    const gauges = new SloGauges();
    gauges.update(SLO, verdict());
    expect(lines(gauges)).toEqual([
      'tidewatch_slo_burn_rate{"slo":"ranker","group":"","window":"5m"} 0.3',
      'tidewatch_slo_burn_rate{"slo":"ranker","group":"","window":"1h"} 0.4',
      'tidewatch_slo_burn_rate{"slo":"ranker","group":"","window":"6h"} 0.2',
      'tidewatch_slo_error_budget_remaining_ratio{"slo":"ranker","group":""} 0.5',
      'tidewatch_slo_state{"slo":"ranker","group":"","state":"ok"} 1',
      'tidewatch_slo_state{"slo":"ranker","group":"","state":"breach"} 0',
      'tidewatch_slo_state{"slo":"ranker","group":"","state":"frozen"} 0',
      'tidewatch_slo_gate_open{"slo":"ranker"} 1',
      'tidewatch_slo_groups_without_gauges{} 0',
    ]);
  });

  test('a later verdict replaces the earlier; the gate goes by the worst group', () => {
    const gauges = new SloGauges();
    gauges.update(SLO, verdict({ group: 'region="eu-1"', budgetRemaining: 0.9 }));
    gauges.update(SLO, verdict({ group: 'region="us-1"' }));
    gauges.update(SLO, verdict({ group: 'region="us-1"', budgetRemaining: -0.1, timeToExhaustionMs: 0 }));
    const text = lines(gauges);
    expect(text.filter((line) => line.startsWith('tidewatch_slo_error_budget'))).toEqual([
      'tidewatch_slo_error_budget_remaining_ratio{"slo":"ranker","group":"region=\\"eu-1\\""} 0.9',
      'tidewatch_slo_error_budget_remaining_ratio{"slo":"ranker","group":"region=\\"us-1\\""} -0.1',
    ]);
    expect(text).toContain(
      'tidewatch_slo_time_to_exhaustion_seconds{"slo":"ranker","group":"region=\\"us-1\\""} 0',
    );
    expect(text).toContain('tidewatch_slo_gate_open{"slo":"ranker"} 0');
  });

  test('a gate that cannot be decided has no sample', () => {
    const gauges = new SloGauges();
    gauges.update(SLO, verdict({ budgetRemaining: null, state: 'frozen' }));
    expect(lines(gauges).join()).not.toContain('gate_open');
    expect(lines(gauges)).toContain('tidewatch_slo_state{"slo":"ranker","group":"","state":"frozen"} 1');
  });

  test('a group that is no longer judged and an SLO that is removed vanish', () => {
    const gauges = new SloGauges();
    gauges.update(SLO, verdict({ group: 'old', windowEnd: NOW - 15 * 60_000 - 1 }));
    gauges.update(SLO, verdict({ group: 'new', windowEnd: NOW - 15 * 60_000 }));
    gauges.update({ ...SLO, name: 'other' }, verdict({ slo: 'other' }));
    expect(lines(gauges).join()).not.toContain('"old"');
    expect(lines(gauges).join()).toContain('"new"');
    gauges.remove('other');
    expect(lines(gauges).join()).not.toContain('other');
    expect(lines(gauges, NOW + 1)).toEqual(['tidewatch_slo_groups_without_gauges{} 0']);
  });

  test('what was said of all traffic before the first group came vanishes with it', () => {
    const gauges = new SloGauges();
    gauges.update(SLO, verdict({ state: 'frozen', budgetRemaining: null }));
    gauges.update(SLO, verdict({ group: 'tenant="a"' }));
    expect(lines(gauges).join()).not.toContain('"group":""');
  });

  test('never more than 10,000 series: burning groups come first, and it says how many are left out', () => {
    const gauges = new SloGauges();
    for (let index = 0; index < 2_000; index += 1) {
      gauges.update(SLO, verdict({ group: `g${index}`, state: index === 1_999 ? 'breach' : 'ok' }));
    }
    const text = lines(gauges);
    // Seven a group, one for the gate.
    expect(text).toHaveLength(1_428 * 7 + 1 + 1);
    expect(text.at(-1)).toBe('tidewatch_slo_groups_without_gauges{} 572');
    expect(text[0]).toContain('g1999');
  });
});
